import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../config.ts';

/** The values of a command’s options, as `parseArgs` of node:util gives them. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** What a command is given to work with. */
export interface Context {
  readonly values: Values;
  readonly config: Config;
  /** All of standard input, without the line break at its end. */
  readInput(): Promise<string>;
  /** Says something before the command is done. */
  announce(what: { text: string; json: unknown }): void;
}

/** What came of a command: for people, and for programs (`--json`). */
export interface Outcome {
  readonly text: string;
  readonly json: unknown;
  /** Whether something is amiss although the command did its work. */
  readonly failed?: boolean;
}

export interface Command {
  /** The words that call it, such as `accounts list`. */
  readonly name: string;
  readonly summary: string;
  /** One line for each option: how it is written, and what it means. */
  readonly help: readonly (readonly [option: string, meaning: string])[];
  readonly options: ParseArgsOptionsConfig;
  run(context: Context): Promise<Outcome>;
}

/** The command was called in a way that it does not understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood, and cannot be done. Says what to do about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** An option that must be there. */
export function needed(values: Values, name: string): string {
  const value = optional(values, name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

export function optional(values: Values, name: string): string | undefined {
  const value = values[name];
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') throw new UsageError(`--${name} is empty`);
  return value.trim();
}

/** An option that may be given several times. */
export function several(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
