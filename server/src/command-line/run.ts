import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { readConfig, type Environment } from '../config.ts';
import { Refusal } from '../platform/http/index.ts';
import { KeyringError } from '../platform/keys/index.ts';
import { OperationalError } from '../platform/log/index.ts';
import { CommandError, UsageError, type Command, type Context, type Values } from './command.ts';
import { commandHelp, overview } from './help.ts';

/** Where a command reads and writes. */
export interface Surroundings {
  readonly environment: Environment;
  readonly input: NodeJS.ReadableStream;
  write(text: string): void;
  complain(text: string): void;
}

/** 0: done; 1: failed, or something is amiss; 2: called in a way that is not understood. */
export type ExitCode = 0 | 1 | 2;

/** What every command understands. */
const common = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;

/** Runs the command that the arguments name. */
export async function runCommandLine(
  args: readonly string[],
  { commands, version }: { commands: readonly Command[]; version: string },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { write, complain } = surroundings;
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
    write(overview(commands));
    return args.length === 0 ? 2 : 0;
  }
  if (args[0] === '--version') {
    write(version);
    return 0;
  }
  const command = commands.find(({ name }) => name.split(' ').every((word, at) => args[at] === word));
  if (command === undefined) {
    const family = commands.filter(({ name }) => name.startsWith(`${args[0]} `));
    if (family.length > 0 && args.some((arg) => arg === '--help' || arg === '-h')) {
      write(overview(family));
      return 0;
    }
    complain(
      `samtal: there is no such command. It has:\n\n${overview(family.length > 0 ? family : commands)}`,
    );
    return 2;
  }
  return await runCommand(command, args.slice(command.name.split(' ').length), surroundings);
}

async function runCommand(command: Command, args: string[], surroundings: Surroundings): Promise<ExitCode> {
  let asJson = args.includes('--json');
  try {
    const values = parsed(command, args);
    asJson = values['json'] === true;
    if (values['help'] === true) {
      surroundings.write(commandHelp(command));
      return 0;
    }
    const say = (what: { text: string; json: unknown }) => {
      const text = asJson ? JSON.stringify(what.json) : what.text;
      if (text !== '') surroundings.write(text);
    };
    const context: Context = {
      values,
      config: readConfig(surroundings.environment),
      readInput: async () => (await readAll(surroundings.input)).replace(/\r?\n$/, ''),
      announce: say,
    };
    const outcome = await command.run(context);
    say(outcome);
    return outcome.failed === true ? 1 : 0;
  } catch (error) {
    const { message, exitCode } = explained(error, command);
    surroundings.complain(asJson ? JSON.stringify({ error: message }) : `samtal: ${message}`);
    return exitCode;
  }
}

function parsed(command: Command, args: string[]): Values {
  try {
    return parseArgs({
      args,
      options: { ...command.options, ...common },
      strict: true,
      allowPositionals: false,
    }).values;
  } catch (error) {
    // parseArgs names the argument that it does not know, which is what the caller has just typed.
    throw new UsageError(error instanceof Error ? error.message : 'The arguments cannot be read', {
      cause: error,
    });
  }
}

function explained(error: unknown, command: Command): { message: string; exitCode: ExitCode } {
  if (error instanceof UsageError) {
    return { message: `${error.message}\nSee: samtal ${command.name} --help`, exitCode: 2 };
  }
  if (error instanceof Refusal) {
    const fields = error.fields.map(({ pointer, problem }) => `\n  ${pointer.slice(1)} ${problem}`);
    return { message: `${error.message}${fields.join('')}`, exitCode: 1 };
  }
  const isForOperators =
    error instanceof CommandError || error instanceof OperationalError || error instanceof KeyringError;
  if (isForOperators) return { message: error.message, exitCode: 1 };
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `${command.name} failed for a reason that was not foreseen:\n${what}`, exitCode: 1 };
}
