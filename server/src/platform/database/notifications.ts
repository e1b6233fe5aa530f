import { Client, type ClientConfig } from 'pg';

/** On which the nodes of a database hear one another. */
export const nodesChannel = 'samtal';

/** PostgreSQL refuses payloads of 8,000 bytes or more. */
const maxPayloadBytes = 7_900;
/** Past this many waiting lines those that may be lost are. */
const maxBacklog = 2_000;
const reconnectMs = 500;

/**
 * Lines of text between the nodes of one database, by NOTIFY. They go out after commit, from a connection of their own
 * and many at a time: notifying inside transactions would make all commits of the database wait for one another
 * (measured: 2,700 against 7,500 posts/s). A line may be lost; nothing may depend on one.
 */
export class Notifications {
  readonly #channel: string;
  readonly #config: ClientConfig;
  readonly #onLine: (line: string) => void;
  readonly #onError: (error: Error) => void;
  /** The sender and the listener, or none while they are being connected. */
  #clients: readonly Client[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waiting: string[] = [];
  #sending = false;
  #closed = false;

  constructor(
    config: ClientConfig,
    channel: string,
    on: { line: (line: string) => void; error: (error: Error) => void },
  ) {
    this.#config = config;
    this.#channel = channel;
    this.#onLine = on.line;
    this.#onError = on.error;
  }

  async open(): Promise<void> {
    const clients = [new Client(this.#config), new Client(this.#config)] as const;
    let broken = false;
    for (const client of clients) {
      client.on('error', this.#onError);
      // One fails, both go: then there is one way back, whatever happened.
      client.once('end', () => {
        broken = true;
        this.#lost(clients);
      });
    }
    try {
      for (const client of clients) await client.connect();
      await this.#listen(clients[1]);
      if (broken || this.#closed) throw new Error('The connections for notifications ended again');
    } catch (error) {
      await end(clients);
      throw error;
    }
    this.#clients = clients;
    void this.#send();
  }

  /** Sends a line without line breaks to every node, this one included. `losable` lines are dropped under load. */
  send(line: string, { losable = false }: { losable?: boolean } = {}): void {
    if (this.#waiting.length > (losable ? maxBacklog : 10 * maxBacklog)) return;
    this.#waiting.push(line);
    void this.#send();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await end(this.#clients);
  }

  /** While one batch is on its way the next one gathers. */
  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#waiting.length > 0 && this.#clients[0] !== undefined && !this.#closed) {
        await this.#clients[0].query('select pg_notify($1, $2)', [this.#channel, this.#nextPayload()]);
      }
    } catch (error) {
      // Whoever waited for the lines finds what they told of at the next comparison of heads.
      this.#onError(error as Error);
    } finally {
      this.#sending = false;
    }
  }

  #nextPayload(): string {
    let bytes = 0;
    let count = 0;
    for (const line of this.#waiting) {
      bytes += Buffer.byteLength(line) + 1;
      if (bytes > maxPayloadBytes && count > 0) break;
      count += 1;
    }
    return this.#waiting.splice(0, count).join('\n');
  }

  async #listen(client: Client): Promise<void> {
    client.on('notification', ({ payload }) => {
      for (const line of (payload ?? '').split('\n')) this.#onLine(line);
    });
    await client.query(`listen ${this.#channel}`);
  }

  #lost(clients: readonly Client[]): void {
    if (clients !== this.#clients) return;
    this.#clients = [];
    void end(clients);
    this.#reopen();
  }

  #reopen(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.open().catch((error: unknown) => {
        if (!this.#closed) this.#onError(error as Error);
        this.#reopen();
      });
    }, reconnectMs);
  }
}

async function end(clients: readonly Client[]): Promise<void> {
  await Promise.allSettled(clients.map(async (client) => await client.end()));
}
