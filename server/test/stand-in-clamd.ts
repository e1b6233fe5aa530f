import { createServer, type Socket } from 'node:net';

/** What a stand-in for clamd does with what it is given. */
export type ClamdMood = 'looks' | 'silent' | 'refuses-size' | 'hangs-up';

/** What it finds a virus in. */
export const virus = 'X5O!P%@AP-STAND-IN-TEST-VIRUS';

export interface StandInClamd {
  readonly url: URL;
  mood: ClamdMood;
  /** What was scanned to its end. */
  readonly scanned: Buffer[];
  close(): Promise<void>;
}

/** Speaks clamd's INSTREAM: `zINSTREAM\0`, pieces with their length before them, an empty one, an answer with a zero. */
export async function startStandInClamd(path: string | null = null): Promise<StandInClamd> {
  const scanned: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    let answered = false;
    const answer = (text: string) => {
      answered = true;
      socket.end(`${text}\0`);
    };
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      if (answered || clamd.mood === 'silent') return;
      if (clamd.mood === 'hangs-up') return void socket.destroy();
      if (clamd.mood === 'refuses-size') return answer('INSTREAM size limit exceeded. ERROR');
      const stream = streamIn(received);
      if (stream === null) return;
      scanned.push(stream);
      answer(stream.includes(virus) ? 'stream: Stand-In.Test FOUND' : 'stream: OK');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (path === null) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const address = server.address();
  const url = typeof address === 'string' ? `unix://${address}` : `tcp://127.0.0.1:${address?.port}`;
  const clamd: StandInClamd = {
    url: new URL(url),
    mood: 'looks',
    scanned,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return clamd;
}

/** What was sent, once it is whole. */
function streamIn(received: Buffer): Buffer | null {
  const command = 'zINSTREAM\0';
  if (received.toString('latin1', 0, command.length) !== command) return null;
  const pieces: Buffer[] = [];
  for (let at = command.length; at + 4 <= received.length;) {
    const length = received.readUInt32BE(at);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(received.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}
