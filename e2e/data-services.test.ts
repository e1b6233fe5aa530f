import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { createRole } from '@samtal/contract/access';
import { createApiKey } from '@samtal/contract/api-keys';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('a data service is defined, tried, run by a program with nothing else, changed and deleted', async () => {
  const inspection = new Inspection();
  // Something to count.
  const visitor = await stage.visitor();
  await visitor.open();
  await visitor.write('Hur söker jag bygglov?');
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page, say } = ingrid;
  await page.goto(new URL('/admin/data-services', stage.origin).href);
  await page.getByText(say('services.none')).waitFor();
  await inspection.look(page, 'No data services');

  await ingrid.button('services.add').first().click();
  const defining = ingrid.dialog('services.add');
  await defining.getByRole('textbox', { name: say('name'), exact: true }).fill('Väntetid per kö');
  const key = defining.getByRole('textbox', { name: say('services.key') });
  assert.equal(await key.inputValue(), 'vantetid-per-ko', 'the key says what the name says');
  await defining.getByRole('checkbox', { name: 'Abandoned', exact: true }).check();
  // What a figure means is told on focus as well.
  await defining.getByRole('button', { name: say('statistics.explain', { what: 'Offered' }) }).focus();
  await page
    .getByRole('tooltip')
    .getByText(/offered/)
    .waitFor();
  await inspection.look(page, 'Defining a data service');
  await ingrid.button('save', defining).click();
  await page.getByText('vantetid-per-ko').waitFor();
  await stage.platform.command('statistics', 'rebuild');

  await page.getByRole('button', { name: say('services.try-of', { name: 'Väntetid per kö' }) }).click();
  const trying = page.getByRole('dialog');
  await ingrid.button('services.run', trying).click();
  await trying.getByRole('region', { name: say('services.answer') }).waitFor();
  await trying.getByRole('cell', { name: 'Medborgarservice' }).waitFor();
  await inspection.look(page, 'Trying a data service');
  const downloading = page.waitForEvent('download');
  await ingrid.button('services.download', trying).click();
  const file = await readFile((await (await downloading).path()) ?? '', 'utf8');
  assert.match(file, /^"period_start","period_end","metric_version","queue_id","queue_name","offered",/);
  const address = await trying.getByRole('group', { name: say('services.address') }).innerText();
  const command = await trying.getByRole('group', { name: say('services.command') }).innerText();
  assert.ok(command.includes('$SAMTAL_API_KEY') && command.includes(address));

  // As a program would, with a key of a role that allows nothing else.
  const answer = await fetch(address, { headers: { authorization: `Bearer ${await readersKey()}` } });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { rows } = (await answer.json()) as { rows: { measures: object }[] };
  assert.equal(rows.length, file.trimEnd().split('\r\n').length - 1, 'the same rows');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: say('change.of', { name: 'Väntetid per kö' }) }).click();
  const changing = page.getByRole('dialog');
  await changing.getByRole('switch', { name: say('services.enabled') }).click();
  await ingrid.button('save', changing).click();
  await page.getByText(say('services.off'), { exact: true }).waitFor();
  await inspection.look(page, 'A data service that is off');
  await page.getByRole('link', { name: say('services.history-of', { name: 'Väntetid per kö' }) }).click();
  const shown = say('history.one-data-service', { name: 'Väntetid per kö' });
  await page.getByText(say('history.only', { name: shown })).waitFor();
  await page.getByRole('button', { name: say('history.open-of', { name: shown, version: 1 }) }).click();
  const version = page.getByRole('dialog').getByRole('list', { name: say('history.differences') });
  await version.getByText(say('history.field-measures')).waitFor();
  await inspection.look(page, 'The first version of a data service');
  await page.goto(new URL('/admin/data-services', stage.origin).href);

  await page.getByRole('button', { name: say('delete.of', { name: 'Väntetid per kö' }) }).click();
  await ingrid.button('delete', page.getByRole('dialog')).click();
  await page.getByText(say('services.none')).waitFor();
  inspection.assertFaultless();
});

/** A key of Ingrid's, with a role that runs data services alone. */
async function readersKey(): Promise<string> {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const { id } = await api.call(createRole, {
    params,
    body: { name: 'Reads figures', authorisations: ['data-services.read'], roles: [] },
  });
  const body = { name: 'Report', purpose: 'A test', grants: [{ roleId: id, scope: {} }] };
  return (await api.call(createApiKey, { params, body })).secret;
}
