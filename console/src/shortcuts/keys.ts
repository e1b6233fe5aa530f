/** The part of a keyboard event that shortcuts look at. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

interface Stroke {
  readonly key: string;
  /** Ctrl, or Command on a Mac. */
  readonly mod: boolean;
  readonly alt: boolean;
  /** Null where the key itself tells, as with `?`, which is typed with Shift on some keyboards and without on others. */
  readonly shift: boolean | null;
}

/** One or more strokes one after the other: `g m`, `mod+shift+enter`, `?`. */
export type Keys = readonly Stroke[];

export function parseKeys(text: string): Keys {
  return text.split(' ').map((stroke) => {
    const parts = stroke.toLowerCase().split('+');
    const key = parts.at(-1) ?? '';
    const isLetter = /^[a-z0-9]$/.test(key) || key.length > 1;
    return {
      key,
      mod: parts.includes('mod'),
      alt: parts.includes('alt'),
      shift: isLetter ? parts.includes('shift') : null,
    };
  });
}

function fits(stroke: Stroke, press: KeyPress): boolean {
  return (
    press.key.toLowerCase() === stroke.key &&
    (press.ctrlKey || press.metaKey) === stroke.mod &&
    press.altKey === stroke.alt &&
    (stroke.shift === null || press.shiftKey === stroke.shift)
  );
}

/** Whether the presses end with these keys. */
export function endsWith(presses: readonly KeyPress[], keys: Keys): boolean {
  if (presses.length < keys.length) return false;
  const last = presses.slice(-keys.length);
  return keys.every((stroke, index) => {
    const press = last[index];
    return press !== undefined && fits(stroke, press);
  });
}

/** Whether the keys may fire while somebody types in a field: only those with Ctrl or Command. */
export function worksInFields(keys: Keys): boolean {
  return keys.every((stroke) => stroke.mod);
}

/** Whether the keys are plain characters, which people can switch off (WCAG 2.2, 2.1.4). */
export function isCharacterKeys(keys: Keys): boolean {
  return keys.every((stroke) => !stroke.mod && !stroke.alt && stroke.key.length === 1);
}
