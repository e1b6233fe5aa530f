import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createRole, giveRole } from '@samtal/contract/access';
import { getMasking, type AccountRule } from '@samtal/contract/masking';
import { listUsers } from '@samtal/contract/users';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

async function openMasking(colleague: Colleague): Promise<void> {
  await colleague.page.goto(new URL('/admin/masking', stage.origin).href);
  await colleague.page
    .getByRole('heading', { level: 2, name: colleague.say('masking.group-rules') })
    .waitFor();
}

/** Gives Sara, who may read transcripts, leave to write what is masked. */
async function letSaraMask(): Promise<Api> {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const { items } = await api.call(listUsers, { params });
  const sara = items.find(({ email }) => email.startsWith('sara.')) ?? assert.fail();
  const { id: roleId } = await api.call(createRole, {
    params,
    body: { name: 'Masking', authorisations: ['settings.read', 'masking.manage', 'sites.read'], roles: [] },
  });
  await api.call(giveRole, { params, body: { userId: sara.id, roleId, scope: {}, reason: 'A test' } });
  return api;
}

async function publish({ page, say }: Colleague, reason: string): Promise<void> {
  await page.getByRole('button', { name: say('masking.publish'), exact: true }).click();
  const asked = page.getByRole('dialog', { name: say('masking.publish-title') });
  await asked.getByRole('textbox', { name: say('reason') }).fill(reason);
  await asked.getByRole('button', { name: say('masking.publish-now'), exact: true }).click();
  await asked.waitFor({ state: 'detached' });
}

test('a rule is tested on samples, previewed on conversations, published, refused when slow, and brought back', async () => {
  const inspection = new Inspection();
  const api = await letSaraMask();
  const rules = async () => {
    const { settings } = await api.call(getMasking, { params: { accountId: api.accountId } });
    const value = settings.find(({ key }) => key === 'masking.rules')?.value as AccountRule[];
    return value.map(({ pattern }) => pattern);
  };
  const visitor = await stage.visitor();
  await visitor.open();
  await visitor.write('Mitt kundnummer är KD-004711');

  const sara = await stage.signIn('sara', { reducedMotion: 'reduce' });
  const { page, say } = sara;
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await openMasking(sara);
  await inspection.look(page, 'Masking');

  await sara.button('masking.add-rule').click();
  const dialog = sara.dialog('masking.add-rule');
  const pattern = dialog.getByRole('textbox', { name: say('masking.pattern') });
  await dialog.getByRole('textbox', { name: say('masking.rule-name') }).fill('Kundnummer');
  await dialog.getByRole('textbox', { name: say('masking.samples') }).fill('Jag är KD-998877, hej\nBara hej');
  await pattern.fill('KD-(?=4)');
  await dialog.getByText(say('masking.fault-look-around')).waitFor();
  assert.ok(await sara.button('masking.into-draft', dialog).isDisabled());
  await pattern.fill(String.raw`\bKD-\d{6}\b`);
  await dialog.getByRole('radio', { name: say('masking.action-keep-last') }).check();
  const tried = dialog.getByRole('list', { name: say('masking.tried') }).getByRole('listitem');
  await tried.first().getByText('Jag är *****8877, hej').waitFor();
  await tried.last().getByText(say('masking.untouched')).waitFor();
  await inspection.look(page, 'Writing a rule');
  await sara.button('masking.into-draft', dialog).click();

  // Made-up texts show what one detector more would find.
  const email = page.getByRole('switch', { name: say('setting.masking.detectors.email') });
  await email.check({ force: true });
  const madeUp = page.getByRole('list', { name: say('masking.made-up') });
  await madeUp.getByText('@').first().waitFor();
  await inspection.look(page, 'A draft');
  await email.uncheck({ force: true });

  await page.getByRole('tab', { name: say('masking.recent') }).click();
  await page.getByRole('combobox', { name: say('masking.why') }).click();
  await page.getByRole('option', { name: say('masking.why-before-publishing') }).click();
  await sara.button('masking.look').click();
  const recent = page.getByRole('list', { name: say('masking.recent') });
  await recent.locator('mark').first().waitFor();
  assert.match(await recent.innerText(), /Mitt kundnummer är .*\*4711/s);
  await inspection.look(page, 'A preview');

  await publish(sara, 'Customers tell their numbers');
  assert.deepEqual(await rules(), [String.raw`\bKD-\d{6}\b`]);
  assert.ok(sent.length > 0 && sent.every((request) => !request.includes('998877')), 'samples stay here');
  await visitor.composer.fill('Och nu KD-123456');
  await visitor.composer.press('Enter');
  await visitor.sees('Och nu *****3456');

  // One that is too slow is refused where it stands.
  await sara.button('masking.add-rule').click();
  await dialog.getByRole('textbox', { name: say('masking.rule-name') }).fill('Slow');
  await pattern.fill('[^b]*b|a');
  await sara.button('masking.into-draft', dialog).click();
  await page.getByRole('button', { name: say('masking.publish'), exact: true }).click();
  const asked = page.getByRole('dialog', { name: say('masking.publish-title') });
  await asked.getByRole('textbox', { name: say('reason') }).fill('Try');
  await asked.getByRole('button', { name: say('masking.publish-now'), exact: true }).click();
  const list = page.getByRole('list', { name: say('setting.masking.rules') }).getByRole('listitem');
  await list.filter({ hasText: 'Slow' }).getByText(say('masking.fault-too-slow')).waitFor();
  await inspection.look(page, 'A refused rule');
  await page.getByRole('button', { name: say('delete.of', { name: 'Slow' }) }).click();

  // Taken away, published, and brought back from its version.
  await page.getByRole('button', { name: say('delete.of', { name: 'Kundnummer' }) }).click();
  await publish(sara, 'Not any more');
  assert.deepEqual(await rules(), []);
  const versions = page.getByRole('list', { name: say('masking.versions') }).getByRole('listitem');
  await versions.filter({ hasText: 'Customers tell their numbers' }).getByRole('button').click();
  const version = page.getByRole('dialog');
  await version.getByRole('list', { name: say('history.differences') }).waitFor();
  await inspection.look(page, 'A version of masking');
  await sara.button('masking.take-up', version).click();
  await list.filter({ hasText: 'Kundnummer' }).waitFor();
  await publish(sara, 'Again');
  assert.deepEqual(await rules(), [String.raw`\bKD-\d{6}\b`]);
  inspection.assertFaultless();
});

test('whoever reads no transcripts previews on made-up texts alone', async () => {
  const ingrid = await stage.signIn('ingrid');
  await openMasking(ingrid);
  await ingrid.page.getByRole('tab', { name: ingrid.say('masking.made-up') }).waitFor();
  assert.equal(await ingrid.page.getByRole('tab', { name: ingrid.say('masking.recent') }).count(), 0);
});
