import { Group, Kbd } from '@mantine/core';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const caps: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  alt: isMac ? '⌥' : 'Alt',
  shift: isMac ? '⇧' : 'Shift',
  enter: 'Enter',
  arrowdown: '↓',
  arrowup: '↑',
};

/** Keys as they are printed on the keyboard: `g m` or `mod+shift+enter`. */
export function KeyCaps({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap" component="span">
      {keys.split(/[ +]/).map((key) => (
        <Kbd key={key}>{caps[key] ?? key.toUpperCase()}</Kbd>
      ))}
    </Group>
  );
}
