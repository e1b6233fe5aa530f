import { createLog } from '../platform/log/index.ts';
import { startServer, type Running } from '../start.ts';
import type { Command } from './command.ts';

export const start: Command = {
  name: 'start',
  summary: 'Run the platform until it is told to stop (SIGTERM, Ctrl-C)',
  help: [],
  options: {},
  run: async ({ config, announce }) => {
    const log = createLog();
    const dieReadably = (error: unknown): never => {
      log.error('crashed', {}, error);
      process.exit(1);
    };
    process.on('uncaughtException', dieReadably);
    process.on('unhandledRejection', dieReadably);
    const stopAsked = nextSignal();
    const running = await startServer(config, log);
    announce(described(running));
    log.info('server-stopping', { signal: await stopAsked });
    // Who asks a second time means it.
    void nextSignal().then(() => process.exit(1));
    await running.stop();
    return { text: '', json: { stopped: true } };
  },
};

function described({ url, hasDemo, firstRun }: Running): { text: string; json: unknown } {
  const at = (path: string) => new URL(path, url).href;
  const lines = [
    'Samtal is running.',
    '',
    `  Console    ${at('/')}`,
    ...(hasDemo ? [`  Demo site  ${at('/demo')}`] : []),
    `  API        ${at('/api/docs')}`,
    ...(firstRun === null ? [] : ['', `  Who can sign in, and with which passwords: ${firstRun}`]),
  ];
  return { text: lines.join('\n'), json: { url: url.origin, firstRun } };
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
  });
}
