import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a worker can be asked, by name. Questions and answers travel as JSON. */
export type Asks = Record<string, (input: never) => Promise<unknown>>;
type Input<Ask> = Ask extends (input: infer Given) => unknown ? Given : never;
type Output<Ask> = Ask extends (input: never) => Promise<infer Answer> ? Answer : never;

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string });

/** A process of its own that does part of a measurement and answers questions. */
export class Worker<Known extends Asks> {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #asked = 0;

  constructor(file: URL, { nodeOptions = [] }: { nodeOptions?: readonly string[] } = {}) {
    this.#process = fork(fileURLToPath(file), {
      execArgv: [...nodeOptions],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('failure' in answer) waiting?.reject(new Error(answer.failure));
      else waiting?.resolve(answer.result);
    });
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`A worker ended with ${code ?? signal}`));
      this.#waiting.clear();
    });
  }

  async ask<Name extends keyof Known & string>(
    name: Name,
    input: Input<Known[Name]>,
  ): Promise<Output<Known[Name]>> {
    this.#asked += 1;
    const id = this.#asked;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Output<Known[Name]>), reject });
      this.#process.send({ id, name, input });
    });
  }

  /** Lets the process end by itself, which it does once nobody talks to it; after some seconds it is killed. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), 20_000);
    this.#process.disconnect();
    await ended;
    clearTimeout(killer);
  }
}

/** The worker's side: answers what it is asked until nobody is left to ask, and then does `end`. */
export function answer(asks: Asks, end: () => Promise<void>): void {
  process.on('message', ({ id, name, input }: { id: number; name: string; input: never }) => {
    const ask = asks[name];
    const answering = ask === undefined ? Promise.reject(new Error(`Nobody answers ${name}`)) : ask(input);
    answering.then(
      (result) => process.send?.({ id, result } satisfies Answer),
      (error: unknown) =>
        process.send?.({
          id,
          failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
        } satisfies Answer),
    );
  });
  process.once('disconnect', () => {
    end().then(
      () => process.exit(),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
