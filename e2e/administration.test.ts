import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeRole, createRole, giveRole as grantRole } from '@samtal/contract/access';
import { listUsers } from '@samtal/contract/users';
import { unattendedHeader } from '@samtal/contract/signin';
import type { Locator, Request } from 'playwright-core';
import { Api } from './api.ts';
import { CustomerSite } from './customer-site.ts';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

const newcomer = { email: 'nora.ek@almvik.example', name: 'Nora Ek', password: 'tre små grisar i skogen' };

let stage: Stage;
let customer: CustomerSite;
let ingrid: Colleague;
before(async () => {
  stage = await Stage.open();
  customer = await CustomerSite.start();
  ingrid = await stage.signIn('ingrid');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => {
  await customer?.stop();
  await stage?.close();
});

async function goTo(colleague: Colleague, page: string): Promise<void> {
  await colleague.page.goto(new URL(`/admin/${page}`, stage.origin).href);
  await colleague.page.getByRole('heading', { level: 1, name: colleague.say(`admin.${page}`) }).waitFor();
}

/** The row of a list that holds this text. */
function rowOf(colleague: Colleague, text: string): Locator {
  return colleague.page.getByRole('main').getByRole('listitem').filter({ hasText: text });
}

async function giveRole(dialog: Locator, role: string): Promise<void> {
  await ingrid.button('grant.give', dialog).click();
  await dialog.getByRole('combobox', { name: ingrid.say('grant.role') }).click();
  await ingrid.page.getByRole('option', { name: ingrid.say(`role.${role}`), exact: true }).click();
  await dialog.getByLabel(ingrid.say('grant.purpose')).fill('The desk');
  await ingrid.button('grant.give', dialog).click();
  await dialog
    .getByRole('listitem')
    .filter({ hasText: ingrid.say(`role.${role}`) })
    .waitFor();
}

async function signOut(colleague: Colleague): Promise<void> {
  await colleague.menu.click();
  await colleague.page.getByRole('menuitem', { name: colleague.say('menu.sign-out') }).click();
  await colleague.button('signin.submit').waitFor();
}

test('an invited person gets a role, accepts by the link, and signs in with the password chosen', async () => {
  await goTo(ingrid, 'users');
  await ingrid.button('user.invite').click();
  const dialog = ingrid.dialog('user.invite');
  await dialog.getByRole('textbox', { name: ingrid.say('signin.email') }).fill(newcomer.email);
  await dialog.getByRole('textbox', { name: ingrid.say('name'), exact: true }).fill(newcomer.name);
  await ingrid.button('user.invite', dialog).click();
  const shown = ingrid.dialog('invitation.link-title', { name: newcomer.name });
  const link = await shown.getByLabel(ingrid.say('invitation.link')).innerText();
  assert.equal(new URL(link).origin, stage.origin);
  await ingrid.button('invitation.link-done', shown).click();
  const user = ingrid.page.getByRole('dialog', { name: newcomer.name });
  await giveRole(user, 'agent');
  await ingrid.button('close', user).click();
  await rowOf(ingrid, newcomer.email).getByText(ingrid.say('user.invited')).waitFor();

  const nora = await stage.stranger(link.slice(stage.origin.length));
  await nora.page
    .getByRole('heading', { name: nora.say('invitation.join', { account: 'Almviks kommun' }) })
    .waitFor();
  await nora.page.getByLabel(nora.say('signin.password'), { exact: true }).fill(newcomer.password);
  await nora.button('invitation.accept').click();
  await nora.menu.waitFor();
  assert.equal(new URL(nora.page.url()).hash, '', 'The token is not left in the address');
  await nora.page.getByRole('heading', { name: nora.say('mine.title') }).waitFor();

  await signOut(nora);
  await nora.giveCredentials(newcomer.email, newcomer.password);
  await nora.menu.waitFor();
  await nora.leave();

  const late = await stage.stranger(link.slice(stage.origin.length));
  await late.page.getByRole('alert').getByText(late.say('problem.signin.invitation-invalid')).waitFor();
  await late.leave();
});

test('a role that is withdrawn is gone at once, and one that is given works at once', async () => {
  const johan = await stage.signIn('johan');
  await johan.page.getByRole('heading', { name: johan.say('mine.title') }).waitFor();
  await goTo(ingrid, 'users');
  await rowOf(ingrid, 'Johan Berg').getByRole('button').click();
  const dialog = ingrid.page.getByRole('dialog', { name: 'Johan Berg' });
  await dialog
    .getByRole('button', { name: ingrid.say('grant.withdraw', { role: ingrid.say('role.agent') }) })
    .click();
  const asked = ingrid.dialog('grant.withdraw-title', { role: ingrid.say('role.agent') });
  await asked.getByRole('textbox', { name: ingrid.say('reason') }).fill('The desk is closed');
  await ingrid.button('grant.withdraw-do', asked).click();
  await dialog.getByText(ingrid.say('grant.none')).waitFor();
  await johan.reload();
  await johan.page.getByText(johan.say('no-roles.title')).waitFor();

  await giveRole(dialog, 'supervisor');
  await johan.reload();
  await johan.page.getByRole('heading', { name: johan.say('mine.title') }).waitFor();
  await johan.page
    .getByRole('link', { name: johan.say('nav.find') })
    .first()
    .waitFor();
  await johan.leave();

  await goTo(ingrid, 'history');
  const version = rowOf(ingrid, 'The desk is closed');
  await version.getByText(ingrid.say('history.what-removed')).waitFor();
  await version.getByText(ingrid.say('history.one-grant', { name: 'Johan Berg' })).waitFor();
});

test('a role that is edited while its holder works changes at once what the page offers', async () => {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const authorisations = ['conversations.handle', 'access.read'] as const;
  const role = await api.call(createRole, {
    params,
    body: { name: 'Front desk', authorisations: [...authorisations], roles: [] },
  });
  const johan = stage.person('johan');
  const { items: users } = await api.call(listUsers, { params });
  const userId = users.find(({ email }) => email === johan.email)?.id ?? assert.fail();
  const grant = { userId, roleId: role.id, scope: {}, reason: 'The desk' };
  await api.call(grantRole, { params, body: grant });

  const colleague = await stage.signIn('johan');
  const roles = colleague.page.getByRole('link', { name: colleague.say('admin.roles') });
  await colleague.page.goto(new URL('/admin', stage.origin).href);
  await roles.first().waitFor();
  const change = async (without: readonly string[]) =>
    await api.call(changeRole, {
      params: { ...params, roleId: role.id },
      body: { authorisations: authorisations.filter((each) => !without.includes(each)) },
    });
  await change(['access.read']);
  await roles.first().waitFor({ state: 'detached' });
  await change([]);
  await roles.first().waitFor();
  await colleague.leave();
});

test('nobody takes the last administrator away', async () => {
  await goTo(ingrid, 'users');
  await rowOf(ingrid, 'Ingrid Almqvist').getByRole('button').click();
  const dialog = ingrid.page.getByRole('dialog', { name: 'Ingrid Almqvist' });
  const role = ingrid.say('role.administrator');
  await dialog.getByRole('button', { name: ingrid.say('grant.withdraw', { role }) }).click();
  const asked = ingrid.dialog('grant.withdraw-title', { role });
  await ingrid.button('grant.withdraw-do', asked).click();
  await asked.getByRole('alert').getByText(ingrid.say('problem.access.last-administrator')).waitFor();
  await asked.press('Escape');
  await asked.waitFor({ state: 'hidden' });
  await dialog.getByRole('listitem').filter({ hasText: role }).waitFor();
});

test('a new queue and a new site lead to a snippet that puts the chat on a page', async () => {
  await goTo(ingrid, 'queues');
  await ingrid.button('queue.add').click();
  const queue = ingrid.dialog('queue.add');
  await queue.getByRole('textbox', { name: ingrid.say('name'), exact: true }).fill('Vatten');
  await ingrid.button('save', queue).click();
  await rowOf(ingrid, 'Vatten').waitFor();

  await goTo(ingrid, 'sites');
  await ingrid.button('site.add').click();
  const site = ingrid.dialog('site.add');
  await site.getByRole('textbox', { name: ingrid.say('name'), exact: true }).fill('Almviks vatten');
  const origins = site.getByLabel(ingrid.say('site.origins'), { exact: true });
  await origins.fill('https://*.almvik.example');
  await origins.press('Enter');
  await site.getByText(ingrid.say('site.origin-refused', { origin: 'https://*.almvik.example' })).waitFor();
  // An address with a path, as people copy it.
  await origins.fill(`${customer.origin}/start`);
  await origins.press('Enter');
  await site.getByRole('combobox', { name: ingrid.say('site.queue') }).click();
  await ingrid.page.getByRole('option', { name: 'Vatten' }).click();
  await ingrid.button('save', site).click();
  const embed = ingrid.dialog('site.embed-of', { name: 'Almviks vatten' });
  const snippet = await embed.getByLabel(ingrid.say('site.snippet')).innerText();
  const found = /^<script async src="(\S+)" data-site="([A-Za-z0-9]{20})"><\/script>$/.exec(snippet);
  assert.deepEqual(found?.[1], `${stage.origin}/widget.js`, snippet);

  const html = `<!doctype html><html lang="en"><title>Water</title><body>${snippet}`;
  const visitor = await stage.visitor(customer.serve('/', { html }), { locale: 'en' });
  await visitor.open();
  await visitor.delivers('[water-01] Is the water off today?');
  const api = await stage.supervisor();
  const [conversation] = await api.openConversations();
  assert.deepEqual([conversation?.queueName, conversation?.siteName], ['Vatten', 'Almviks vatten']);
});

test('a name that is taken is refused in words, and the dialog keeps what was typed', async () => {
  await goTo(ingrid, 'queues');
  await ingrid.button('queue.add').click();
  const dialog = ingrid.dialog('queue.add');
  const name = dialog.getByRole('textbox', { name: ingrid.say('name'), exact: true });
  await name.fill('Bygglov');
  await ingrid.button('save', dialog).click();
  await dialog.getByRole('alert').getByText(ingrid.say('problem.names.taken')).waitFor();
  assert.equal(await name.inputValue(), 'Bygglov');
});

test('a wrong password is answered with words that do not tell whether the address is known', async () => {
  const { email, password } = stage.person('johan');
  const stranger = await stage.stranger();
  const told: string[] = [];
  for (const address of [email, 'nobody@almvik.example']) {
    await stranger.giveCredentials(address, 'fel lösenord helt och hållet');
    const alert = stranger.page.getByRole('alert').getByText(stranger.say('problem.signin.refused'));
    await alert.waitFor();
    told.push(await alert.innerText());
    await stranger.reload();
  }
  assert.equal(told[0], told[1]);
  await stranger.giveCredentials(email, password);
  await stranger.menu.waitFor();
  await stranger.leave();
});

test('what a page asks for while nobody is at it does not count as use', async () => {
  const dag = await stage.signIn('dag');
  await dag.page.clock.install();
  const asking = /\/accounts\/[^/]+\/retention$/;
  await Promise.all([dag.page.waitForResponse(asking), goTo(dag, 'retention')]);
  /** Lets time pass in steps until the page asks, and says how it asks. */
  const header = async (step: () => Promise<void>) => {
    const asked = dag.page.waitForRequest(asking);
    let request: Request | null = null;
    while (request === null) {
      await step();
      request = await Promise.race([asked, sleep(100, null)]);
    }
    await request.response();
    return request.headers()[unattendedHeader];
  };
  assert.equal(await header(async () => await dag.page.clock.fastForward('01:30')), '1');
  let x = 0;
  const working = async () => {
    await dag.page.mouse.move((x += 10), 100);
    await dag.page.clock.fastForward('00:20');
  };
  assert.equal(await header(working), undefined);
  await dag.leave();
});

test('signing out ends the session: nothing is to be had by going back', async () => {
  const sara = await stage.signIn('sara');
  const cookies = await sara.context.cookies();
  assert.deepEqual(
    cookies.map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite })),
    // The session, and the browser as one that has been here before.
    ['__Host-samtal', '__Host-samtal-browser'].map((name) => ({
      name,
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    })),
  );
  await signOut(sara);
  await sara.page.goBack().catch(() => null);
  await sara.page.goto(new URL('/find', stage.origin).href);
  await sara.button('signin.submit').waitFor();
  await sara.context.addCookies(cookies);
  await sara.reload();
  await sara.button('signin.submit').waitFor();
  await sara.leave();
});
