import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { unzip } from '../server/test/unzip.ts';
import { Api } from './api.ts';
import { appointOfficer } from './appoint-officer.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

const calm = { reducedMotion: 'reduce' } as const;

async function declare(colleague: Colleague, attribute: { name: string; key: string; purpose: string }) {
  await colleague.button('attributes.add').first().click();
  const dialog = colleague.dialog('attributes.add');
  for (const [key, value] of [
    ['attributes.name', attribute.name],
    ['attributes.key', attribute.key],
    ['attributes.purpose', attribute.purpose],
  ] as const)
    await dialog.getByRole('textbox', { name: colleague.say(key), exact: true }).fill(value);
  await dialog.getByRole('checkbox', { name: colleague.say('attributes.indexed') }).check();
  await colleague.button('save', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
}

test('what an account declares is said by its page, seen by the agent, found, tagged, searched and exported', async () => {
  const inspection = new Inspection();
  const administrator = await Api.signIn(stage.origin, stage.person('ingrid'));
  await appointOfficer(stage);

  const ingrid = await stage.signIn('ingrid', calm);
  await ingrid.page.goto(`${stage.origin}/admin/attributes`);
  await ingrid.page.getByText(ingrid.say('attributes.none'), { exact: true }).waitFor();
  await declare(ingrid, { name: 'Customer number', key: 'customer-id', purpose: 'To find the invoice' });
  await ingrid.page.getByText('To find the invoice').waitFor();
  await inspection.look(ingrid.page, 'Attributes');
  await ingrid.page.goto(`${stage.origin}/admin/tags`);
  const field = ingrid.page.getByRole('combobox', { name: ingrid.say('admin.tags') });
  for (const tag of ['billing', 'complaint']) {
    await field.fill(tag);
    await field.press('Enter');
  }
  await ingrid.button('save').click();
  await ingrid.page.getByText(ingrid.say('saved')).waitFor();
  await inspection.look(ingrid.page, 'Tags');
  const params = { accountId: administrator.accountId };
  const { version } = await administrator.call(getSettings, { params });
  await administrator.call(changeSettings, {
    params,
    body: { channelId: null, version, set: { 'search.transcripts': true }, unset: [], reason: '' },
  });

  const sara = await stage.signIn('sara', calm);
  const visitor = await stage.visitor();
  await visitor.page.evaluate(`Samtal.identify({ 'customer-id': 'K-1', shoe: 42 })`);
  await visitor.open();
  await visitor.write('Min faktura är fel');
  await sara.accept();
  await sara.page.getByText('K-1', { exact: true }).waitFor();
  await visitor.page.evaluate(`Samtal.identify({ 'customer-id': 'K-20931' })`);
  await sara.page.getByText('K-20931', { exact: true }).waitFor();
  assert.ok(
    !(
      await visitor.page.evaluate(() =>
        JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
      )
    ).includes('K-'),
    'the page keeps nothing of it',
  );
  await sara.log.click();
  await sara.page.keyboard.press('l');
  await sara.page.keyboard.type('bill');
  await sara.page.getByRole('option', { name: 'billing' }).waitFor();
  await sara.page.keyboard.press('Enter');
  await sara.page.getByText(sara.say('event.tagged', { tags: 'billing' })).waitFor();
  await inspection.look(sara.page, 'A conversation with profile and tags');
  const caseId = await sara.caseId;

  await sara.page.goto(`${stage.origin}/find`);
  await sara.page.getByRole('combobox', { name: sara.say('find.attribute') }).click();
  await sara.page.getByRole('option', { name: 'Customer number' }).click();
  const value = sara.page.getByRole('textbox', { name: sara.say('find.value') });
  await value.fill('K-1');
  await sara.page.getByText(sara.say('find.none'), { exact: true }).waitFor();
  await value.fill('k-20931 ');
  await sara.page.getByRole('link', { name: caseId }).first().waitFor();
  assert.ok(!sara.page.url().includes('20931'));
  await inspection.look(sara.page, 'Finding by an attribute');
  await sara.page.getByText(sara.say('find.texts'), { exact: true }).click();
  await sara.page.getByRole('textbox', { name: sara.say('find.words') }).fill('FAKTURA');
  await sara.page.locator('mark', { hasText: 'faktura' }).waitFor();
  assert.ok(!/faktura/i.test(sara.page.url()));
  await inspection.look(sara.page, 'Searching transcripts');

  await sara.page.goto(`${stage.origin}/admin/subject-access`);
  await sara.page.getByText(sara.say('subject-access.by-attribute'), { exact: true }).click();
  await inspection.look(sara.page, 'Subject access');
  await sara.page.getByRole('textbox', { name: sara.say('find.value') }).fill('nobody');
  await sara.button('subject-access.export').click();
  await sara.page.getByRole('alert').waitFor();
  await sara.page.getByRole('textbox', { name: sara.say('find.value') }).fill('K-20931');
  const downloading = sara.page.waitForEvent('download');
  await sara.button('subject-access.export').click();
  const archive = unzip(await readFile(await (await downloading).path()));
  const document = archive.get('index.html')?.toString() ?? '';
  for (const words of [caseId, 'Min faktura är fel', 'To find the invoice', 'K-20931', '</html>'])
    assert.ok(document.includes(words), words);

  await sara.page.getByText(sara.say('subject-access.by-address'), { exact: true }).click();
  await inspection.look(sara.page, 'Subject access by address');
  const address = sara.page.getByRole('textbox', { name: sara.say('subject-access.ip') });
  await address.fill('nowhere');
  await sara.page
    .getByRole('textbox', { name: sara.say('subject-access.reason') })
    .fill('Came to the desk, with papers');
  await sara.button('subject-access.export').click();
  await sara.page
    .getByRole('alert')
    .filter({ hasText: sara.say('subject-access.no-address') })
    .waitFor();
  await address.fill('192.0.2.1');
  await sara.button('subject-access.export').click();
  await sara.page
    .getByRole('alert')
    .filter({ hasText: sara.say('subject-access.no-lines') })
    .waitFor();
  await address.fill('127.0.0.1');
  const downloadingLines = sara.page.waitForEvent('download');
  await sara.button('subject-access.export').click();
  const lines =
    unzip(await readFile(await (await downloadingLines).path()))
      .get('index.html')
      ?.toString() ?? '';
  assert.ok(lines.includes('127.0.0.1') && !lines.includes(caseId));
  inspection.assertFaultless();
});
