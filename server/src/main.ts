import { readFileSync } from 'node:fs';
import { commands } from './command-line/commands.ts';
import { runCommandLine } from './command-line/run.ts';
import { processEnvironment } from './config.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  { commands, version },
  {
    environment: processEnvironment,
    input: process.stdin,
    write: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
  },
);
