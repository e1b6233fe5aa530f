import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { listSites } from '@samtal/contract/sites';
import type { Locator } from 'playwright-core';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

const days = 'retention.transcript-days';

function setting(colleague: Colleague, key: string): Locator {
  return colleague.page.getByRole('listitem').filter({
    has: colleague.page.getByRole('heading', {
      level: 3,
      name: colleague.say(`setting.${key}`),
      exact: true,
    }),
  });
}

async function openSettings(colleague: Colleague, channel: string | null): Promise<void> {
  const search = channel === null ? '' : `?channel=${channel}`;
  await colleague.page.goto(new URL(`/admin/settings${search}`, stage.origin).href);
  await setting(colleague, days).waitFor();
}

test('a channel’s setting is changed, a second administrator’s change refused and made anew, and a version restored', async () => {
  const inspection = new Inspection();
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const [site] = (await api.call(listSites, { params })).items;
  assert.ok(site);
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page, say } = ingrid;

  await openSettings(ingrid, null);
  await inspection.look(page, 'Settings');
  await page.getByRole('combobox', { name: say('settings.level') }).click();
  await page.getByRole('option', { name: say('settings.of-channel', { name: site.name }) }).click();
  const row = setting(ingrid, days).last();
  await row.getByText(say('settings.origin-default'), { exact: true }).waitFor();
  await row.getByRole('textbox').fill('9');
  await row.getByText(say('settings.origin-own-channel'), { exact: true }).waitFor();
  await row.getByText('14 days', { exact: false }).waitFor();
  await inspection.look(page, 'Settings with a change');

  // Somebody else is faster.
  await api.call(changeSettings, {
    params,
    body: {
      channelId: site.id,
      version: 0,
      set: { [days]: 30 },
      unset: [],
      reason: 'The archivist asked',
    },
  });
  await ingrid.button('settings.review').click();
  const dialog = ingrid.dialog('settings.review');
  await inspection.look(page, 'Reviewing');
  await dialog.getByRole('textbox', { name: say('reason') }).fill('Less is kept');
  await ingrid.button('save', dialog).click();
  await dialog.getByRole('alert').getByText(say('settings.conflict')).waitFor();
  await dialog.getByText('30 days').waitFor();
  await dialog.getByText(say('settings.yours-is', { value: '9 days' })).waitFor();
  await inspection.look(page, 'A conflict');
  await ingrid.button('settings.go-on-from-theirs', dialog).click();
  await ingrid.button('save', dialog).click();
  await dialog.waitFor({ state: 'detached' });
  const read = async () => {
    const { version, settings } = await api.call(getSettings, { params, query: { channelId: site.id } });
    const { value, origin } = settings.find(({ key }) => key === days) ?? assert.fail();
    return { version, value, origin };
  };
  assert.deepEqual(await read(), { version: 2, value: 9, origin: 'channel' });

  await page
    .getByRole('link', { name: say('admin.history') })
    .last()
    .click();
  const versions = page.getByRole('list', { name: say('admin.history') }).getByRole('listitem');
  await versions.filter({ hasText: 'Less is kept' }).waitFor();
  await inspection.look(page, 'History');
  await versions.filter({ hasText: 'The archivist asked' }).getByRole('button').click();
  const opened = page.getByRole('dialog');
  await opened.getByRole('combobox', { name: say('history.compare') }).click();
  await page.getByRole('option', { name: /^Version 2,/ }).click();
  const differences = opened.getByRole('list', { name: say('history.differences') });
  await differences.getByText('9 days').waitFor();
  await differences.getByText('30 days').waitFor();
  await inspection.look(page, 'A version');
  await opened.getByRole('textbox', { name: say('history.restore-reason') }).fill('The archivist was right');
  await ingrid.button('history.restore', opened).click();
  await versions.filter({ hasText: 'The archivist was right' }).waitFor();
  assert.deepEqual(await read(), { version: 3, value: 30, origin: 'channel' });

  await page
    .getByRole('link', { name: say('admin.self-check') })
    .first()
    .click();
  const weaker = page.getByRole('list', { name: say('self-check.list') }).getByRole('listitem');
  const kept = weaker.filter({ hasText: say('settings.of-channel', { name: site.name }) });
  await kept.getByText(say('self-check.now', { value: '30 days', usual: '14 days' })).waitFor();
  await inspection.look(page, 'Self-check');
  await kept.getByRole('link').click();
  await setting(ingrid, days).getByText(say('settings.origin-own-channel'), { exact: true }).waitFor();
  await api.call(changeSettings, {
    params,
    body: { channelId: site.id, version: 3, set: {}, unset: [days], reason: '' },
  });
  await page.goBack();
  await kept.waitFor({ state: 'detached' });
  await inspection.look(page, 'Self-check without the channel');
  inspection.assertFaultless();
});

test('an agent is shown no settings, whatever the address', async () => {
  const johan = await stage.signIn('johan');
  await johan.page.goto(new URL('/admin/settings', stage.origin).href);
  await johan.page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await johan.page.getByRole('heading', { level: 3 }).count(), 0, 'an agent sees none at all');
});
