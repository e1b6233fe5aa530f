import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createRole } from '@samtal/contract/access';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('a key is made and shown once, works, is given a new secret, and is revoked', async () => {
  const inspection = new Inspection();
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const { accountId } = api;
  const routes = { name: 'Routes', authorisations: ['routing.read' as const], roles: [] };
  await api.call(createRole, { params: { accountId }, body: routes });
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page, say } = ingrid;
  await page.goto(new URL('/admin/api-keys', stage.origin).href);
  await page.getByText(say('api-keys.none')).waitFor();
  await inspection.look(page, 'No API keys');

  await ingrid.button('api-keys.add').first().click();
  const dialog = ingrid.dialog('api-keys.add');
  await dialog.getByRole('textbox', { name: say('name') }).fill('Case system');
  await dialog.getByRole('textbox', { name: say('api-keys.purpose') }).fill('Fetches the queues');
  await dialog.getByRole('combobox', { name: say('grant.role') }).click();
  await page.getByRole('option', { name: say('role.administrator') }).click();
  await dialog.getByText(say('api-keys.sensitive')).waitFor();
  await ingrid.button('api-keys.role-add', dialog).click();
  const second = dialog.getByRole('group', { name: say('grant.number', { number: 2 }) });
  await second.getByRole('combobox', { name: say('grant.role') }).click();
  await page.getByRole('option', { name: 'Routes' }).click();
  await inspection.look(page, 'Making an API key');
  await ingrid.button('api-keys.make', dialog).click();

  const secret = page.getByRole('group', { name: say('api-keys.secret') });
  await secret.waitFor();
  await inspection.look(page, 'The secret of an API key');
  const first = (await secret.textContent()) ?? '';
  assert.match(first, /^samtal_[0-9a-f]{32}_/);
  await page.keyboard.press('Escape');
  assert.equal(await secret.isVisible(), true, 'no slip of the hand loses it');
  await ingrid.button('api-keys.kept').click();
  await secret.waitFor({ state: 'detached' });

  const works = async (key: string) => {
    const answer = await fetch(new URL(`/api/v1/accounts/${accountId}/queues`, stage.origin), {
      headers: { authorization: `Bearer ${key}` },
    });
    return answer.status;
  };
  assert.equal(await works(first), 200);

  await page.getByRole('button', { name: say('api-keys.rotate-of', { name: 'Case system' }) }).click();
  const rotating = page.getByRole('dialog');
  await inspection.look(page, 'A new secret');
  await ingrid.button('api-keys.rotate', rotating).click();
  await secret.waitFor();
  const later = (await secret.textContent()) ?? '';
  await ingrid.button('api-keys.kept').click();
  await secret.waitFor({ state: 'detached' });
  assert.deepEqual([await works(first), await works(later)], [200, 200], 'both, until the old one ends');
  const row = page.getByRole('listitem').filter({ hasText: 'Case system' });
  for (const role of [say('role.administrator'), 'Routes']) await row.getByText(role).waitFor();
  await inspection.look(page, 'API keys');

  await page.getByRole('button', { name: say('api-keys.revoke-of', { name: 'Case system' }) }).click();
  await ingrid.button('api-keys.revoke', page.getByRole('dialog')).click();
  await page.getByText(say('api-keys.state.revoked')).waitFor();
  assert.deepEqual([await works(first), await works(later)], [401, 401]);
  inspection.assertFaultless();
});
