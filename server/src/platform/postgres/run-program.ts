import { spawn } from 'node:child_process';
import type { DatabaseUser } from './database-user.ts';
import type { Exit } from './processes.ts';

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly user: DatabaseUser | null;
  readonly input?: string;
}

/** What the database's programs see of the environment: nothing of the server's, which holds secrets. */
export const programEnvironment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/** Runs one of PostgreSQL's programs to its end. Rejects if it cannot be started at all (`EACCES`, `ENOENT`). */
export async function runProgram({
  file,
  args,
  cwd,
  user,
  input,
}: Program): Promise<Exit & { output: string }> {
  const child = spawn(file, args, { cwd, ...user, env: programEnvironment, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    // A program that ends without reading its input is told of by its exit code.
    child.stdin.on('error', () => undefined);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
    child.stdin.end(input ?? '');
  });
}
