import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PostgresConnection } from '../src/platform/postgres/index.ts';

/** A process that runs a database like a server does (stand-in-server.ts). */
export interface StandIn {
  readonly process: ChildProcess;
  readonly connection: PostgresConnection;
  /** Of the postmaster. */
  readonly postmasterPid: number;
  /** Sends the signal to the stand-in and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface StandInOptions {
  readonly dataDir: string;
  readonly runtimeParent?: string;
  readonly node?: string;
  readonly program?: string;
  readonly user?: { uid: number; gid: number };
  readonly cwd?: string;
}

const programHere = fileURLToPath(new URL('./stand-in-server.ts', import.meta.url));

/** Starts one without waiting for its database. It has a process group of its own. */
export function spawnStandIn({
  dataDir,
  runtimeParent,
  node,
  program,
  user,
  cwd,
}: StandInOptions): ChildProcess {
  const args = [program ?? programHere, dataDir, ...(runtimeParent === undefined ? [] : [runtimeParent])];
  return spawn(node ?? process.execPath, args, {
    ...user,
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

/** Starts one and waits until its database accepts connections. Rejects with its log when it fails. */
export async function runStandIn(options: StandInOptions): Promise<StandIn> {
  const child = spawnStandIn(options);
  if (child.stdout === null || child.stderr === null) throw new Error('The stand-in has no output');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'close');
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const first = await Promise.race([line, ended.then(() => null)]);
  if (first === null) throw new Error(`The stand-in ended: ${log}`);
  const { connection, pid } = JSON.parse(first[0]) as { connection: PostgresConnection; pid: number };
  return {
    process: child,
    connection,
    postmasterPid: pid,
    end: async (signal) => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
