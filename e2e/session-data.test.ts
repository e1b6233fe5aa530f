import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { giveRole, listRoles } from '@samtal/contract/access';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { listUsers } from '@samtal/contract/users';
import { listActivityReadings } from '@samtal/contract/activity-log';
import type { Samtal } from '../widget/src/frame.ts';
import { Api } from './api.ts';
import type { Colleague, Visitor } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

let stage: Stage;
let ingrid: Api;
let sara: Colleague;
before(async () => {
  stage = await Stage.open();
  ingrid = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: ingrid.accountId };
  const roles = (await ingrid.call(listRoles, { params })).items;
  const users = (await ingrid.call(listUsers, { params })).items;
  const roleId = roles.find(({ builtIn }) => builtIn === 'privacy-officer')?.id ?? '';
  const userId = users.find(({ email }) => email === stage.person('sara').email)?.id ?? '';
  await ingrid.call(giveRole, { params, body: { userId, roleId, scope: {}, reason: 'A test' } });
  sara = await stage.signIn('sara');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

async function allow(isShown: 'shown' | 'not'): Promise<void> {
  const params = { accountId: ingrid.accountId };
  const { version } = await ingrid.call(getSettings, { params });
  const set = { 'session-data.shown': isShown === 'shown' };
  const body = { channelId: null, version, set, unset: [], reason: 'a test' };
  await ingrid.call(changeSettings, { params, body });
}

/** Frames that the visitor's page sends, as text. */
function watchFrames(visitor: Visitor): string[] {
  const frames: string[] = [];
  visitor.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => frames.push(String(payload))),
  );
  return frames;
}

const show = async (visitor: Visitor, values: Record<string, string>) =>
  await visitor.page.evaluate(
    async (given) => await (window as { Samtal?: Samtal }).Samtal?.showToAgent(given),
    values,
  );
const panel = (colleague: Colleague) =>
  colleague.page.getByRole('region', { name: colleague.say('session-data.title') });

test('session data is shown to the agent while the page is there, and goes with the conversation', async () => {
  await allow('shown');
  const { visitor, agent } = await Talk.begin(stage, sara);
  assert.equal(await show(visitor, { 'Logged in as': 'kerstin-7041' }), true);
  await panel(agent).getByText('kerstin-7041').waitFor();
  assert.equal(await show(visitor, { 'Logged in as': 'kerstin-7042', Level: 'BankID' }), true);
  await panel(agent).getByText('kerstin-7042').waitFor();
  assert.equal(await panel(agent).getByText('kerstin-7041').count(), 0);

  // The console is loaded again: the visitor's page seals anew.
  await agent.reload();
  await panel(agent).getByText('kerstin-7042').waitFor();
  const stored = await agent.page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
  );
  assert.ok(!stored.includes('kerstin'));

  // The visitor's page is loaded again, and does not say it any more.
  await visitor.reload();
  await panel(agent).waitFor({ state: 'hidden' });
  assert.equal(await show(visitor, { 'Logged in as': 'kerstin-7043' }), true);
  await panel(agent).getByText('kerstin-7043').waitFor();
  await agent.resolve();
  await panel(agent).waitFor({ state: 'hidden' });
  assert.ok(!(await agent.page.content()).includes('kerstin-7043'));
});

test('nothing is shown, and nothing sent, where the settings do not allow it or it makes no sense', async () => {
  await allow('not');
  const visitor = await stage.visitor();
  const frames = watchFrames(visitor);
  await visitor.reload();
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  await talk.visitorWrites('Hej');
  await sara.accept();
  assert.equal(await show(visitor, { 'Logged in as': 'kerstin-7044' }), false);
  await visitor.sees(await talk.agentWrites('Hej!'));
  assert.ok(frames.length > 0);
  assert.ok(!frames.some((frame) => frame.includes('"show')));
  await allow('shown');
  await visitor.reload();
  await visitor.composer.waitFor();
  for (const nonsense of [{ number: 7 }, ['text'], null, { long: 'x'.repeat(501) }]) {
    assert.equal(await show(visitor, nonsense as unknown as Record<string, string>), false);
  }
});

test('whoever may looks up the address of a visitor, says why, and keeps nothing of it', async () => {
  const { agent } = await Talk.begin(stage, sara);
  const conversationId = agent.conversationId;
  await agent.button('look-up.open').click();
  const dialog = agent.page.getByRole('dialog');
  const action = agent.button('look-up.action', dialog);
  await dialog.getByText(agent.say('look-up.recorded')).waitFor();
  await dialog.getByRole('textbox').fill('too short');
  assert.equal(await action.isDisabled(), true);
  await dialog.getByRole('textbox').fill('Hot mot personalen, polisanmäls');
  await action.click();
  await dialog.getByRole('row').filter({ hasText: '127.0.0.1' }).first().waitFor();
  await agent.button('look-up.close', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
  // Looking again is another look-up.
  await agent.button('look-up.open').click();
  assert.equal(await dialog.getByText('127.0.0.1').count(), 0);
  await agent.page.keyboard.press('Escape');
  const officer = await Api.signIn(stage.origin, stage.person('sara'));
  const { items } = await officer.call(listActivityReadings, { params: { accountId: officer.accountId } });
  const readings = items.filter((item) => item.conversationId === conversationId);
  assert.deepEqual(
    readings.map(({ reason }) => reason),
    ['Hot mot personalen, polisanmäls'],
  );
  const johan = await stage.signIn('johan');
  await johan.page.getByRole('main').waitFor();
  assert.equal(await johan.button('look-up.open').count(), 0);
});
