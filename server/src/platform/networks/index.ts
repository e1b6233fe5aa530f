import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * A list of addresses and networks, as settings hold them (C5): CIDR (RFC 4632, RFC 4291), or an address for itself alone. The
 * schema `Network` of the contract lets nothing else in.
 */
export class NetworkList {
  readonly #networks: readonly Network[];

  /** Throws when an entry is none: what is set was judged by its schema. */
  constructor(entries: readonly string[]) {
    this.#networks = entries.map((entry) => {
      const network = parseNetwork(entry);
      if (network === null) throw new Error('A list of networks holds an entry that is no network');
      return network;
    });
  }

  get isEmpty(): boolean {
    return this.#networks.length === 0;
  }

  /**
   * Whether the address lies in one of the networks. What is no address lies in none, and an IPv4 address in IPv6’s clothes
   * (RFC 4291, 2.5.5.2) is the IPv4 address: behind a socket that takes both, all of them come like that.
   */
  includes(address: string): boolean {
    if (isIP(address) === 0) return false;
    const parsed = ipaddr.process(address);
    return this.#networks.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits),
    );
  }
}

/** Whether somebody at this address may pass: from anywhere while the list is empty, else from what it names (C5). */
export function passes(entries: readonly string[], address: string): boolean {
  const list = new NetworkList(entries);
  return list.isEmpty || list.includes(address);
}

/**
 * Whose address it is, for counting: an IPv4 address, or the /64 network of an IPv6 address, which is what one household has (RFC 6177),
 * however it is written. All that is no address is one.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}

/** Whether the text is an address or a network. Strict: no octal or shortened IPv4, no zone, no spaces. */
export function isNetwork(entry: string): boolean {
  return parseNetwork(entry) !== null;
}

function parseNetwork(entry: string): Network | null {
  const [address = '', bits, ...rest] = entry.split('/');
  // ipaddr.js also takes what only some systems take for an address, such as 010.1 or 0x7f000001.
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return null;
  const width = version === 4 ? 32 : 128;
  if (bits !== undefined && !/^(0|[1-9]\d{0,2})$/.test(bits)) return null;
  const prefix = bits === undefined ? width : Number(bits);
  if (prefix > width) return null;
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6) || !parsed.isIPv4MappedAddress()) return [parsed, prefix];
  return prefix < 96 ? null : [parsed.toIPv4Address(), prefix - 96];
}
