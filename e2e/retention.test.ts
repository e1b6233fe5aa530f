import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { findConversations } from '@samtal/contract/conversations';
import { appointOfficer } from './appoint-officer.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

/** Begins a conversation as a visitor, and answers with its case id. */
async function begun(text: string): Promise<string> {
  const before = await caseIds();
  const visitor = await stage.visitor();
  await visitor.open();
  await visitor.write(text);
  for (;;) {
    const made = (await caseIds()).find((each) => !before.includes(each));
    if (made !== undefined) return made;
  }
}

async function caseIds(): Promise<string[]> {
  const supervisor = await stage.supervisor();
  const params = { accountId: supervisor.accountId };
  return (await supervisor.call(findConversations, { params, query: {} })).items.map((each) => each.caseId);
}

const tab = async ({ page, say }: Colleague, key: string) =>
  await page.getByRole('tab', { name: say(key), exact: true }).click();

async function erase(sara: Colleague, caseId: string, inspection: Inspection | null): Promise<void> {
  const { page, say } = sara;
  await sara.button('erasure.ask').first().click();
  const dialog = sara.dialog('erasure.ask');
  await dialog.getByRole('textbox', { name: say('erasure.value.case') }).fill(caseId);
  await dialog.getByRole('textbox', { name: say('erasure.reference') }).fill(`R ${caseId}`);
  await sara.button('erasure.look', dialog).click();
  await dialog.getByText(say('erasure.gone')).waitFor();
  assert.ok(await sara.button('erasure.do', dialog).isDisabled(), 'not before somebody is sure');
  await dialog.getByRole('checkbox', { name: say('erasure.sure') }).check();
  await inspection?.look(page, 'Erasing a case');
  await sara.button('erasure.do', dialog).click();
  await dialog.waitFor({ state: 'detached' });
}

test('a case is held and stays, another one is erased, and the page says how far each has come', async () => {
  const inspection = new Inspection();
  await appointOfficer(stage);
  const [held, gone] = [await begun('Min granne'), await begun('Mitt hus')];
  const sara = await stage.signIn('sara', { reducedMotion: 'reduce' });
  const { page, say } = sara;
  await page.goto(`${stage.origin}/admin/retention`);
  await page.getByText(say('retention.in-time'), { exact: true }).waitFor();
  await sara.button('retention.count').click();
  await page
    .getByRole('status')
    .filter({ hasText: /7 days/ })
    .waitFor();
  await inspection.look(page, 'The next run');

  await tab(sara, 'retention.holds');
  await sara.button('hold.place').click();
  const dialog = sara.dialog('hold.place');
  await dialog.getByRole('textbox', { name: say('details.case') }).fill(held);
  await dialog.getByRole('textbox', { name: say('hold.reason') }).fill('A court asks for it');
  await sara.button('hold.place', dialog).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('A court asks for it').waitFor();
  await inspection.look(page, 'Legal holds');

  await tab(sara, 'retention.erasures');
  await erase(sara, gone, inspection);
  await erase(sara, held, null);
  const row = (caseId: string) =>
    page
      .getByRole('listitem')
      .filter({ hasText: `R ${caseId}` })
      .first();
  await row(held).getByText(say('erasure.waits-hold'), { exact: true }).waitFor();
  const done = row(gone).locator('[data-done=true]');
  await done.filter({ hasText: say('erasure.state.live-erased') }).waitFor();
  await inspection.look(page, 'Erasures');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    row(gone)
      .getByRole('button', { name: say('erasure.record-says') })
      .click(),
  ]);
  const record = JSON.parse(await readFile(await download.path(), 'utf8')) as { record: string };
  assert.match(record.record, /"state": ?"live-erased"/);
  assert.deepEqual(await caseIds().then((ids) => [ids.includes(held), ids.includes(gone)]), [true, false]);

  await tab(sara, 'retention.log');
  const find = async (caseId: string) => {
    await page.getByRole('textbox', { name: say('retention.find-case') }).fill(caseId);
    await sara.button('retention.find').click();
  };
  await find(held);
  await page.getByText(say('retention.case-none'), { exact: true }).waitFor();
  await find(gone.toLowerCase());
  await page.getByText(say('retention.case-deleted', { case: gone }), { exact: true }).waitFor();
  await inspection.look(page, 'The deletion log');
  inspection.assertFaultless();
});
