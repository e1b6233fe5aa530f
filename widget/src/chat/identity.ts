import type { Drawer, Remembered } from '../storage.ts';
import type { Tickets } from '../frame.ts';
import { Refused, type Api } from './api.ts';

/**
 * Who the visitor is, by tickets that the page gets from its own server (C9). Proved once on each page, and anew when the
 * session has ended, because meanwhile somebody else may have signed in there.
 */
export class Identity {
  readonly #parts: { api: Api; drawer: Drawer<Remembered>; tickets: Tickets };
  #proved = false;

  constructor(parts: { api: Api; drawer: Drawer<Remembered>; tickets: Tickets }) {
    this.#parts = parts;
  }

  /** Whether the page can say who it is, and has not yet. */
  get open(): boolean {
    return this.#parts.tickets.source !== null && !this.#proved;
  }

  /** What was proved does not count any more. */
  forget(): void {
    this.#proved = false;
  }

  /**
   * Gets a ticket and redeems it, where there is something to prove. The session gets another token. Throws `Refused` where the
   * page gave no ticket, or the server refuses it, and what `fetch` throws.
   *
   * NOTE One tab at a time may run this: a token that is replaced meanwhile is none.
   */
  async prove(): Promise<void> {
    const { api, drawer, tickets } = this.#parts;
    const { source } = tickets;
    if (source === null || this.#proved) return;
    const verifier = encoded(crypto.getRandomValues(new Uint8Array(32)));
    const ticket = await ticketFrom(source, verifier);
    const { token } = await api.redeemTicket(drawer.read().token, { ticket, verifier });
    drawer.write({ token });
    // The page may have said something else meanwhile.
    this.#proved = source === tickets.source;
  }
}

async function ticketFrom(source: NonNullable<Tickets['source']>, verifier: string): Promise<string> {
  try {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    return await source(encoded(new Uint8Array(hash)));
  } catch (reason) {
    // oxlint-disable-next-line no-console -- the page's developer has no other place to learn why nobody is known
    console.warn('Samtal: the page gave no ticket', reason);
    throw new Refused(403, 'tickets.refused', null);
  }
}

/** Base64url without padding (RFC 4648). */
function encoded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
