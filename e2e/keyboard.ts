import type { Page } from 'playwright-core';

/** More stops than any page of ours has. */
const maxStops = 120;

/** The name of what has the focus, through shadow roots; null when nothing has it. */
export async function focusedName(page: Page): Promise<string | null> {
  return await page.evaluate(() => {
    let focused = document.activeElement;
    for (let inner = focused; inner !== null; inner = inner.shadowRoot?.activeElement ?? null)
      focused = inner;
    if (focused === null || focused === document.body) return null;
    const label = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : null;
    return focused.getAttribute('aria-label') ?? label ?? focused.textContent.trim();
  });
}

/** Presses Tab (or Shift+Tab) until something of this name has the focus. */
export async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: (string | null)[] = [];
  for (let stop = 0; stop < maxStops; stop += 1) {
    const focused = await focusedName(page);
    if (focused === name) return;
    passed.push(focused);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to “${name}”, but to ${JSON.stringify([...new Set(passed)])}`);
}
