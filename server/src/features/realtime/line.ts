import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Connections that hold back what they were given until this turn of the event loop ends. */
const holding = new Set<Duplex>();

function hold(connection: Duplex): void {
  if (holding.has(connection)) return;
  if (holding.size === 0) process.nextTick(release);
  holding.add(connection);
  connection.cork();
}

function release(): void {
  for (const connection of holding) connection.uncork();
  holding.clear();
}

/**
 * A socket with the connection below it. Frames that are sent in one turn of the event loop, such as an entry and the
 * acknowledgement of its post, leave in one write: writes are most of what a message costs.
 */
export class Line {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;

  constructor(socket: WebSocket, connection: Duplex) {
    this.#socket = socket;
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    if (!this.isOpen) return;
    hold(this.#connection);
    this.#socket.send(text);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  /** Gives the connection up at once. */
  terminate(): void {
    this.#socket.terminate();
  }
}
