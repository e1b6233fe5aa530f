export { KeyCaps } from './key-caps.tsx';
export { shortcutNames, shortcuts } from './table.ts';
export { useCharacterShortcuts, useShortcut, useShortcutKeys } from './use-shortcut.ts';
