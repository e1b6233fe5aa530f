import { commands } from './command-line/commands.ts';
import { runCommandLine } from './command-line/run.ts';
import { processEnvironment } from './config.ts';
import { platformVersion } from './version.ts';

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  { commands, version: platformVersion },
  {
    environment: processEnvironment,
    input: process.stdin,
    write: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
  },
);
