import type { WidgetConfiguration } from '@samtal/contract/widget';
import type { ShownValues } from '@samtal/contract/session-data/shown-values';
import type { Drawer, Remembered } from './storage.ts';

/** What a page can listen to, with what it is told. Nobody is told what was written. */
export interface SamtalEvents {
  open: undefined;
  close: undefined;
  message: { by: 'visitor' | 'agent'; at: string };
  state: 'none' | 'waiting' | 'active' | 'resolved';
}

export type SamtalListener<Name extends keyof SamtalEvents> = (told: SamtalEvents[Name]) => void;

/** What a page says about its visitor, by the keys that the account has declared (D2). Null takes a value away. */
export type Attributes = Record<string, string | null>;

/**
 * How the page gets a ticket for its visitor from its own server, where they are signed in (C9). The challenge is for the ticket's
 * `nonce`: with it, the ticket is of use on this page alone.
 */
export type TicketSource = (challenge: string) => string | Promise<string>;

/** `window.Samtal`. */
export interface Samtal {
  open(): void;
  close(): void;
  /**
   * Says who the visitor is. Kept in the page's memory and nowhere else, until there is a conversation; say it again on
   * each page. What the account has not declared never leaves the page.
   */
  identify(attributes: Readonly<Record<string, string | number | null>>): void;
  /**
   * Says how to get a ticket, by which the agent knows for certain who the visitor is. It is asked for when one is needed: say this
   * on each page where somebody is signed in, and `shutdown` when they sign out. Null: nobody is.
   */
  authenticate(source: TicketSource | null): void;
  /** Answers with a function that ends the listening. */
  on<Name extends keyof SamtalEvents>(name: Name, listener: SamtalListener<Name>): () => void;
  /**
   * Shows the agent these texts by their labels while the conversation is live, in place of what was shown before (E9). They
   * stay in this page's memory and in the agent's browser, and are stored nowhere. Answers whether they can be shown: false
   * when the site's settings do not allow it, or these are no texts, or too many.
   */
  showToAgent(values: ShownValues): Promise<boolean>;
  /** Takes the widget off the page without a trace. What is stored stays only while a conversation is open. */
  remove(options?: { forget?: boolean }): void;
  /** Ends the visitor's session on the server too, and forgets it. */
  shutdown(): Promise<void>;
}

/** What the page shows the agent, in its memory and nowhere else; null when it shows nothing. */
export interface Shown {
  values: ShownValues | null;
}

/** Where tickets come from; null while the page has not said that its visitor is signed in. */
export interface Tickets {
  source: TicketSource | null;
}

/** What the loader hands to the chat when it is needed. */
export interface Frame {
  /** The origin that serves the widget. */
  readonly host: string;
  readonly siteKey: string;
  readonly configuration: WidgetConfiguration;
  readonly root: ShadowRoot;
  /** Carries language, direction and colours; the chat draws its panel into it, before the launcher. */
  readonly box: HTMLElement;
  readonly launcher: HTMLButtonElement;
  readonly drawer: Drawer<Remembered>;
  /** What the page has said about its visitor so far. */
  readonly known: Attributes;
  readonly shown: Shown;
  readonly tickets: Tickets;
  /** Aborted when the widget is removed. */
  readonly gone: AbortSignal;
  tell<Name extends keyof SamtalEvents>(name: Name, told: SamtalEvents[Name]): void;
  showUnread(count: number): void;
}

/** What the chat module offers to the loader. */
export interface Chat {
  readonly isOpen: boolean;
  open(): void;
  close(): void;
  /** `frame.known` has changed. */
  identify(): void;
  /** `frame.tickets` has changed. */
  authenticate(): void;
  /** The page shows the agent something else than before. */
  showToAgent(): void;
  /** Ends the visitor's session on the server. */
  endSession(): Promise<void>;
}

export interface ChatModule {
  mountChat(frame: Frame): Chat;
}
