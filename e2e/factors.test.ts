import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Inspection } from './axe.ts';
import type { Colleague } from './people.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open(() => Platform.start({ hostName: 'localhost' }))));
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
  await usePasskey('signin.submit').waitFor();
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
