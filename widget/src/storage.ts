/**
 * Keeps one object in the page's own storage, under one key. Where storage is blocked or full it lives as long as the
 * page. Every read looks anew, because other tabs of the same visitor write too.
 */
export interface Drawer<Contents extends object> {
  read(): Partial<Contents>;
  /** Changes the fields given; undefined removes one. The last field to go takes the key with it. */
  write(change: { [Field in keyof Contents]?: Contents[Field] | undefined }): void;
  clear(): void;
}

/** `area` is asked for each time, because a browser that blocks storage throws at the mere mention of it. */
export function openDrawer<Contents extends object>(area: () => Storage, key: string): Drawer<Contents> {
  let blocked = false;
  let kept: Partial<Contents> = {};

  const read = (): Partial<Contents> => {
    if (blocked) return kept;
    try {
      return JSON.parse(area().getItem(key) ?? '{}') as Partial<Contents>;
    } catch {
      // Blocked, or not ours: what this page remembers is all there is.
      return kept;
    }
  };

  const write: Drawer<Contents>['write'] = (change) => {
    kept = { ...read(), ...change };
    try {
      const text = JSON.stringify(kept);
      if (text === '{}') area().removeItem(key);
      else area().setItem(key, text);
      blocked = false;
    } catch {
      // Blocked or full: from now on the page's memory is the truth.
      blocked = true;
    }
  };

  const clear = (): void => {
    const nothing = Object.fromEntries(Object.keys(read()).map((field) => [field, undefined]));
    write(nothing as Parameters<typeof write>[0]);
  };

  return { read, write, clear };
}

/** A first message that is not in any conversation yet. */
export interface OpeningPost {
  readonly cid: string;
  readonly text: string;
  /** By this machine's clock (ms since 1970). */
  readonly writtenAt: number;
}

/** What is remembered of a visitor, for all tabs. */
export interface Remembered {
  /** The visitor session's token. */
  readonly token: string;
  /** The conversation that goes on, or that ended without its end being looked at. */
  readonly ongoing: string;
  /** `ongoing` is over, and its end has been looked at. It is shown as long as the panel stays open. */
  readonly over: true;
  /** The ended conversation that the visitor has put aside. */
  readonly done: string;
  /** The last seq of `ongoing` that the visitor has looked at. */
  readonly read: number;
  readonly opening: readonly OpeningPost[];
}

/** What is remembered of one tab. */
export interface RememberedTab {
  readonly open: true;
  readonly draft: string;
}

export function visitorDrawer(siteKey: string): Drawer<Remembered> {
  return openDrawer(() => localStorage, keyOf(siteKey));
}

export function tabDrawer(siteKey: string): Drawer<RememberedTab> {
  return openDrawer(() => sessionStorage, keyOf(siteKey));
}

/** Removes everything that is stored for one site. */
export function forgetVisitor(siteKey: string): void {
  visitorDrawer(siteKey).clear();
  tabDrawer(siteKey).clear();
  try {
    indexedDB.deleteDatabase(keyOf(siteKey));
  } catch {
    // Blocked: then nothing was ever stored there.
  }
}

/** The name of everything that is stored for one site: in both storages, and the database of unsent posts. */
export function keyOf(siteKey: string): string {
  return `samtal:${siteKey}`;
}
