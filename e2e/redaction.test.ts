import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

const calm = { reducedMotion: 'reduce' } as const;

function setting(colleague: Colleague, key: string): Locator {
  return colleague.page.getByRole('listitem').filter({
    has: colleague.page.getByRole('heading', {
      level: 3,
      name: colleague.say(`setting.${key}`),
      exact: true,
    }),
  });
}

async function choose(colleague: Colleague, key: string, value: string): Promise<void> {
  await setting(colleague, key).last().getByRole('combobox').click();
  await colleague.page.getByRole('option', { name: colleague.say(`setting.${key}.${value}`) }).click();
}

async function publish(colleague: Colleague, reason: string): Promise<void> {
  await colleague.button('settings.review').click();
  const dialog = colleague.dialog('settings.review');
  await dialog.getByRole('textbox', { name: colleague.say('reason') }).fill(reason);
  await colleague.button('save', dialog).click();
  await dialog.waitFor({ state: 'detached' });
}

test('both sides read a number until the conversation is resolved, and asterisks from that moment on', async () => {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', calm);
  await ingrid.page.goto(`${stage.origin}/admin/settings`);
  await choose(ingrid, 'redaction.mode', 'hours');
  const hours = setting(ingrid, 'redaction.after-hours').last().getByRole('textbox');
  await hours.fill('99');
  await hours.blur();
  assert.match(await hours.inputValue(), /^72/);
  await choose(ingrid, 'redaction.sides', 'both');
  await inspection.look(ingrid.page, 'Settings of redaction');
  await publish(ingrid, 'Numbers are needed for three days');

  const sara = await stage.signIn('sara', calm);
  const visitor = await stage.visitor();
  await visitor.open();
  await visitor.write('Mitt kundnummer är 731204 9958');
  await sara.accept();
  await sara.sees('Mitt kundnummer är 731204 9958');
  await sara.page.getByText(/^Numbers are hidden on /).waitFor();

  await choose(ingrid, 'redaction.mode', 'resolved');
  await publish(ingrid, 'Until the case is done');
  const sent = 'The invoice is 20260417';
  // A node knows of the change within a second.
  await sara.page.waitForTimeout(1_500);
  await sara.write(sent);
  await visitor.sees(sent);
  await sara.page.getByText(sara.say('redaction.when-resolved')).waitFor();
  await inspection.look(sara.page, 'A conversation with numbers that will be hidden');

  await sara.resolve();
  for (const reader of [visitor, sara]) {
    await reader.sees('Mitt kundnummer är ****** ****');
    await reader.sees('The invoice is ********');
  }
  await sara.page.getByText(sara.say('event.redacted')).waitFor();
  assert.equal(await sara.page.getByText('9958').count(), 0);
  assert.equal(await visitor.panel.getByText('9958').count(), 0);
  await inspection.look(sara.page, 'A conversation whose numbers are hidden');
  await sara.reload();
  await sara.sees('Mitt kundnummer är ****** ****');
  inspection.assertFaultless();
});
