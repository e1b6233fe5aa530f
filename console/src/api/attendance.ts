/** Whoever has not touched the page for so long may have left it. */
const presentMs = 60_000;

/** What a person does; a page that only runs does none of it. */
const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

let seenAt = Date.now();

function see(): void {
  seenAt = Date.now();
}

for (const sign of signs) window.addEventListener(sign, see, { capture: true, passive: true });

/** Whether a person was at the page a moment ago. What a page asks for by itself is no use of the session (C6). */
export function isAttended(): boolean {
  return Date.now() - seenAt < presentMs;
}
