import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { inviteUser } from '@samtal/contract/users';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { focusedName, tabTo } from './keyboard.ts';
import type { Colleague, Visitor } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

let stage: Stage;
before(async () => {
  stage = await Stage.open();
  await stage.platform.command('settings', 'set', '--key', 'satisfaction.asked', '--value', 'true');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

const calm = { reducedMotion: 'reduce' } as const;

test('an inspection finds what is wrong with a screen, in each look', async () => {
  const inspection = new Inspection();
  const stranger = await stage.stranger('/', calm);
  await stranger.button('signin.submit').waitFor();
  await stranger.page.goto('about:blank');
  await stranger.page.setContent(`<!doctype html><html lang="en"><title>Faults</title><main><h1>Faults</h1>
    <style>@media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }</style>
    <img src="data:,"><p>Text</p><div style="width: 500px">Wide</div></main>`);
  await inspection.look(stranger.page, 'Faults');
  assert.throws(
    () => inspection.assertFaultless(),
    ({ message }: Error) =>
      /Faults, light: .*\(image-alt\)/.test(message) &&
      /Faults, dark, on a phone: .*\(color-contrast\)/.test(message) &&
      /Faults, dark, on a phone: .*must be scrolled/.test(message) &&
      !/light: .*(scrolled|contrast)/.test(message),
  );
  await stranger.leave();
});

test('axe finds nothing on the pages before signing in', async () => {
  const inspection = new Inspection();
  const stranger = await stage.stranger('/', calm);
  await stranger.button('signin.submit').waitFor();
  await inspection.look(stranger.page, 'Sign-in');
  await stranger.giveCredentials('nobody@almvik.example', 'fel lösenord');
  await stranger.page.getByRole('alert').waitFor();
  await inspection.look(stranger.page, 'Sign-in refused');

  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const { link } = await api.call(inviteUser, {
    params: { accountId: api.accountId },
    body: { email: 'nora.ek@almvik.example', name: 'Nora Ek' },
  });
  await stranger.page.goto(new URL(link, stage.origin).href);
  await stranger.button('invitation.accept').waitFor();
  await inspection.look(stranger.page, 'Invitation');
  await stranger.page.goto('about:blank');
  await stranger.page.goto(new URL('/invitation#unknown', stage.origin).href);
  await stranger.page.getByRole('alert').waitFor();
  await inspection.look(stranger.page, 'Invitation that is not valid');
  await stranger.leave();
  inspection.assertFaultless();
});

/** Opens something, looks at it, and closes it with Escape. */
async function lookAtDialog(
  inspection: Inspection,
  { colleague, screen, open }: { colleague: Colleague; screen: string; open: () => Promise<unknown> },
): Promise<void> {
  await open();
  const dialog = colleague.page.getByRole('dialog');
  await dialog.waitFor();
  await inspection.look(colleague.page, screen);
  await colleague.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}

async function lookAtMenu(
  inspection: Inspection,
  { colleague, screen, open }: { colleague: Colleague; screen: string; open: () => Promise<unknown> },
): Promise<void> {
  await open();
  const menu = colleague.page.getByRole('menu');
  await menu.waitFor();
  await inspection.look(colleague.page, screen);
  await colleague.page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
}

test('axe finds nothing where agents work', async () => {
  const inspection = new Inspection();
  const sara = await stage.signIn('sara', calm);
  const { page } = sara;
  await page.getByText(sara.say('mine.none'), { exact: true }).waitFor();
  await inspection.look(page, 'Workspace, empty');
  await lookAtMenu(inspection, {
    colleague: sara,
    screen: 'Menu of the user',
    open: () => sara.menu.click(),
  });
  const presence = page.getByRole('banner').getByRole('button', { name: sara.say('presence.available') });
  await lookAtMenu(inspection, { colleague: sara, screen: 'Presence', open: () => presence.click() });
  const help = { colleague: sara, screen: 'Help sheet', open: () => page.keyboard.press('?') };
  await lookAtDialog(inspection, help);

  const visitor = await stage.visitor();
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  await talk.visitorWrites('Hej!');
  await sara.offers.first().waitFor();
  await inspection.look(page, 'Workspace with an offer');
  await sara.accept();
  await talk.agentWrites('Hej själv. https://almvik.example/');
  await inspection.look(page, 'Conversation');
  await page.getByText(sara.say('composer.note'), { exact: true }).click();
  const note = page.getByRole('textbox', { name: sara.say('composer.write-note') });
  await note.fill('En anteckning');
  await inspection.look(page, 'Conversation with a note begun');
  await note.press('Enter');
  await sara.log.getByText('En anteckning').waitFor();
  await page.getByText(sara.say('composer.message'), { exact: true }).click();
  await sara.composer.fill('/');
  await page.getByRole('listbox').waitFor();
  await inspection.look(page, 'Canned replies');
  await sara.composer.fill('');
  const dialogs = [
    { colleague: sara, screen: 'Transfer', open: () => sara.button('transfer.open').click() },
    { colleague: sara, screen: 'Resolve', open: () => sara.button('resolve.action').click() },
  ];
  for (const dialog of dialogs) await lookAtDialog(inspection, dialog);
  await sara.resolve();
  await sara.composer.waitFor({ state: 'hidden' });
  await inspection.look(page, 'Conversation, resolved');

  await page.goto(new URL('/find', stage.origin).href);
  await page.getByRole('table').getByRole('link').first().waitFor();
  await inspection.look(page, 'Find');
  await page.getByRole('table').getByRole('link').first().click();
  await sara.log.getByText('Hej!').waitFor();
  await inspection.look(page, 'Found conversation');
  await page.goto(new URL('/find', stage.origin).href);
  await page.getByRole('textbox', { name: sara.say('details.case') }).fill('ABCDE-LLLLL');
  await page.getByText(sara.say('find.case-invalid')).waitFor();
  await inspection.look(page, 'Find with a case id that is none');
  await page.goto(new URL('/profile', stage.origin).href);
  await sara.button('profile.change').waitFor();
  await inspection.look(page, 'Profile');
  await page.goto(new URL('/nowhere', stage.origin).href);
  await page.getByText(sara.say('not-found.title')).waitFor();
  await inspection.look(page, 'Page that is not there');
  await sara.leave();
  inspection.assertFaultless();
});

test('axe finds nothing in the administration', async () => {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', calm);
  const { page } = ingrid;
  const named = (key: string, values: Record<string, string>) =>
    page.getByRole('button', { name: ingrid.say(key, values), exact: true });
  const site = { name: 'almvik.example' };
  const dialogs: Record<string, readonly [screen: string, open: () => Promise<unknown>][]> = {
    users: [
      ['Invite', () => ingrid.button('user.invite').click()],
      ['User', () => named('open.of', { name: 'Johan Berg' }).click()],
      [
        'User with a role to give',
        async () => {
          await named('open.of', { name: 'Johan Berg' }).click();
          await ingrid.button('grant.give').click();
        },
      ],
    ],
    roles: [
      ['New role', () => ingrid.button('role-page.add').click()],
      ['Built-in role', () => named('role-page.look', { name: ingrid.say('role.supervisor') }).click()],
    ],
    queues: [
      ['New queue', () => ingrid.button('queue.add').click()],
      ['Change queue', () => named('change.of', { name: 'Bygglov' }).click()],
      ['Delete queue', () => named('delete.of', { name: 'Bygglov' }).click()],
    ],
    sites: [
      ['New site', () => ingrid.button('site.add').click()],
      ['Change site', () => named('change.of', site).click()],
      ['Line of code', () => named('site.embed-of', site).click()],
      ['Delete site', () => named('delete.of', site).click()],
    ],
    'canned-replies': [
      ['New canned reply', () => ingrid.button('canned.add').click()],
      ['Change canned reply', () => named('change.of', { name: 'hej' }).click()],
    ],
    account: [],
  };
  for (const [name, opened] of Object.entries(dialogs)) {
    await page.goto(new URL(`/admin/${name}`, stage.origin).href);
    await page.getByRole('heading', { level: 1, name: ingrid.say(`admin.${name}`) }).waitFor();
    await page.getByRole('status', { name: ingrid.say('loading') }).waitFor({ state: 'hidden' });
    await inspection.look(page, `Administration: ${name}`);
    for (const [screen, open] of opened) await lookAtDialog(inspection, { colleague: ingrid, screen, open });
  }
  await ingrid.leave();
  inspection.assertFaultless();
});

test('axe finds nothing on the demo site, with the chat closed, open, under way and ended', async () => {
  const inspection = new Inspection();
  const sara = await stage.signIn('sara', calm);
  for (const name of ['', 'bygglov', 'skola', 'vatten-avfall', 'kontakt', 'english']) {
    const visitor = await stage.visitor(`/demo/${name}`, {
      ...calm,
      locale: name === 'english' ? 'en' : 'sv',
    });
    await visitor.launcher.waitFor();
    await inspection.look(visitor.page, `Demo page ${name}`);
    await visitor.leave();
  }
  const visitor = await stage.visitor('/demo/', calm);
  const { page } = visitor;
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  await inspection.look(page, 'Chat, open');
  await talk.visitorWrites('Hej!');
  await visitor.log.getByText(visitor.say('waiting.next')).waitFor();
  await inspection.look(page, 'Chat, waiting');
  await sara.accept();
  await visitor.sees(await talk.agentWrites('Hej! Läs https://almvik.example/ så länge.'));
  await inspection.look(page, 'Chat, with an agent');
  await visitor.composer.fill('x'.repeat(3_900));
  await inspection.look(page, 'Chat, near the longest message');
  await visitor.composer.fill('');
  await visitor.button('panel.end').click();
  await page.getByRole('alertdialog').waitFor();
  await inspection.look(page, 'Chat, asking whether to end');
  await page.keyboard.press('Escape');
  await visitor.end();
  await inspection.look(page, 'Chat, ended');
  await sara.leave();
  inspection.assertFaultless();
});

test('visitor and agent do all that they need with the keyboard alone', async () => {
  const agent = await stage.stranger();
  const { email, password } = stage.person('sara');
  await agent.button('signin.submit').waitFor();
  assert.equal(await focusedName(agent.page), agent.say('signin.email'));
  await agent.page.keyboard.type(email);
  await agent.page.keyboard.press('Tab');
  await agent.page.keyboard.type(password);
  await agent.page.keyboard.press('Enter');
  await agent.menu.waitFor();

  const visitor = await stage.visitor('/demo/english', { locale: 'en' });
  await visitor.launcher.waitFor();
  await tabTo(visitor.page, visitor.say('launcher'));
  await visitor.page.keyboard.press('Enter');
  await visitor.composer.waitFor();
  assert.equal(await focusedName(visitor.page), visitor.say('composer.label'), 'Writing can begin at once');
  await visitor.page.keyboard.press('Escape');
  await visitor.panel.waitFor({ state: 'hidden' });
  assert.equal(
    await focusedName(visitor.page),
    visitor.say('launcher'),
    'The focus goes back where it came from',
  );
  await visitor.page.keyboard.press('Enter');
  await visitor.page.keyboard.type('[visitor-01] Is anybody there?');
  await visitor.page.keyboard.press('Enter');

  await agent.offers.first().waitFor();
  await tabTo(agent.page, agent.say('offer.accept'));
  await agent.page.keyboard.press('Enter');
  await agent.sees('[visitor-01] Is anybody there?');
  assert.equal(await focusedName(agent.page), agent.say('composer.write'), 'Answering can begin at once');
  await agent.page.keyboard.type('[agent-01] Yes.');
  await agent.page.keyboard.press('Enter');
  await visitor.sees('[agent-01] Yes.');

  await visitorEnds(visitor);
  await agent.composer.waitFor({ state: 'hidden' });
  await visitor.page.keyboard.press('Enter');
  await visitor.page.keyboard.type('[visitor-01] One more thing.');
  await visitor.page.keyboard.press('Enter');
  await agent.offers.first().waitFor();
  await agent.page.keyboard.press('a');
  await agent.sees('[visitor-01] One more thing.');
  await agent.page.keyboard.type('[agent-01] Go ahead.');
  await agent.page.keyboard.press('Enter');
  await agent.sees('[agent-01] Go ahead.');
  await agent.page.keyboard.press('Escape');
  await agent.page.keyboard.press('e');
  await agent.page.getByRole('dialog').waitFor();
  await tabTo(agent.page, agent.say('resolve.action'));
  await agent.page.keyboard.press('Enter');
  await visitor.panel.getByRole('heading', { name: visitor.say('ended.title') }).waitFor();
  await agent.composer.waitFor({ state: 'hidden' });
  await agent.leave();
});

/** Ends the conversation, says how it went, and has the focus on the way to a new one. */
async function visitorEnds({ page, panel, say }: Visitor): Promise<void> {
  await tabTo(page, say('panel.end'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await panel.getByRole('alertdialog').waitFor();
  assert.equal(await focusedName(page), say('confirm.no'), 'The harmless answer is nearest');
  await tabTo(page, say('confirm.yes'));
  await page.keyboard.press('Enter');
  await panel.getByRole('heading', { name: say('ended.title') }).waitFor();
  await tabTo(page, `1: ${say('rating.1')}`);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focusedName(page), `3: ${say('rating.3')}`);
  await panel.getByRole('status').getByText(say('rating.thanks')).waitFor();
  await tabTo(page, say('ended.startNew'));
}
