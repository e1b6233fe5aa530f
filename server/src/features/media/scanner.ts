import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Refusal } from '../../platform/http/index.ts';

/** Where clamd listens: `tcp://host:port`, or `unix:///path`. */
export type ScannerAddress = URL;

/** So long may it keep silent. */
const silenceMs = 30_000;

/**
 * Passes content on while clamd looks at it (INSTREAM of clamd's protocol), and ends only when clamd has said that it
 * found nothing. Refuses with media.infected; and with media.scanner-unavailable when there is no such word, whatever the
 * reason: nothing is kept unchecked.
 */
export async function* scanned(
  content: AsyncIterable<Buffer>,
  address: ScannerAddress,
): AsyncGenerator<Buffer> {
  const scan = await Scan.begin(address);
  try {
    for await (const piece of content) {
      await scan.look(piece);
      yield piece;
    }
    const verdict = await scan.verdict();
    if (/^stream: .+ FOUND$/.test(verdict)) throw new Refusal('media.infected');
    if (verdict !== 'stream: OK') throw unavailable();
  } finally {
    scan.end();
  }
}

class Scan {
  readonly #socket: Socket;
  readonly #closed = new AbortController();
  #answer = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#answer += text;
      if (this.#answer.includes('\0')) socket.destroy();
    });
    // What went wrong does not matter: the end of the connection says that there will be no word.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed.abort());
    socket.setTimeout(silenceMs, () => socket.destroy());
  }

  static async begin(address: ScannerAddress): Promise<Scan> {
    const socket =
      address.protocol === 'unix:'
        ? connect(decodeURIComponent(address.pathname))
        : connect(Number(address.port), address.hostname.replaceAll(/[[\]]/g, ''));
    const scan = new Scan(socket);
    await scan.#until('connect');
    await scan.#send(Buffer.from('zINSTREAM\0'));
    return scan;
  }

  async look(piece: Buffer): Promise<void> {
    if (piece.length === 0) return;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    await this.#send(Buffer.concat([length, piece]));
  }

  /** What clamd says in the end, without the zero behind it; empty when it says nothing. */
  async verdict(): Promise<string> {
    await this.#send(Buffer.alloc(4));
    // NOTE: `once` would fail with the error of a connection that was reset; here that is no more than its end.
    if (!this.#socket.closed)
      await new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    const [said, rest] = this.#answer.split('\0');
    return rest === undefined ? '' : (said ?? '');
  }

  end(): void {
    this.#socket.destroy();
  }

  async #send(bytes: Buffer): Promise<void> {
    // It answers before the end only to refuse, for example because the content is too large for it.
    if (this.#socket.destroyed) throw unavailable();
    if (!this.#socket.write(bytes)) await this.#until('drain');
  }

  async #until(event: 'connect' | 'drain'): Promise<void> {
    try {
      await once(this.#socket, event, { signal: this.#closed.signal });
    } catch {
      this.#socket.destroy();
      throw unavailable();
    }
  }
}

function unavailable(): Refusal {
  return new Refusal('media.scanner-unavailable', { retryAfterS: 60 });
}
