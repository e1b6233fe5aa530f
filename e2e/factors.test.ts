import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => {
  // Where people are is what a proxy says, so that they can be in several places.
  const env = { SAMTAL_TRUSTED_PROXIES: '127.0.0.0/8' };
  stage = await Stage.open(() => Platform.start({ hostName: 'localhost', env }));
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

/** A device that knows its owner, and confirms whatever it is asked. */
async function giveAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signOut(colleague: Colleague): Promise<void> {
  await colleague.menu.click();
  await colleague.page.getByRole('menuitem', { name: colleague.say('menu.sign-out') }).click();
  await colleague.button('signin.submit').waitFor();
}

/** The step before has a button of the same name. */
async function asksForSecondFactor(colleague: Colleague): Promise<void> {
  await colleague.page.getByRole('heading', { name: colleague.say('signin.step-factor') }).waitFor();
}

async function assertInView(locator: Locator): Promise<void> {
  const isInView = await locator.evaluate(
    (element) =>
      new Promise<boolean>((resolve) =>
        new IntersectionObserver(([seen]) => resolve(seen?.isIntersecting === true)).observe(element),
      ),
  );
  assert.ok(isInView, 'what is to be decided is in view');
}

const from = (address: string) => ({ extraHTTPHeaders: { 'x-forwarded-for': address } });
const office = from('198.51.100.7');
const home = from('203.0.113.9');

test('whoever is outside of the list of networks is locked out, but for the exception by a second factor', async () => {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', { ...office, reducedMotion: 'reduce' });
  await ingrid.page.goto(new URL('/admin/settings', stage.origin).href);
  const setting = (key: string) =>
    ingrid.page.getByRole('listitem').filter({
      has: ingrid.page.getByRole('heading', { level: 3, name: ingrid.say(`setting.${key}`), exact: true }),
    });
  const list = setting('signin.networks').getByRole('combobox');
  const tryNetworks = async () => {
    // Browsers do not say where sockets come from.
    for (const network of ['198.51.100.0/24', '127.0.0.1']) {
      await list.fill(network);
      await list.press('Enter');
    }
    await ingrid.button('settings.review').click();
    const review = ingrid.dialog('settings.review');
    await review.getByRole('textbox', { name: ingrid.say('reason') }).fill('From the office only');
    await ingrid.button('save', review).click();
    await review.waitFor({ state: 'detached' });
    await ingrid.button('networks.confirm').waitFor();
  };
  await setting('signin.network-exception').getByRole('combobox').click();
  await ingrid.page
    .getByRole('option', { name: ingrid.say('setting.signin.network-exception.second-factor') })
    .click();
  await tryNetworks();
  await inspection.look(ingrid.page, 'A list of networks on trial');
  // She stands by the setting, where she has just saved it.
  await list.scrollIntoViewIfNeeded();
  await assertInView(ingrid.button('networks.give-up'));
  await ingrid.button('networks.give-up').click();
  await ingrid.button('networks.give-up').waitFor({ state: 'detached' });
  await setting('signin.networks')
    .getByText(ingrid.say('settings.origin-default'), { exact: true })
    .waitFor();
  await tryNetworks();
  await ingrid.button('networks.confirm').click();
  await ingrid.button('networks.confirm').waitFor({ state: 'detached' });

  const { email, password } = stage.person('johan');
  const away = await stage.stranger('/', home);
  await away.giveCredentials(email, password);
  await away.page.getByRole('alert').waitFor();
  await inspection.look(away.page, 'Locked out by the list of networks');

  const johan = await stage.signIn('johan', office);
  await giveAuthenticator(johan.page);
  await johan.page.goto(new URL('/profile', stage.origin).href);
  await johan.button('factor.add').click();
  const adding = johan.dialog('factor.add');
  await adding.getByRole('button', { name: johan.say('factor.kind.passkey') }).click();
  await adding.getByRole('textbox', { name: johan.say('factor.name') }).fill('Laptop');
  await johan.button('factor.go-on', adding).click();
  await johan.button('factor.recovery-kept').click();
  await signOut(johan);
  await johan.context.setExtraHTTPHeaders(home.extraHTTPHeaders);
  await johan.giveCredentials(email, password);
  await asksForSecondFactor(johan);
  const action = johan.say('signin.submit');
  await johan.page.getByRole('button', { name: johan.say('factor.use-passkey', { action }) }).click();
  await johan.menu.waitFor();
  await johan.page.getByRole('heading', { name: johan.say('mine.title') }).waitFor();
  inspection.assertFaultless();
  for (const person of [ingrid, away, johan]) await person.leave();
});

test('a passkey is added, is the second factor after the password, confirms sensitive work, and signs in by itself', async () => {
  const inspection = new Inspection();
  const { email, password } = stage.person('ingrid');
  const ingrid = await stage.stranger('/');
  const { page, say } = ingrid;
  await giveAuthenticator(page);
  const usePasskey = (action: string) =>
    page.getByRole('button', { name: say('factor.use-passkey', { action: say(action) }) });

  await ingrid.giveCredentials(email, password);
  await ingrid.menu.waitFor();
  await page.goto(new URL('/profile', stage.origin).href);
  await ingrid.button('factor.add').click();
  const adding = ingrid.dialog('factor.add');
  await adding.getByRole('button', { name: say('factor.kind.totp') }).waitFor();
  await inspection.look(page, 'Kinds of factors');
  await adding.getByRole('button', { name: say('factor.kind.passkey') }).click();
  await adding.getByRole('textbox', { name: say('factor.name') }).fill('Laptop');
  await ingrid.button('factor.go-on', adding).click();
  // Nothing of hers is better than the password yet.
  const confirming = ingrid.dialog('elevation.title');
  await confirming.getByLabel(say('signin.password'), { exact: true }).fill(password);
  await ingrid.button('elevation.confirm', confirming).click();
  await ingrid.button('factor.recovery-kept').waitFor();
  await inspection.look(page, 'Recovery codes');
  await ingrid.button('factor.recovery-kept').click();
  await page.getByRole('listitem').filter({ hasText: 'Laptop' }).waitFor();
  await inspection.look(page, 'Profile');

  await signOut(ingrid);
  await ingrid.giveCredentials(email, password);
  await asksForSecondFactor(ingrid);
  await inspection.look(page, 'Second factor');
  await usePasskey('signin.submit').click();
  await ingrid.menu.waitFor();

  await page.goto(new URL('/admin/roles', stage.origin).href);
  await ingrid.button('role-page.add').first().click();
  const role = page.getByRole('dialog').filter({ has: ingrid.button('save') });
  await role.getByRole('textbox', { name: say('name'), exact: true }).fill('Night desk');
  await ingrid.button('save', role).click();
  await usePasskey('elevation.confirm').click();
  await page.getByRole('main').getByText('Night desk').waitFor();
  await page.getByRole('button', { name: say('elevation.left', { minutes: '60' }) }).waitFor();

  await signOut(ingrid);
  await ingrid.button('signin.by-passkey').click();
  await ingrid.menu.waitFor();
  inspection.assertFaultless();
});
