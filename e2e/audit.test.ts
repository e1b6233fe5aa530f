import { after, afterEach, before, test } from 'node:test';
import { Inspection } from './axe.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('the audit trail is verified, a destination made, tried and paused, and its versions looked at', async () => {
  const inspection = new Inspection();
  const dag = await stage.signIn('dag', { reducedMotion: 'reduce' });
  const { page, say } = dag;
  await page.goto(`${stage.origin}/admin/audit`);
  await dag.button('audit.verify-now').click();
  const state = page.getByRole('region', { name: say('audit.state') });
  await state.getByText(say('audit.whole'), { exact: true }).waitFor();
  await page.getByRole('alert').getByText(say('audit.verified-now')).waitFor();
  await inspection.look(page, 'Audit trail');

  await page.getByRole('tab', { name: say('audit.destinations') }).click();
  await dag.button('audit.destination-add').click();
  const dialog = dag.dialog('audit.destination-add');
  await dialog.getByRole('textbox', { name: say('name') }).fill('SIEM');
  await dialog.getByRole('textbox', { name: say('audit.url') }).fill('https://siem.invalid/in?token=hunter2');
  await inspection.look(page, 'A new destination');
  await dag.button('audit.destination-start', dialog).click();
  const secret = dag.dialog('audit.secret');
  await secret.getByText(say('audit.secret-says')).waitFor();
  await dag.button('close', secret).click();

  const button = (key: 'audit.test' | 'audit.pause' | 'audit.resume') =>
    page.getByRole('button', { name: say(key, { name: 'SIEM' }) });
  await button('audit.test').click();
  const result = page.getByRole('alert').filter({ hasText: say('audit.test-failed', { name: 'SIEM' }) });
  await result.getByText(say('audit.failure.name-unknown')).waitFor();
  await inspection.look(page, 'A destination that was tried');
  await button('audit.pause').click();
  await button('audit.resume').waitFor();

  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  await ingrid.page.goto(`${stage.origin}/admin/history?kind=audit-destination`);
  const list = ingrid.page.getByRole('list', { name: say('admin.history') });
  await list.getByText(say('history.version', { version: 2 })).waitFor();
  await list
    .getByText(say('history.one-audit-destination', { name: 'SIEM' }))
    .first()
    .waitFor();
  await inspection.look(ingrid.page, 'Versions of a destination');
  inspection.assertFaultless();
});
