import { parseKeys, type Keys } from './keys.ts';

interface Shortcut {
  readonly group: 'everywhere' | 'conversation';
  /** Any of them does it. */
  readonly keys: readonly string[];
}

/** Every shortcut there is. The help sheet is drawn from this table; its words are `shortcut.<name>` in the catalogues. */
export const shortcuts = {
  help: { group: 'everywhere', keys: ['?'] },
  goMine: { group: 'everywhere', keys: ['g m'] },
  goWaiting: { group: 'everywhere', keys: ['g w'] },
  goFind: { group: 'everywhere', keys: ['g f'] },
  presence: { group: 'everywhere', keys: ['p'] },
  next: { group: 'conversation', keys: ['j', 'alt+arrowdown'] },
  previous: { group: 'conversation', keys: ['k', 'alt+arrowup'] },
  accept: { group: 'conversation', keys: ['a'] },
  reply: { group: 'conversation', keys: ['r'] },
  note: { group: 'conversation', keys: ['n'] },
  tag: { group: 'conversation', keys: ['l'] },
  transfer: { group: 'conversation', keys: ['t'] },
  resolve: { group: 'conversation', keys: ['e'] },
  resolveNow: { group: 'conversation', keys: ['mod+shift+enter'] },
} as const satisfies Record<string, Shortcut>;

export type ShortcutName = keyof typeof shortcuts;

export const shortcutNames = Object.keys(shortcuts) as ShortcutName[];

const parsed = new Map<ShortcutName, readonly Keys[]>(
  shortcutNames.map((name) => [name, shortcuts[name].keys.map(parseKeys)]),
);

export function keysOf(name: ShortcutName): readonly Keys[] {
  return parsed.get(name) ?? [];
}
