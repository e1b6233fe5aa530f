import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Connection, SFTPWrapper } from 'ssh2';

/**
 * What ssh2 1.17.0 has inside and does not show. Looked at here and nowhere else, so that another version of it is judged in one place; a
 * test goes through each of them.
 */
interface Inside {
  /** Node has `writableBuffer`, and counts `bytesWritten` by it; its types leave it out. */
  readonly _sock: Socket & { readonly writableBuffer: readonly unknown[] };
  readonly _protocol: {
    readonly _handlers: {
      CHANNEL_OPEN: (
        protocol: unknown,
        about: { sender: number; packetSize: number; window: number },
      ) => void;
      CHANNEL_WINDOW_ADJUST: (...args: unknown[]) => void;
    };
    /** Our word in an exchange of keys, until that has come to its end. */
    readonly _kexinit: Buffer | undefined;
    /** What is sent once it has. */
    readonly _queue: readonly Buffer[] | undefined;
    /** Called for each packet that comes, whatever it is. */
    _onPacket: () => void;
    _cipher: object;
    _decipher: object;
    channelOpenFail(channel: number, reason: number, description?: string): void;
    channelData(channel: number, payload: Buffer): void;
    channelClose(channel: number): void;
  };
}

interface InsideSftp {
  readonly outgoing: {
    readonly id: number;
    readonly packetSize: number;
    /** `open`, and then `closing` and `closed`. */
    readonly state: string;
    window: number;
  };
  /** What waits for the client to take more. */
  readonly _buffer: readonly Buffer[];
  _protocol: Pick<Inside['_protocol'], 'channelData' | 'channelClose'>;
}

/** RFC 4254, 5.1: SSH_OPEN_RESOURCE_SHORTAGE. */
const resourceShortage = 4;
/** Nothing that is used sends packets so small, and one of size 0 is never sent to its end (mscdex/ssh2#1504). */
const leastPacketBytes = 1_024;
/** What every client takes (RFC 4253, 6.1), headers left out. */
const mostPacketBytes = 32_768;

/** draft-ietf-secsh-filexfer-02, 7: length, type, request and length of what follows. */
const dataHeaderBytes = 13;
const answers = { version: 2, data: 103, extended: 201 };
const unsupported = 8;
const mostSftpPacketBytes = 262_144;
const limits = 'limits@openssh.com';
const extension = Buffer.concat([lengthThenText(limits), lengthThenText('1')]);

export function socketOf(client: Connection): Socket {
  return (client as unknown as Inside)._sock;
}

/** Refuses channels that could not be written to. Before ssh2 sees them. */
export function refuseSmallPackets(client: Connection): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const open = protocol._handlers.CHANNEL_OPEN;
  protocol._handlers.CHANNEL_OPEN = (itself, about) => {
    if (about.packetSize < leastPacketBytes) protocol.channelOpenFail(about.sender, resourceShortage);
    else open(itself, about);
  };
}

/** Calls when the client has made room on a channel. */
export function onRoom(client: Connection, call: () => void): void {
  const { _handlers: handlers } = (client as unknown as Inside)._protocol;
  const adjust = handlers.CHANNEL_WINDOW_ADJUST;
  handlers.CHANNEL_WINDOW_ADJUST = (...args) => {
    adjust(...args);
    call();
  };
}

/** Whether keys are being exchanged: what is sent meanwhile is kept in memory, as much as it is. */
export function isExchangingKeys(client: Connection): boolean {
  return (client as unknown as Inside)._protocol._kexinit !== undefined;
}

/** Calls at each packet that comes, before it is answered. */
export function onPacket(client: Connection, call: () => void): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const count = protocol._onPacket;
  protocol._onPacket = () => {
    count();
    call();
  };
}

/** In how many pieces what is to be sent waits: three of each packet on its way to the socket, and one while keys are exchanged. */
export function unsentPieces(client: Connection): number {
  const { _sock: socket, _protocol: protocol } = client as unknown as Inside;
  return socket.writableBuffer.length + (protocol._queue?.length ?? 0);
}

/** How many bytes the client still takes on this channel. */
export function roomOf(sftp: SFTPWrapper): number {
  return (sftp as unknown as InsideSftp).outgoing.window;
}

/** Has keys made ready once: given as bytes, one is made ready for each packet, which takes longer than to encrypt it. */
export function prepareKeys(client: Connection): void {
  const { _protocol: protocol } = client as unknown as Inside;
  for (const [place, name] of [
    ['_cipher', '_encKey'],
    ['_decipher', '_decipherKey'],
  ] as const) {
    let current: { [key in typeof name]?: Buffer | KeyObject } = protocol[place];
    Object.defineProperty(protocol, place, {
      get: () => current,
      // New ones come with each exchange of keys.
      set: (made: typeof current) => {
        if (Buffer.isBuffer(made[name])) made[name] = createSecretKey(made[name]);
        current = made;
      },
    });
  }
}

/**
 * Puts answers into full packets: by itself each is a packet of its own, and one that is as long as a packet two. Once something waits for
 * more, `waits` is told how to send it.
 */
export function fillPackets(sftp: SFTPWrapper, waits: (send: () => void) => void): void {
  const inside = sftp as unknown as InsideSftp;
  const { _protocol: protocol, outgoing } = inside;
  // Copied into and out of again: whatever is given to ssh2 it copies at once.
  const packet = Buffer.allocUnsafe(Math.min(outgoing.packetSize, mostPacketBytes));
  let filled = 0;
  const send = () => {
    if (filled > 0) protocol.channelData(outgoing.id, packet.subarray(0, filled));
    filled = 0;
  };
  inside._protocol = {
    channelData: (_channel, payload) => {
      waits(send);
      for (let at = 0; at < payload.length;) {
        const copied = payload.copy(packet, filled, at);
        filled += copied;
        at += copied;
        if (filled === packet.length) send();
      }
    },
    channelClose: (channel) => {
      send();
      protocol.channelClose(channel);
    },
  };
}

/** Answers a request with bytes of a file. Without the copy that ssh2 makes of them, where the client takes them at once. */
export function sendBytes(sftp: SFTPWrapper, id: number, bytes: Buffer): void {
  const header = Buffer.allocUnsafe(dataHeaderBytes);
  header.writeUInt32BE(dataHeaderBytes - 4 + bytes.length, 0);
  header.writeUInt8(answers.data, 4);
  header.writeUInt32BE(id, 5);
  header.writeUInt32BE(bytes.length, 9);
  if (!sendNow(sftp, header, bytes)) sftp.data(id, bytes);
}

/**
 * Tells clients that know how to ask how much they may read at once (OpenSSH, PROTOCOL, 4.8 `limits@openssh.com`): they ask for so much
 * more in one request. Of writing it says nothing. `answer` puts an answer where its turn is.
 */
export function tellLimits(
  sftp: SFTPWrapper,
  { readBytes, handles }: { readBytes: number; handles: number },
  answer: (id: number, send: () => void) => void,
): void {
  const inside = sftp as unknown as InsideSftp;
  const { channelData } = inside._protocol;
  // The first answer of all is the version, in which extensions are named; ssh2 names none.
  inside._protocol.channelData = (channel, version) => {
    inside._protocol.channelData = channelData;
    const isWhole = version.length === 9 && version[4] === answers.version && inside.outgoing.window > 256;
    if (isWhole) inside.outgoing.window -= extension.length;
    channelData(channel, isWhole ? Buffer.concat([lengthened(version), extension]) : version);
  };
  (sftp.on as (event: string, listener: (id: number, name: string) => void) => void)(
    'EXTENDED',
    (id, name) => {
      // Compared now: it may be as long as a packet, which would be kept with it.
      const isKnown = name === limits;
      answer(id, () => {
        const told = limitsAnswer(id, [mostSftpPacketBytes, readBytes, 0, handles]);
        if (!isKnown || !sendNow(sftp, told)) sftp.status(id, unsupported);
      });
    },
  );
}

function limitsAnswer(id: number, values: readonly number[]): Buffer {
  const answer = Buffer.alloc(9 + 8 * values.length);
  answer.writeUInt32BE(answer.length - 4, 0);
  answer.writeUInt8(answers.extended, 4);
  answer.writeUInt32BE(id, 5);
  for (const [at, value] of values.entries()) answer.writeBigUInt64BE(BigInt(value), 9 + 8 * at);
  return answer;
}

function lengthened(version: Buffer): Buffer {
  const longer = Buffer.from(version);
  longer.writeUInt32BE(version.length - 4 + extension.length, 0);
  return longer;
}

function lengthThenText(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text, 'latin1')]);
}

/** Says whether it was sent: only on a channel that is open, where the client takes it at once, and nothing waits before it. */
function sendNow(sftp: SFTPWrapper, ...pieces: readonly Buffer[]): boolean {
  const { outgoing, _buffer: waiting, _protocol: protocol } = sftp as unknown as InsideSftp;
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (outgoing.state !== 'open' || waiting.length > 0 || outgoing.window <= bytes) return false;
  outgoing.window -= bytes;
  for (const piece of pieces) protocol.channelData(outgoing.id, piece);
  return true;
}
