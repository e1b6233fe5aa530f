import { useEffect, useRef, useSyncExternalStore } from 'react';
import { endsWith, isCharacterKeys, worksInFields, type KeyPress } from './keys.ts';
import { keysOf, shortcutNames, type ShortcutName } from './table.ts';

const handlers = new Map<ShortcutName, (() => void)[]>();
const sequenceMs = 1_200;
const storageKey = 'samtal.character-shortcuts';
const settingListeners = new Set<() => void>();

let presses: KeyPress[] = [];
let lastAt = 0;

/** Does something on a shortcut as long as the component is drawn. What was drawn last goes first. */
export function useShortcut(name: ShortcutName, handler: (() => void) | null): void {
  const current = useRef(handler);
  useEffect(() => {
    current.current = handler;
  });
  const active = handler !== null;
  useEffect(() => {
    if (!active) return;
    const call = () => current.current?.();
    handlers.set(name, [...(handlers.get(name) ?? []), call]);
    return () =>
      void handlers.set(
        name,
        (handlers.get(name) ?? []).filter((each) => each !== call),
      );
  }, [name, active]);
}

/** Listens for the keys of the table. Call once, where the signed-in part of the console begins. */
export function useShortcutKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Whether shortcuts that are plain characters work; people who dictate switch them off. */
export function useCharacterShortcuts() {
  const on = useSyncExternalStore(subscribeSetting, characterShortcutsOn);
  const set = (wanted: boolean) => {
    localStorage.setItem(storageKey, wanted ? 'on' : 'off');
    for (const listener of settingListeners) listener();
  };
  return [on, set] as const;
}

function subscribeSetting(listener: () => void): () => void {
  settingListeners.add(listener);
  return () => settingListeners.delete(listener);
}

function characterShortcutsOn(): boolean {
  return localStorage.getItem(storageKey) !== 'off';
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (Date.now() - lastAt > sequenceMs) presses = [];
  lastAt = Date.now();
  presses = [...presses, { key, ctrlKey, metaKey, altKey, shiftKey }].slice(-2);

  const handler = handlerFor(isField(event.target), isInDialog(event.target));
  if (handler === undefined) return;
  event.preventDefault();
  presses = [];
  handler();
}

function handlerFor(inField: boolean, inDialog: boolean): (() => void) | undefined {
  if (inDialog) return undefined;
  const charactersOn = characterShortcutsOn();
  const fitting = shortcutNames.flatMap((name) =>
    keysOf(name)
      .filter((keys) => endsWith(presses, keys))
      .filter((keys) => !inField || worksInFields(keys))
      .filter((keys) => charactersOn || !isCharacterKeys(keys))
      .map((keys) => ({ handler: handlers.get(name)?.at(-1), length: keys.length })),
  );
  // A sequence goes before the single key that it ends with.
  return fitting.toSorted((a, b) => b.length - a.length).find((each) => each.handler !== undefined)?.handler;
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}

function isInDialog(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null
  );
}
