import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import { startMailServer, type ReceivedMail, type TestMailServer } from '../server/test/mail-server.ts';
import type { Samtal } from '../widget/src/frame.ts';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

let stage: Stage;
let mails: TestMailServer;
let ingrid: Api;
let sara: Colleague;
before(async () => {
  mails = await startMailServer();
  const env = { SAMTAL_OUTBOUND_NETWORKS: '127.0.0.0/8,::1/128' };
  stage = await Stage.open(() => Platform.start({ env }));
  for (const [key, value] of Object.entries({
    'smtp-host': 'localhost',
    'smtp-port': String(mails.port),
    'smtp-ca': mails.certificate,
    'sender-address': 'chat@almvik.example',
  }))
    await stage.platform.command('settings', 'set', '--key', `mail.${key}`, `--value=${value}`);
  ingrid = await Api.signIn(stage.origin, stage.person('ingrid'));
  sara = await stage.signIn('sara');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => {
  await stage?.close();
  await mails?.close();
});

async function set(values: SettingOverrides): Promise<void> {
  const params = { accountId: ingrid.accountId };
  const { version } = await ingrid.call(getSettings, { params });
  const body = { channelId: null, version, set: values, unset: [], reason: 'a test' };
  await ingrid.call(changeSettings, { params, body });
}

async function received(count: number): Promise<ReceivedMail> {
  for (let tries = 0; tries < 400 && mails.received.length < count; tries += 1) await sleep(50);
  const mail = mails.received[count - 1];
  assert.ok(mail && mails.received.length === count);
  return mail;
}

test('a supervisor forwards a conversation by mail, with details of the customer only where that is allowed', async () => {
  const customer = {
    key: 'customer',
    label: 'Customer number',
    purpose: 'To find the invoice',
    category: 'customer',
    indexed: false,
  } as const;
  await set({ 'visitors.attributes': [customer], 'mail.forwarding-addresses': ['@clinic.example'] });
  const { visitor, agent } = await Talk.begin(stage, sara);
  await visitor.page.evaluate(() => (window as { Samtal?: Samtal }).Samtal?.identify({ customer: 'K-7041' }));
  const inspection = new Inspection();
  const dialog = agent.page.getByRole('dialog');
  const field = (key: string) => dialog.getByRole('textbox', { name: agent.say(key) });
  // The address is a combobox: those that the account lists are offered.
  const to = dialog.getByRole('combobox', { name: agent.say('forward.to') });
  const fill = async (address: string) => {
    await agent.button('forward.open').first().click();
    await to.fill(address);
    await field('forward.note').fill('Please call her');
    await field('forward.reason').fill('The clinic goes on with it');
  };

  await fill('eve@elsewhere.example');
  await dialog.getByText(agent.say('forward.without-details')).waitFor();
  await agent.button('forward.action', dialog).click();
  await dialog.getByRole('alert').getByText(agent.say('problem.mail.not-listed')).waitFor();
  await inspection.look(agent.page, 'forwarding a conversation, refused');
  await to.fill('no-reply@clinic.example');
  await agent.button('forward.action', dialog).click();
  await dialog.getByRole('alert').getByText(agent.say('problem.mail.blocked')).waitFor();
  await to.fill('anna@clinic.example');
  await agent.button('forward.action', dialog).click();
  await dialog.waitFor({ state: 'hidden' });

  const first = await received(1);
  assert.deepEqual(first.to, ['anna@clinic.example']);
  assert.equal(first.wasEncrypted, true);
  assert.match(first.text, /Please call her/);
  assert.match(first.text, /När kommer sopbilen/);
  assert.match(first.text, /Den kommer på torsdag/);
  assert.doesNotMatch(first.text, /K-7041|goes on with it/);

  await set({ 'mail.customer-details': true });
  await agent.reload();
  await fill('anna@clinic.example');
  await dialog.getByText(agent.say('forward.with-details')).waitFor();
  await agent.button('forward.action', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.match((await received(2)).text, /Customer number: K-7041/);

  await agent.page.setViewportSize({ width: 1440, height: 900 });
  const list = agent.page.getByRole('region', { name: agent.say('forward.list') });
  await list.getByText(agent.say('forward.state-sent'), { exact: true }).nth(1).waitFor();
  await inspection.look(agent.page, 'a conversation that was forwarded');
  inspection.assertFaultless();
});
