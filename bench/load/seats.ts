import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

/** One end of a conversation, as the load generator is told to take it. Travels as JSON. */
export type SeatPlan =
  | {
      readonly kind: 'platform';
      readonly url: string;
      readonly origin: string;
      readonly credential: string;
      readonly stream: string | null;
      /** What is posted in turn; the one text when absent. */
      readonly texts?: readonly string[];
    }
  | { readonly kind: 'bare'; readonly url: string };

/** What a seat tells of. Times are up to the listener. */
export interface SeatListener {
  acknowledged(cid: string): void;
  /** The other side's message has come. */
  arrived(cid: string): void;
  /** Nothing was written: the server takes no more for the moment, or refused. */
  refused(cid: string, retryAfterMs: number | null): void;
}

const text =
  'Thank you, I have found the form. Do I have to send it in again this year, or is last year’s enough?';

/** A client of the ceiling, and what all clients share: as little work for each frame as possible. */
export class Seat {
  protected readonly socket: WebSocket;
  protected listener: SeatListener | null = null;

  constructor(url: string, origin?: string) {
    this.socket = new WebSocket(url, {
      perMessageDeflate: false,
      ...(origin === undefined ? {} : { origin }),
    });
    this.socket.on('message', (data) => this.received((data as Buffer).toString('latin1')));
    this.socket.on('close', (code) => {
      if (this.listener !== null) throw new Error(`A socket was closed with ${code}`);
    });
  }

  async ready(): Promise<void> {
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
      this.socket.once('unexpected-response', (_request, response) =>
        reject(new Error(`Refused with ${response.statusCode}`)),
      );
    });
  }

  listen(listener: SeatListener): void {
    this.listener = listener;
  }

  post(): string {
    const cid = randomUUID();
    this.socket.send(JSON.stringify({ cid, text }));
    return cid;
  }

  leave(): void {
    this.listener = null;
    this.socket.close();
  }

  protected received(frame: string): void {
    const cid = cidIn(frame, 0);
    if (frame.startsWith('{"t":"ack"')) this.listener?.acknowledged(cid);
    else this.listener?.arrived(cid);
  }
}

/** A client of the platform's realtime protocol: says hello, follows one stream, and answers pings. */
export class PlatformSeat extends Seat {
  readonly #stream: string | null;
  readonly #texts: readonly string[];
  #posted = 0;
  readonly #greeted: Promise<void>;
  readonly #own = new Set<string>();
  #greet: () => void = () => {};
  #seen = 0;

  constructor({ url, origin, credential, stream, texts = [text] }: SeatPlan & { kind: 'platform' }) {
    super(url, origin);
    this.#stream = stream;
    this.#texts = texts;
    // Not all seats the same at the same moment.
    this.#posted = Math.floor(Math.random() * texts.length);
    this.#greeted = new Promise((resolve) => {
      this.#greet = resolve;
    });
    this.socket.on('open', () => this.#send({ t: 'hello', protocol: 1, credential }));
  }

  override async ready(): Promise<void> {
    await super.ready();
    await this.#greeted;
  }

  override post(): string {
    const cid = randomUUID();
    this.#own.add(cid);
    this.#posted += 1;
    const said = this.#texts[this.#posted % this.#texts.length];
    this.#send({ t: 'post', cid, stream: this.#stream, kind: 'message', text: said });
    return cid;
  }

  /** As a client does after it has shown something. */
  tellSeen(): void {
    if (this.#stream !== null)
      this.#send({ t: 'seen', stream: this.#stream, delivered: this.#seen, read: this.#seen });
  }

  protected override received(frame: string): void {
    if (frame.startsWith('{"t":"entries"')) return this.#entries(frame);
    if (frame.startsWith('{"t":"ack"')) return this.listener?.acknowledged(cidIn(frame, 0));
    const parsed = JSON.parse(frame) as Partial<Told> & { t: string };
    if (parsed.t === 'ping') this.#send({ t: 'pong', n: parsed.n, waitingMs: 0 });
    else if (parsed.t === 'nack') this.listener?.refused(parsed.cid ?? '', parsed.retryAfterMs ?? null);
    else if (parsed.t === 'welcome' && this.#stream !== null)
      this.#send({ t: 'sub', streams: [{ stream: this.#stream, after: 0 }] });
    else if (parsed.t === 'welcome' || parsed.t === 'subbed') this.#greet();
    // Rounds before this one have written more than is told to whoever comes: it goes on from where the stream is.
    else if (parsed.t === 'reset' && this.#stream !== null)
      this.#send({ t: 'sub', streams: [{ stream: this.#stream, after: parsed.head }] });
    else if (['bye', 'gone', 'drain'].includes(parsed.t)) throw new Error(`The server said ${frame}`);
  }

  #entries(frame: string): void {
    for (let at = frame.indexOf('"cid":"'); at >= 0; at = frame.indexOf('"cid":"', at + 1)) {
      const cid = cidIn(frame, at);
      if (!this.#own.delete(cid)) this.listener?.arrived(cid);
      const seq = frame.lastIndexOf('"seq":', at);
      this.#seen = Number.parseInt(frame.slice(seq + 6, seq + 20), 10);
    }
  }

  #send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }
}

/** What the frames that matter here say. */
interface Told {
  readonly n: number;
  readonly cid: string;
  readonly retryAfterMs: number;
  readonly head: number;
}

export function takeSeat(plan: SeatPlan): Seat {
  return plan.kind === 'bare' ? new Seat(plan.url) : new PlatformSeat(plan);
}

const marker = '"cid":"';

function cidIn(frame: string, from: number): string {
  const begin = frame.indexOf(marker, from) + marker.length;
  return frame.slice(begin, begin + 36);
}
