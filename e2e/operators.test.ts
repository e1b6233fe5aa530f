import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('an operator asks, is let in for a shorter time, looks about under a banner that everybody sees, and is put out', async () => {
  const inspection = new Inspection();
  const { accountId } = await Api.signIn(stage.origin, stage.person('ingrid'));
  const asked = await stage.platform.command(
    'access',
    'request',
    '--account',
    accountId,
    '--name',
    'Kim Berg',
    '--email',
    'kim@hosting.example',
    '--reason',
    'The queues stand still',
    '--hours',
    '2',
    '--role',
    'supervisor',
  );
  const { id } = asked as { id: string };

  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  await ingrid.page.getByText(ingrid.say('operators.asking.one')).waitFor();
  await ingrid.page.getByRole('link', { name: ingrid.say('operators.decide') }).click();
  await ingrid.page.getByText('The queues stand still').waitFor();
  await inspection.look(ingrid.page, 'Operators');
  await ingrid.page
    .getByRole('button', { name: ingrid.say('operators.look-of', { name: 'Kim Berg' }) })
    .click();
  const dialog = ingrid.dialog('operators.approve-of', { name: 'Kim Berg' });
  await dialog.getByText(ingrid.say('authorisation.conversations.read')).waitFor();
  await inspection.look(ingrid.page, 'Letting an operator in');
  await dialog.getByRole('combobox', { name: ingrid.say('operators.how-long') }).click();
  await ingrid.page.getByRole('option', { name: '30 minutes' }).click();
  await dialog.getByRole('button', { name: ingrid.say('operators.approve'), exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await ingrid.page.getByText(ingrid.say('operators.state.approved'), { exact: true }).waitFor();

  const { link } = (await stage.platform.command('access', 'open', '--account', accountId, '--id', id)) as {
    link: string;
  };
  const kim = await stage.stranger(link, { reducedMotion: 'reduce' });
  await kim.page.getByRole('button', { name: kim.say('operators.enter') }).click();
  await kim.page.getByText('You are an operator in', { exact: false }).waitFor();
  assert.ok(!kim.page.url().includes('#'), 'the link is not left in the address');
  await inspection.look(kim.page, 'As an operator');

  const sara = await stage.signIn('sara');
  await sara.page.getByText('The operator Kim Berg is in this account', { exact: false }).waitFor();

  await ingrid.page.reload();
  await ingrid.page
    .getByRole('button', { name: ingrid.say('operators.end-of', { name: 'Kim Berg' }) })
    .click();
  await ingrid.page
    .getByRole('dialog')
    .getByRole('button', { name: ingrid.say('operators.end'), exact: true })
    .click();
  await ingrid.page.getByText(ingrid.say('operators.state.ended'), { exact: true }).waitFor();
  await kim.page.reload();
  await kim.page.getByLabel(kim.say('signin.email')).waitFor();
  inspection.assertFaultless();
});
