import { Client, type ClientConfig } from 'pg';

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
  #sender: Client | null = null;
  #listener: Client | null = null;
  #waiting: string[] = [];
  #sending = false;
  #closed = false;

  constructor(config: ClientConfig, channel: string, on: { line: (line: string) => void; error: (error: Error) => void }) {
    this.#config = config;
    this.#channel = channel;
    this.#onLine = on.line;
    this.#onError = on.error;
  }

  async open(): Promise<void> {
    this.#listener = await this.#connect(() => this.#reopen());
    this.#listener.on('notification', ({ payload }) => {
      for (const line of (payload ?? '').split('\n')) this.#onLine(line);
    });
    await this.#listener.query(`listen ${this.#channel}`);
    this.#sender = await this.#connect(() => {
      this.#sender = null;
    });
    void this.#send();
  }

  /** Sends a line without line breaks to every node, this one included. `losable` lines are dropped under load. */
  send(line: string, { losable = false }: { losable?: boolean } = {}): void {
    if (losable && this.#waiting.length > maxBacklog) return;
    this.#waiting.push(line);
    void this.#send();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#sender?.end(), this.#listener?.end()]);
  }

  /** While one batch is on its way the next one gathers. */
  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#waiting.length > 0 && this.#sender !== null) {
        await this.#sender.query('select pg_notify($1, $2)', [this.#channel, this.#nextPayload()]);
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

  async #connect(onEnd: () => void): Promise<Client> {
    const client = new Client(this.#config);
    client.on('error', this.#onError);
    client.on('end', onEnd);
    await client.connect();
    return client;
  }

  #reopen(): void {
    if (this.#closed) return;
    setTimeout(() => {
      if (this.#closed) return;
      void this.#sender?.end();
      this.open().catch((error: unknown) => {
        this.#onError(error as Error);
        this.#reopen();
      });
    }, reconnectMs);
  }
}
