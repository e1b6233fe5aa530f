import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusals, type ErrorCode } from '@samtal/contract/errors';
import { realtime, type ServerFrame } from '@samtal/contract/realtime';
import { WebSocketServer, type WebSocket } from 'ws';
import { Refusal } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { readFrame } from './connection.ts';
import { Line } from './line.ts';

const helloMs = 5_000;
/** Frames that a client may send before it is welcomed. */
const mostEarly = 10;
const path = '/api/v1/realtime/';

/** What becomes of an admitted socket: it takes text frames until it closes. */
export interface Admitted {
  receive(text: string): void;
  closed(): void;
}

/** Decides who may connect: first by the request, before there is a socket, then by the credential of the hello. */
export interface Admission {
  /** Throws a Refusal for an origin that may not. Answers with what turns a credential into a connection. */
  knock(request: IncomingMessage, url: URL): Promise<(line: Line, credential: string) => Promise<Admitted>>;
}

/** The sockets of the platform: `/api/v1/realtime/agent` and `/api/v1/realtime/visitor` (realtime protocol). */
export class Sockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: realtime.maxFrameBytes,
    perMessageDeflate: false,
  });
  readonly #admissions: Readonly<Record<string, Admission>>;
  readonly #node: string;
  readonly #log: Log;
  #closing = false;

  constructor({
    admissions,
    node,
    log,
  }: {
    admissions: Readonly<Record<string, Admission>>;
    node: string;
    log: Log;
  }) {
    this.#admissions = admissions;
    this.#node = node;
    this.#log = log;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(request, socket, head).catch((error: unknown) => {
        const code = error instanceof Refusal ? error.code : 'internal';
        if (code === 'internal') this.#log.error('upgrade-failed', {}, error);
        refuse(socket, code);
      });
    });
  }

  /** Asks every client to go elsewhere within the time, takes no new ones, and then closes what is left. */
  async drain(withinMs: number): Promise<void> {
    this.#closing = true;
    const drain: ServerFrame = { t: 'drain', withinMs };
    for (const socket of this.#server.clients) socket.send(JSON.stringify(drain));
    const until = Date.now() + withinMs;
    while (this.#server.clients.size > 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of this.#server.clients) socket.close(1012);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const name = url?.pathname.startsWith(path) === true ? url.pathname.slice(path.length) : '';
    const admission = Object.hasOwn(this.#admissions, name) ? this.#admissions[name] : undefined;
    if (admission === undefined || url === null) throw new Refusal('not-found');
    if (this.#closing) throw new Refusal('unavailable');
    const admit = await admission.knock(request, url);
    this.#server.handleUpgrade(request, socket, head, (ws) =>
      this.#greet(ws, async (credential) => await admit(new Line(ws, socket), credential)),
    );
  }

  #greet(socket: WebSocket, admit: (credential: string) => Promise<Admitted>): void {
    let admitted: Admitted | null = null;
    let greeted = false;
    const early: string[] = [];
    const timer = setTimeout(() => socket.close(1008), helloMs);
    const bye = (code: ErrorCode) => {
      socket.send(JSON.stringify({ t: 'bye', code } satisfies ServerFrame));
      socket.close(1008);
    };
    const hello = async (text: string) => {
      const frame = readFrame(text);
      if (frame?.t !== 'hello') return bye('request.invalid');
      try {
        const connection = await admit(frame.credential);
        if (socket.readyState !== socket.OPEN) return connection.closed();
        admitted = connection;
        socket.send(
          JSON.stringify({
            t: 'welcome',
            node: this.#node,
            heartbeatMs: realtime.heartbeatMs,
          } satisfies ServerFrame),
        );
        for (const each of early) admitted.receive(each);
      } catch (error) {
        if (error instanceof Refusal) return bye(error.code);
        this.#log.warn('hello-failed', {}, error);
        socket.close(1011);
      }
    };
    socket.on('message', (data, binary) => {
      clearTimeout(timer);
      // What came in behind a refused frame is not looked at.
      if (socket.readyState !== socket.OPEN) return;
      // Text frames reach us as Buffers, already checked to be UTF-8.
      const text = (data as Buffer).toString('utf8');
      if (binary) return bye('request.invalid');
      if (admitted !== null) return admitted.receive(text);
      if (!greeted) {
        greeted = true;
        void hello(text);
      } else if (early.length < mostEarly) early.push(text);
      else bye('request.rate-limited');
    });
    // A broken frame ends the socket; ws closes it with the right code by itself.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      admitted?.closed();
    });
  }
}

function refuse(socket: Duplex, code: ErrorCode): void {
  const { status, title } = refusals[code];
  const body = JSON.stringify({ type: `urn:samtal:problem:${code}`, title, status, code });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
