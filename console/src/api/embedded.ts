import { embeddedHeader } from '@samtal/contract/signin';

/** The account in whose name this page is in a frame of another one (C10); null where it has a window of its own. */
export const embeddedIn: string | null =
  /^\/embed\/([0-9a-f-]{36})(?:\/|$)/.exec(window.location.pathname)?.[1] ?? null;

/** Where the console begins, below its origin. */
export const basePath = embeddedIn === null ? '/' : `/embed/${embeddedIn}`;

/** What each request from a frame says, so that the session of the frame is meant. */
export const frameHeaders: Readonly<Record<string, string>> =
  embeddedIn === null ? {} : { [embeddedHeader]: embeddedIn };

/** Whether this page is in a frame without being there for an account: the session of a window is shown in no frame. */
export const isFramedAmiss: boolean = embeddedIn === null && window.top !== window.self;
