import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, StreamName } from '@samtal/contract/conversations';
import { createRealtimeTicket, type ClientFrame, type ServerFrame } from '@samtal/contract/realtime';
import { WebSocket } from 'ws';
import type { Person, VisitorClient } from './callers.ts';

/** A client of the realtime protocol that keeps every frame. It answers pings, and does nothing else by itself. */
export class TestSocket {
  readonly frames: ServerFrame[] = [];
  closeCode: number | null = null;
  readonly socket: WebSocket;
  answersPings = true;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as ServerFrame;
      this.frames.push(frame);
      if (frame.t === 'ping' && this.answersPings) this.send({ t: 'pong', n: frame.n, waitingMs: 0 });
    });
    socket.on('close', (code) => {
      this.closeCode = code;
    });
    socket.on('error', () => undefined);
  }

  static async open(url: URL, origin: string, headers: Record<string, string> = {}): Promise<TestSocket> {
    const address = new URL(url);
    address.protocol = 'ws:';
    const socket = new WebSocket(address, { origin, headers });
    const client = new TestSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) =>
        reject(new Error(`Refused with ${response.statusCode}`)),
      );
    });
    return client;
  }

  /** `url`: another node that serves the same public address as the person's. */
  static async asAgent(person: Person, url = person.url): Promise<TestSocket> {
    const { ticket } = await person.call(createRealtimeTicket, { params: { accountId: person.accountId } });
    const client = await TestSocket.open(new URL('/api/v1/realtime/agent', url), person.url.origin);
    return await client.hello(ticket);
  }

  static async asVisitor(
    visitor: VisitorClient,
    url: URL,
    headers: Record<string, string> = {},
  ): Promise<TestSocket> {
    const client = await TestSocket.open(
      new URL(`/api/v1/realtime/visitor?site=${visitor.account.siteKey}`, url),
      visitor.account.origin,
      headers,
    );
    return await client.hello(visitor.token);
  }

  async hello(credential: string): Promise<this> {
    this.send({ t: 'hello', protocol: 1, credential });
    await this.next((frame) => frame.t === 'welcome');
    return this;
  }

  send(frame: ClientFrame): void {
    this.socket.send(JSON.stringify(frame));
  }

  post(
    stream: StreamName,
    text: string,
    { cid = randomUUID(), kind = 'message' }: { cid?: string; kind?: 'message' | 'note' } = {},
  ): string {
    this.send({ t: 'post', cid, stream, kind, text });
    return cid;
  }

  /** Posts and waits for the answer. */
  async posted(stream: StreamName, text: string, options: { cid?: string; kind?: 'message' | 'note' } = {}) {
    const cid = this.post(stream, text, options);
    return await this.next((frame) => (frame.t === 'ack' || frame.t === 'nack') && frame.cid === cid);
  }

  /** The first frame, past or to come, that fits. */
  async next<Kind extends ServerFrame>(
    fits: (frame: ServerFrame) => boolean,
    withinMs = 5_000,
  ): Promise<Kind> {
    const until = Date.now() + withinMs;
    for (;;) {
      const frame = this.frames.find(fits);
      if (frame !== undefined) return frame as Kind;
      if (Date.now() > until)
        throw new Error(`No such frame came; there were ${JSON.stringify(this.frames.map(({ t }) => t))}`);
      await sleep(5);
    }
  }

  /** The entries of a stream that came, in the order they came. */
  entries(stream: StreamName): Entry[] {
    return this.frames.flatMap((frame) =>
      frame.t === 'entries' && frame.stream === stream ? frame.entries : [],
    );
  }

  texts(stream: StreamName): string[] {
    return this.entries(stream).flatMap((entry) =>
      entry.kind === 'message' || entry.kind === 'note' ? [entry.body.text] : [],
    );
  }

  async closed(withinMs = 5_000): Promise<number> {
    const until = Date.now() + withinMs;
    while (this.closeCode === null) {
      if (Date.now() > until) throw new Error('The socket stayed open');
      await sleep(5);
    }
    return this.closeCode;
  }

  close(): void {
    this.socket.close();
  }
}

/** Waits until a condition holds. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 10_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`It never came about that ${what}`);
    await sleep(20);
  }
}
