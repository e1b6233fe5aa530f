import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Database } from '../../../platform/database/index.ts';
import { networkOf, passes } from '../../../platform/networks/index.ts';
import { algorithms } from './algorithms.ts';
import { Arrivals } from './arrivals.ts';
import { Budget } from './budget.ts';
import { SftpClient } from './client.ts';
import { Files } from './files.ts';
import { Gatekeeper } from './gatekeeper.ts';
import { Journal } from './journal.ts';
import type { SftpLimits } from './limits.ts';
import type { SftpFailure } from './messages.ts';

const tendMs = 1_000;

export interface SftpServerParts {
  readonly database: Database;
  /** In the form of OpenSSH. */
  readonly hostKey: string;
  readonly limits: SftpLimits;
  readonly failed: (event: SftpFailure, error: unknown) => void;
}

/** Speaks SFTP with everybody who comes, within limits. */
export class SftpServer {
  readonly #parts: SftpServerParts;
  readonly #listener: Server;
  readonly #ssh: InstanceType<typeof ssh2.Server>;
  readonly #files: Files;
  readonly #gatekeeper: Gatekeeper;
  readonly #journal: Journal;
  readonly #sockets = new Map<Socket, string>();
  readonly #clients = new Map<Socket, SftpClient>();
  readonly #places = new Map<string, number>();
  readonly #arrivals: Arrivals;
  readonly #timers: NodeJS.Timeout[] = [];
  #seenAt = performance.now();
  #isRechecking = false;

  constructor(parts: SftpServerParts) {
    this.#parts = parts;
    const { database, hostKey, limits } = parts;
    const budget = new Budget({ inAll: limits.keptBytesInAll, ofOwner: limits.keptBytes });
    this.#arrivals = new Arrivals({
      perMinute: limits.connectionsPerMinute,
      mostNetworks: limits.networksKnown,
    });
    this.#files = new Files(database);
    this.#gatekeeper = new Gatekeeper(database);
    this.#journal = new Journal(database, limits, (error) => parts.failed('sftp-audit-failed', error));
    this.#listener = createServer({ noDelay: true }, (socket) => this.#receive(socket));
    const options = {
      hostKeys: [hostKey],
      algorithms,
      ident: 'samtal',
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
    };
    this.#ssh = new ssh2.Server(options, (client, { ip }) => {
      const made = new SftpClient(client, ip, {
        files: this.#files,
        gatekeeper: this.#gatekeeper,
        journal: this.#journal,
        limits,
        budget,
        takePlace: (id) => this.#takePlace(id),
        leavePlace: (id) => this.#leavePlace(id),
        failed: (error) => parts.failed('sftp-request-failed', error),
      });
      this.#clients.set(made.socket, made);
    });
    this.#ssh.on('error', (error: unknown) => parts.failed('sftp-failed', error));
  }

  /** Answers with the port. Throws what the system says when it cannot. */
  async listen(host: string, port: number): Promise<number> {
    this.#listener.listen(port, host);
    await once(this.#listener, 'listening');
    this.#listener.on('error', (error) => this.#parts.failed('sftp-failed', error));
    this.#journal.start();
    this.#every(tendMs, () => this.#tend());
    this.#every(this.#parts.limits.recheckMs, () => void this.#recheck());
    return (this.#listener.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#listener.close();
    for (const client of this.#clients.values()) client.end('server-stops');
    for (const socket of this.#sockets.keys()) socket.destroySoon();
    await Promise.race([this.#allGone(), new Promise((resolve) => setTimeout(resolve, 500))]);
    for (const socket of this.#sockets.keys()) socket.destroy();
    await this.#allGone();
    await this.#journal.stop();
  }

  #receive(socket: Socket): void {
    const { limits } = this.#parts;
    const network = networkOf(socket.remoteAddress ?? '');
    // Before anything is done for it.
    if (!this.#arrivals.admits(network, performance.now())) {
      socket.destroy();
      return;
    }
    const ofNetwork = [...this.#sockets.values()].filter((each) => each === network).length;
    socket.on('error', () => socket.destroy());
    if (ofNetwork < limits.connectionsPerNetwork) this.#makeRoom();
    if (this.#sockets.size >= limits.connections || ofNetwork >= limits.connectionsPerNetwork) {
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, network);
    // Before it has said a word there is no client yet that would look at the time.
    const timer = setTimeout(() => {
      const client = this.#clients.get(socket);
      if (client === undefined || client.login === null) socket.destroy();
    }, limits.loginMs + tendMs);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      this.#clients.delete(socket);
    });
    this.#ssh.injectSocket(socket);
  }

  /** Whoever has not signed in takes no place from those who want to: the one that has had the longest time for it goes. */
  #makeRoom(): void {
    const { connections, notSignedIn } = this.#parts.limits;
    const strangers = [...this.#sockets.keys()].filter((socket) => !this.#isSignedIn(socket));
    if (strangers.length < notSignedIn && this.#sockets.size < connections) return;
    const [oldest] = strangers;
    if (oldest === undefined) return;
    // At once: it gives its place back only when it has closed.
    this.#sockets.delete(oldest);
    oldest.destroy();
  }

  #isSignedIn(socket: Socket): boolean {
    const login = this.#clients.get(socket)?.login;
    return login !== undefined && login !== null;
  }

  #tend(): void {
    const now = performance.now();
    for (const client of this.#clients.values()) client.tend(now);
    if (this.#journal.isBehind) this.#endSignedIn('audit-unwritten');
    this.#files.forgetOld();
    this.#arrivals.forgetOld(now);
  }

  /** Ends the sessions whose key, account or network is not taken any more, on whichever node that was decided. */
  async #recheck(): Promise<void> {
    const signedIn = [...this.#clients.values()].filter(({ login }) => login !== null);
    if (signedIn.length === 0) {
      this.#seenAt = performance.now();
      return;
    }
    // Whether the question fails or nobody answers it at all.
    if (performance.now() - this.#seenAt > this.#parts.limits.blindMs) this.#endSignedIn('database-away');
    if (this.#isRechecking) return;
    this.#isRechecking = true;
    try {
      const ids = [...new Set(signedIn.flatMap(({ login }) => (login === null ? [] : [login.keyId])))];
      const standing = await this.#gatekeeper.standing(ids);
      this.#seenAt = performance.now();
      for (const client of signedIn) {
        const networks = client.login === null ? null : standing.get(client.login.keyId);
        if (networks === undefined || (networks !== null && !passes(networks, client.address)))
          client.end('not-allowed-any-more');
      }
    } catch (error) {
      this.#parts.failed('sftp-recheck-failed', error);
    } finally {
      this.#isRechecking = false;
    }
  }

  #endSignedIn(reason: string): void {
    for (const client of this.#clients.values()) if (client.login !== null) client.end(reason);
  }

  #takePlace(exportAccountId: string): boolean {
    if (this.#journal.isBehind) return false;
    const taken = this.#places.get(exportAccountId) ?? 0;
    if (taken >= this.#parts.limits.sessionsPerAccount) return false;
    this.#places.set(exportAccountId, taken + 1);
    return true;
  }

  #leavePlace(exportAccountId: string): void {
    const left = (this.#places.get(exportAccountId) ?? 1) - 1;
    if (left > 0) this.#places.set(exportAccountId, left);
    else this.#places.delete(exportAccountId);
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms));
  }

  async #allGone(): Promise<void> {
    // What one that has gone says about that is no reason not to wait for it, nor for the others.
    const gone = async (socket: Socket) => await new Promise((resolve) => socket.once('close', resolve));
    await Promise.all([...this.#sockets.keys()].map(gone));
  }
}
