import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { NetworkList } from '../networks/index.ts';

/** Why nothing was sent, in a word of our own: what the other side said does not come along. */
export type OutboundFailure =
  | 'address-refused'
  | 'name-unknown'
  | 'unreachable'
  | 'timeout'
  | 'tls-failed'
  | 'too-large';

export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  readonly code: OutboundFailure;

  constructor(code: OutboundFailure, options?: ErrorOptions) {
    super(`Outbound connection: ${code}`, options);
    this.code = code;
  }
}

export interface OutboundTarget {
  /** A name or an address; an IPv6 address may stand in brackets. */
  readonly host: string;
  readonly port: number;
  /** The ports that may be reached at public addresses; any when absent. */
  readonly publicPorts?: readonly number[];
  /** Until the connection stands: for finding the name, for connecting and for TLS together. */
  readonly timeoutMs: number;
}

export interface TlsSettings {
  /** PEM of the authorities that count; those of Node when absent. */
  readonly ca?: string;
  /** PEM of the client’s certificate and its key (mutual TLS). */
  readonly client?: { readonly cert: string; readonly key: string };
}

type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * The only way out to addresses that an account chose. Reaches public addresses, and of all others (loopback, private,
 * link-local, metadata services and the like) only those in networks that the operator named. A name is resolved once,
 * everything it resolves to is judged, and that address is connected to: no second answer of a name server can lead
 * elsewhere, and nothing is sent to an address that is refused (attack catalogue 57; ASVS 1.3.6).
 */
export class Outbound {
  readonly #allowed: NetworkList;
  readonly #lookup: Lookup;

  constructor({ networks, lookup = resolve }: { networks: readonly string[]; lookup?: Lookup }) {
    this.#allowed = new NetworkList(networks);
    this.#lookup = lookup;
  }

  /** Whether this host is an address, and one that is refused: can be said before anything is configured. */
  refusesLiteral(host: string): boolean {
    const bare = withoutBrackets(host);
    return isIP(bare) !== 0 && this.#judge(bare) === 'refused';
  }

  async connect(target: OutboundTarget): Promise<Socket> {
    return await this.#connect(target, deadlineOf(target));
  }

  async #connect(target: OutboundTarget, deadline: number): Promise<Socket> {
    const address = await withinTime(this.#resolve(target), deadline);
    const socket = connect({ host: address, port: target.port, noDelay: true });
    await established(socket, 'connect', { deadline, failure: 'unreachable' });
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || this.#judge(remoteAddress) === 'refused') {
      socket.destroy();
      throw new OutboundError('address-refused');
    }
    return socket;
  }

  /** The other side has to prove that it is the host. TLS 1.2 or newer. */
  async connectTls(target: OutboundTarget, { ca, client }: TlsSettings = {}): Promise<TLSSocket> {
    const deadline = deadlineOf(target);
    const socket = await this.#connect(target, deadline);
    const host = withoutBrackets(target.host);
    const secured = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
      ...client,
    });
    await established(secured, 'secureConnect', { deadline, failure: 'tls-failed' });
    return secured;
  }

  async #resolve({ host, port, publicPorts }: OutboundTarget): Promise<string> {
    const bare = withoutBrackets(host);
    const addresses = isIP(bare) === 0 ? await this.#lookup(bare).catch(unknownName) : [bare];
    const judged = addresses.map((address) => this.#judge(address));
    const [first] = addresses;
    if (first === undefined) throw new OutboundError('name-unknown');
    // A name that also leads to a refused address is refused, whichever comes first today.
    if (judged.includes('refused')) throw new OutboundError('address-refused');
    if (judged.includes('public') && publicPorts?.includes(port) === false)
      throw new OutboundError('address-refused');
    return first;
  }

  #judge(address: string): 'named' | 'public' | 'refused' {
    if (!ipaddr.isValid(address)) return 'refused';
    if (this.#allowed.includes(address)) return 'named';
    // An IPv4 address in IPv6’s clothes is the IPv4 address.
    return ipaddr.process(address).range() === 'unicast' ? 'public' : 'refused';
  }
}

async function resolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function unknownName(cause: unknown): never {
  throw new OutboundError('name-unknown', { cause });
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** By the clock that nobody sets. */
function deadlineOf({ timeoutMs }: OutboundTarget): number {
  return performance.now() + timeoutMs;
}

function leftMs(deadline: number): number {
  return Math.max(0, deadline - performance.now());
}

/** What cannot be given up, such as the look-up of a name, goes on, and nobody waits for it. */
async function withinTime<Result>(work: Promise<Result>, deadline: number): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new OutboundError('timeout')), leftMs(deadline));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for the event; ends the socket and throws when there is an error or it takes too long. */
async function established(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { deadline, failure }: { deadline: number; failure: OutboundFailure },
): Promise<void> {
  await new Promise<void>((done, failed) => {
    const give = (error: OutboundError) => {
      clearTimeout(timer);
      socket.destroy();
      failed(error);
    };
    const timer = setTimeout(() => give(new OutboundError('timeout')), leftMs(deadline));
    const onError = (cause: Error) => give(new OutboundError(failure, { cause }));
    const onClose = () => give(new OutboundError(failure));
    // An error after this ends the connection, which whoever uses it sees; unheard it would end the process.
    socket.on('error', () => undefined);
    socket.once('error', onError).once('close', onClose);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', onError).off('close', onClose);
      done();
    });
  });
}
