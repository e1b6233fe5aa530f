import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthContext, Connection, PublicKeyAuthContext } from 'ssh2';
import ssh2 from 'ssh2';
import type { Budget } from './budget.ts';
import type { Files } from './files.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { Journal } from './journal.ts';
import type { SftpLimits } from './limits.ts';
import type { Login } from './login.ts';
import { Pace } from './pace.ts';
import { SftpSession } from './session.ts';
import {
  fillPackets,
  isExchangingKeys,
  onPacket,
  onRoom,
  prepareKeys,
  refuseSmallPackets,
  roomOf,
  socketOf,
  unsentPieces,
} from './ssh2-internals.ts';

/** Tries of any kind on one connection, also such as are not refused. */
const mostAuthRequests = 20;
/** How often it is looked what a client has not taken. */
const packetsBetweenLooks = 512;

export interface ClientParts {
  readonly files: Files;
  readonly gatekeeper: Gatekeeper;
  readonly journal: Journal;
  readonly limits: SftpLimits;
  readonly budget: Budget;
  /** Takes a place among the sessions of an export account, if there is one. */
  readonly takePlace: (exportAccountId: string) => boolean;
  readonly leavePlace: (exportAccountId: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * One connection: nobody yet → signed in → ended. Only a public key signs in, and only SFTP is spoken: nobody listens for shells,
 * commands, forwarding, agents or variables, and what nobody listens for is refused.
 */
export class SftpClient {
  readonly address: string;
  login: Login | null = null;
  readonly #client: Connection;
  readonly socket: Socket;
  readonly #parts: ClientParts;
  readonly #sessions = new Set<SftpSession>();
  readonly #gathering = new Set<() => void>();
  /** Channels that are open, and how many were. */
  #channels = { open: 0, inAll: 0 };
  readonly #pace: Pace;
  readonly #beganAt = performance.now();
  #requestedAt = performance.now();
  #refused = 0;
  #asked = 0;
  #packets = 0;
  #rekeyed = { atBytes: 0, at: performance.now() };
  #rekeys: number[] = [];
  /** Since when an exchange of keys has been seen to go on. */
  #exchangingSince: number | null = null;
  #reason = 'closed';
  #totals = { files: 0, bytes: 0 };

  constructor(client: Connection, address: string, parts: ClientParts) {
    this.#client = client;
    this.socket = socketOf(client);
    this.#parts = parts;
    this.address = address;
    this.#pace = new Pace(parts.limits.opensPerMinute, this.#beganAt);
    refuseSmallPackets(client);
    prepareKeys(client);
    onRoom(client, () => this.#pump());
    onPacket(client, () => this.#countPacket());
    this.socket.on('drain', () => this.#pump());
    // What clients do wrong is theirs, and ends their connection. Without a listener it would end the process.
    client.on('error', () => this.end('protocol-error'));
    client.on('close', () => this.#closed());
    client.on('authentication', (context) => void this.#authenticate(context).catch(this.#broken));
    client.on('rekey', () => this.#rekeyedNow());
    client.on('ready', () => this.#serve());
  }

  /** Looks once a second whether its time is over, and gives it new keys when those have been used enough. */
  tend(now: number): void {
    const { limits } = this.#parts;
    const age = now - this.#beganAt;
    if (this.login === null) return age > limits.loginMs ? this.end('login-time') : undefined;
    if (age > limits.sessionMs) return this.end('session-time');
    if (now - this.#requestedAt > limits.idleMs) return this.end('idle');
    if (isExchangingKeys(this.#client)) {
      this.#exchangingSince ??= now;
      return now - this.#exchangingSince > limits.exchangeMs ? this.end('rekey-time') : undefined;
    }
    const bytes = this.socket.bytesWritten + this.socket.bytesRead;
    if (bytes - this.#rekeyed.atBytes < limits.rekeyBytes && now - this.#rekeyed.at < limits.rekeyMs) return;
    this.#rekeyed = { atBytes: bytes, at: now };
    this.#client.rekey();
  }

  end(reason: string): void {
    if (this.#reason !== 'closed') return;
    this.#reason = reason;
    for (const session of this.#sessions) session.pause();
    try {
      this.#client.end();
    } catch {
      // It could not even be told.
    }
    // A client that does not take the goodbye goes all the same.
    setTimeout(() => this.socket.destroy(), 100).unref();
  }

  async #authenticate(context: AuthContext): Promise<void> {
    const { limits, gatekeeper, journal } = this.#parts;
    // Those that came before the end still wait for their turn: nobody is asked about them any more.
    if (this.#isOver) return;
    const answersAt = performance.now() + limits.refusalMs;
    this.#asked += 1;
    if (this.#asked > mostAuthRequests) return this.end('too-many-tries');
    if (context.method === 'publickey') {
      const isFit = isFitSignature(context);
      const answer = isFit ? await gatekeeper.ask(context.username, context.key.data, this.address) : null;
      if (answer?.may === true && context.signature === undefined) return context.accept();
      if (answer?.may === true && isSigned(context))
        return await this.#admit(context, answer.login, answersAt);
      // Whoever asks about a key has shown nothing yet: clients go through all that they have.
      if (answer?.may === false && answer.known !== null) journal.refused(answer.known, answer.reason);
    }
    await this.#refuse(context, answersAt);
  }

  async #admit(context: PublicKeyAuthContext, login: Login, answersAt: number): Promise<void> {
    if (!this.#parts.takePlace(login.exportAccountId)) {
      this.#parts.journal.refused(login, 'too-many-sessions');
      return await this.#refuse(context, answersAt);
    }
    try {
      await this.#parts.gatekeeper.begin(login);
    } catch (error) {
      // Nobody comes in of whom nobody knows.
      this.#parts.leavePlace(login.exportAccountId);
      throw error;
    }
    // From here on it is written down that the session began, and so will its end be: once, whatever comes first.
    this.login = login;
    if (this.socket.destroyed) return this.#closed();
    if (!this.#isOver) context.accept();
  }

  async #refuse(context: AuthContext, answersAt: number): Promise<void> {
    // The first question what there is to sign in with is none of the tries.
    if (context.method !== 'none') this.#refused += 1;
    await sleep(Math.max(0, answersAt - performance.now()));
    if (this.#isOver) return;
    context.reject(['publickey']);
    if (this.#refused >= this.#parts.limits.loginTries) this.end('too-many-tries');
  }

  #serve(): void {
    this.#client.on('session', (accept, reject) => {
      const { channels, channelsInAll } = this.#parts.limits;
      this.#channels.inAll += 1;
      // ssh2 keeps something of each, also of those that were closed before they were used.
      if (this.#channels.inAll > channelsInAll) this.end('too-many-channels');
      if (this.#channels.open >= channels || this.#isOver) {
        reject();
        return;
      }
      const session = accept();
      this.#channels.open += 1;
      session.once('close', () => (this.#channels.open -= 1));
      session.on('sftp', (acceptSftp) => {
        const login = this.login;
        if (login === null) return;
        const sftp = acceptSftp();
        const { files, journal, limits, budget, failed } = this.#parts;
        fillPackets(sftp, (send) => this.#gather(send));
        const served = new SftpSession(sftp, {
          files,
          journal,
          limits,
          budget,
          pace: this.#pace,
          login,
          failed,
          hasRoom: () =>
            this.socket.writableLength < limits.unsentBytes &&
            roomOf(sftp) > 0 &&
            !isExchangingKeys(this.#client),
          requested: () => void (this.#requestedAt = performance.now()),
          abused: (reason) => this.end(reason),
        });
        this.#sessions.add(served);
        const left = () => this.#left(served);
        // OpenSSH says that it has nothing more to ask, and waits for the channel to be closed.
        sftp.on('end', () => {
          left();
          sftp.end();
        });
        sftp.on('close', left);
      });
    });
  }

  #left(session: SftpSession): void {
    if (!this.#sessions.delete(session)) return;
    session.end();
    this.#totals.files += session.totals.files;
    this.#totals.bytes += session.totals.bytes;
  }

  #closed(): void {
    for (const session of this.#sessions) this.#left(session);
    const { login } = this;
    if (login === null) return;
    this.login = null;
    this.#parts.leavePlace(login.exportAccountId);
    const seconds = Math.round((performance.now() - this.#beganAt) / 1_000);
    this.#parts.journal.ended(login, { reason: this.#reason, ...this.#totals, seconds });
  }

  /** What is answered before anybody has to wait again leaves in one go: a call of the system for each piece of a packet costs more than the rest. */
  #gather(send: () => void): void {
    if (this.#gathering.size === 0) {
      this.socket.cork();
      setImmediate(() => {
        for (const each of this.#gathering) each();
        this.#gathering.clear();
        this.socket.uncork();
      });
    }
    this.#gathering.add(send);
  }

  #pump(): void {
    for (const session of this.#sessions) session.pump();
  }

  /** New keys cost a server more than a client: one that asks for them without end goes. */
  #rekeyedNow(): void {
    this.#exchangingSince = null;
    // Before that nobody has a reason to.
    if (this.login === null) return this.end('rekey-before-login');
    const now = performance.now();
    this.#rekeys = [...this.#rekeys.filter((at) => now - at < 60_000), now];
    if (this.#rekeys.length > this.#parts.limits.rekeysPerMinute) return this.end('too-many-rekeys');
    this.#pump();
  }

  /** Whatever is answered past the requests of SFTP, which wait for room: ssh2 does so by itself, however much it is. */
  #countPacket(): void {
    this.#packets += 1;
    if (this.#packets % packetsBetweenLooks !== 0) return;
    if (unsentPieces(this.#client) > this.#parts.limits.unsentPieces) this.end('takes-nothing');
  }

  get #isOver(): boolean {
    return this.#reason !== 'closed' || this.socket.destroyed;
  }

  readonly #broken = (error: unknown): void => {
    this.#parts.failed(error);
    this.end('failed');
  };
}

/** RSA signs with SHA-2 (RFC 8332): `ssh-rsa`, which is SHA-1, is none. */
function isFitSignature({ key, hashAlgo }: PublicKeyAuthContext): boolean {
  return key.algo !== 'ssh-rsa' || hashAlgo === 'sha256' || hashAlgo === 'sha512';
}

/** Whether whoever sent it has the private half. */
function isSigned({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
  const parsed = ssh2.utils.parseKey(key.data);
  if (parsed instanceof Error || blob === undefined || signature === undefined) return false;
  if (parsed.type !== key.algo) return false;
  // Throws nothing; an error is its answer to a signature that is none.
  return (parsed.verify(blob, signature, hashAlgo) as boolean | Error) === true;
}
