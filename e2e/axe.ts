import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

interface Look {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly viewport: { readonly width: number; readonly height: number };
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };

/** Each size and each scheme once: what a phone shows in the light, and a desktop in the dark, has the colours of the other look. */
const looks: readonly Look[] = [
  { name: 'light', colorScheme: 'light', viewport: desktop },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: phone },
];

/** Screens that were looked at, and what was wrong with them. */
export class Inspection {
  readonly #faults: string[] = [];

  /** Looks at a screen in light and dark and on a phone, and sees whether it fits. */
  async look(page: Page, screen: string): Promise<void> {
    for (const { name, colorScheme, viewport } of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await schemeIs(page, colorScheme);
      await movementsEnd(page);
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      for (const { id, help, nodes } of violations) {
        for (const { html, failureSummary = '' } of nodes) {
          const why = failureSummary.replaceAll(/\s+/g, ' ');
          this.#faults.push(`${screen}, ${name}: ${help} (${id})\n    ${html.slice(0, 240)}\n    ${why}`);
        }
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > viewport.width)
        this.#faults.push(`${screen}, ${name}: is ${width} px wide and must be scrolled`);
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(desktop);
  }

  assertFaultless(): void {
    assert.equal(this.#faults.length, 0, `Accessibility faults:\n${this.#faults.join('\n')}`);
  }
}

/** The console takes a new colour scheme up a moment after the browser has it. Other pages leave it to the browser. */
async function schemeIs(page: Page, colorScheme: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const shown = document.documentElement.getAttribute('data-mantine-color-scheme');
    return shown === null || shown === wanted;
  }, colorScheme);
}

/** A colour that is half way to another one would be judged as it stands. */
async function movementsEnd(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document
      .getAnimations()
      .filter((animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}
