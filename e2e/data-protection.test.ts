import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import type { DataProtectionRecord } from '@samtal/contract/data-protection';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
let ingrid: Colleague;
before(async () => {
  stage = await Stage.open();
  ingrid = await stage.signIn('ingrid');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('the record of processing is read, printed and kept, and follows the configuration', async () => {
  const { page } = ingrid;
  const inspection = new Inspection();
  await page.goto(`${stage.origin}/admin/data-protection`);
  const record = page.getByRole('article', { name: ingrid.say('record.title') });
  await record.getByText(ingrid.say('record.missing')).first().waitFor();

  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const { version } = await api.call(getSettings, { params });
  const set = {
    'privacy.controller': 'Almviks kommun & <grannar>',
    'retention.transcript-days': 31,
    'redaction.mode': 'resolved',
  } as const;
  await api.call(changeSettings, {
    params,
    body: { channelId: null, version, set, unset: [], reason: 'a test' },
  });
  await page.reload();
  await record.getByText('Almviks kommun & <grannar>').waitFor();
  await record.getByText('31 days').first().waitFor();
  const redaction = record.getByRole('row', { name: ingrid.say('setting.redaction.mode') });
  await redaction.getByText(ingrid.say('setting.redaction.mode.resolved')).waitFor();
  await redaction.getByText(ingrid.say('record.origin-account')).waitFor();
  await inspection.look(page, 'Data protection');

  const save = async (key: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), ingrid.button(key).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const json = await save('record.save-json');
  assert.match(json.name, /^record-of-processing-\d{4}-\d\d-\d\d\.json$/);
  const kept = JSON.parse(json.text) as DataProtectionRecord;
  assert.equal(kept.contacts.controller, 'Almviks kommun & <grannar>');
  const html = await save('record.save-html');
  assert.match(html.text, /^<!doctype html>\n<html lang="en">/);
  assert.ok(html.text.includes('Almviks kommun &amp; &lt;grannar&gt;'));
  assert.ok(!/<script|<link|src=|https?:\/\/[^"]*samtal/i.test(html.text), 'it stands alone');

  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('banner').isVisible(), false);
  assert.equal(await ingrid.button('record.print').isVisible(), false);
  assert.equal(await record.isVisible(), true);
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  inspection.assertFaultless();
});
