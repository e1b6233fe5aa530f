import { createServer, type Server } from 'node:http';
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { listIdentityProviders, type SamlProvider } from '@samtal/contract/federation';
import { TestIdentityProvider } from '../server/test/identity-provider.ts';
import { TestOpenIdProvider } from '../server/test/openid-provider.ts';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { freePort } from './free-port.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
let openId: TestOpenIdProvider;
let idp: TestIdentityProvider;
let page: Server;
let provider: SamlProvider;

before(async () => {
  // The server asks a provider that speaks OpenID Connect itself, and this one is on this machine.
  const env = { SAMTAL_OUTBOUND_NETWORKS: '127.0.0.0/8,::1/128' };
  stage = await Stage.open(() => Platform.start({ env }));
  openId = await TestOpenIdProvider.start('localhost');
  const port = await freePort();
  // Another site than the platform, as it will be in real life: cookies must find their way all the same.
  idp = await TestIdentityProvider.make(`http://localhost:${port}`);
  page = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(pageFor(request.url ?? ''));
  });
  await new Promise<void>((resolve) => page.listen(port, 'localhost', resolve));
  provider = await connect();
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => {
  page?.close();
  await openId?.close();
  await stage?.close();
});

/** The page on which somebody says who they are. */
function pageFor(url: string): string {
  const { id, relay, answerUrl, xml } = idp.receive(url, provider.own.certificate);
  const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`;
  const form = (to: string, signed: string, button: string) =>
    `<!doctype html><html lang="en"><title>Almvik</title><form method="post" action="${to}">
${field('SAMLResponse', Buffer.from(signed).toString('base64'))}${field('RelayState', relay)}
<button>${button}</button></form></html>`;
  if (url.startsWith('/slo')) {
    const destination = provider.own.logoutUrl;
    return form(
      destination,
      idp.signed(idp.logoutResponse({ destination, requestId: id })),
      'Sign me out of everything',
    );
  }
  const response = idp.respond({
    requestId: id,
    answerUrl,
    audience: provider.own.entityId,
    groups: ['administration'],
  });
  const anew = xml.includes('ForceAuthn="true"') ? ' anew' : '';
  return form(answerUrl, response, `I am Vera${anew}`);
}

/** What whoever administers the account does on the page, and the operator on the command line. */
async function connect(): Promise<SamlProvider> {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page, say } = ingrid;
  await page.goto(`${stage.origin}/admin/identity-providers`);
  await page.getByText(say('federation.none')).waitFor();
  await inspection.look(page, 'No identity providers');
  await ingrid.button('federation.add').first().click();
  const dialog = ingrid.dialog('federation.add');
  await dialog.getByRole('textbox', { name: say('name') }).fill('Almvik');
  const metadata = dialog.getByRole('textbox', { name: say('federation.metadata-paste') });
  await metadata.fill('<html></html>');
  await ingrid.button('federation.metadata-read-pasted', dialog).click();
  await dialog.getByText(say('problem.federation.metadata-unfit')).waitFor();
  await metadata.fill(idp.metadata);
  await ingrid.button('federation.metadata-read-pasted', dialog).click();
  await dialog.getByText(say('federation.certificate', { number: '1' })).waitFor();
  await dialog.getByRole('combobox', { name: say('federation.domains') }).fill('almvik.example');
  await ingrid.button('federation.groups-add', dialog).click();
  await dialog.getByRole('textbox', { name: say('federation.group') }).fill('administration');
  await dialog.getByRole('combobox', { name: say('grant.role') }).click();
  await page.getByRole('option', { name: say('role.administrator') }).click();
  await dialog.getByRole('button', { name: say('federation.details') }).click();
  await dialog.getByRole('switch', { name: say('federation.signs-out') }).press('Space');
  await inspection.look(page, 'Adding an identity provider');
  await ingrid.button('save', dialog).click();
  const own = ingrid.dialog('federation.own-of', { name: 'Almvik' });
  await own.getByText(say('federation.domains-wait-says')).waitFor();
  await inspection.look(page, 'What the identity provider needs to know');
  await page.keyboard.press('Escape');

  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  await stage.platform.command('domains', 'verify', '--account', api.accountId, '--domain', 'almvik.example');
  await page.reload();
  await page.getByText(say('federation.verified', { domain: 'almvik.example' })).waitFor();
  await page.getByText(say('federation.state.never-used')).waitFor();
  await inspection.look(page, 'Identity providers');
  inspection.assertFaultless();
  await ingrid.leave();
  const [made] = (await api.call(listIdentityProviders, { params })).items;
  assert.ok(made?.protocol === 'saml');
  return made;
}

test('somebody signs in, and confirms sensitive work, at the identity provider of their organisation', async () => {
  const inspection = new Inspection();
  const vera = await stage.stranger('/sign-in');
  const email = vera.page.getByLabel(vera.say('signin.email'));
  await email.fill('vera@elsewhere.example');
  await vera.button('signin.organisation').click();
  await vera.page.getByText(vera.say('signin.organisation-unknown')).waitFor();
  await inspection.look(vera.page, 'Signing in, with an organisation that is not known');
  await email.fill('vera@almvik.example');
  await vera.button('signin.organisation').click();
  await vera.page.getByRole('button', { name: 'I am Vera' }).click();
  await vera.page.waitForURL(`${stage.origin}/admin/users`);
  await vera.page.getByText('vera@almvik.example').first().waitFor();

  await vera.page.goto(`${stage.origin}/admin/roles`);
  await vera.button('role-page.add').click();
  const dialog = vera.page.getByRole('dialog', { name: vera.say('role-page.add') });
  await dialog.getByLabel(vera.say('name')).fill('Night shift');
  await dialog.getByRole('button', { name: vera.say('save'), exact: true }).click();
  const confirmation = vera.page.getByRole('dialog', { name: vera.say('elevation.title') });
  // Back in this window without having confirmed, a factor of her own is offered; she has none, and is led back.
  await confirmation.getByRole('link', { name: vera.say('elevation.provider') }).waitFor();
  assert.equal(
    await vera.button('elevation.own-factor', confirmation).count(),
    0,
    'the provider comes first',
  );
  await vera.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await vera.button('elevation.own-factor', confirmation).waitFor();
  await inspection.look(vera.page, 'Nothing has come of the provider’s proof');
  await vera.button('elevation.own-factor', confirmation).click();
  await confirmation.getByText(vera.say('elevation.own-factor-none')).waitFor();
  await vera.button('elevation.provider-after-all', confirmation).click();
  const [popup] = await Promise.all([
    vera.context.waitForEvent('page'),
    confirmation.getByRole('link', { name: vera.say('elevation.provider') }).click(),
  ]);
  await popup.getByRole('button', { name: 'I am Vera anew' }).click();
  await popup.getByText(vera.say('elevation.done-says')).waitFor();
  await popup.close();
  await vera.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await vera.page.getByText('Night shift').waitFor();

  // The page knows that she came, and how.
  await vera.page.goto(`${stage.origin}/admin/identity-providers`);
  await vera.page.getByText(vera.say('federation.state.working'), { exact: true }).waitFor();
  await vera.page.getByRole('button', { name: vera.say('federation.more-of', { name: 'Almvik' }) }).click();
  await vera.page.getByRole('menuitem', { name: vera.say('federation.people') }).click();
  const people = vera.dialog('federation.people-of', { name: 'Almvik' });
  await people.getByText('vera@almvik.example').waitFor();
  await inspection.look(vera.page, 'Who signs in by an identity provider');
  await vera.page.keyboard.press('Escape');

  // Signing out here leads there, and back.
  await vera.menu.click();
  await vera.page.getByRole('menuitem', { name: vera.say('menu.sign-out') }).click();
  await vera.page.getByRole('button', { name: 'Sign me out of everything' }).click();
  await vera.page.waitForURL(`${stage.origin}/sign-in`);
  inspection.assertFaultless();
  assert.deepEqual(vera.faults, []);

  // An answer that this browser did not ask for leads back, and says what to do.
  const stranger = await stage.stranger('/sign-in');
  const forged = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      `<form method="post" action="${provider.own.answerUrl}"><input name="SAMLResponse" value="eA=="><button>Go</button></form>`,
    );
  });
  const port = await freePort();
  await new Promise<void>((resolve) => forged.listen(port, 'localhost', resolve));
  await stranger.page.goto(`http://localhost:${port}/`);
  await stranger.page.getByRole('button', { name: 'Go' }).click();
  await stranger.page.getByText(stranger.say('signin.organisation-refused')).waitFor();
  forged.close();
});

test('somebody signs in, and confirms sensitive work, at a provider that speaks OpenID Connect', async () => {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page: admin, say } = ingrid;
  await admin.goto(`${stage.origin}/admin/identity-providers`);
  await ingrid.button('federation.add').click();
  const dialog = ingrid.dialog('federation.add');
  await dialog.getByRole('textbox', { name: say('name') }).fill('Bergvik');
  await dialog.getByText('OpenID Connect', { exact: true }).click();
  const issuer = dialog.getByRole('textbox', { name: say('federation.issuer') });
  await issuer.fill('https://10.0.0.1');
  await ingrid.button('federation.issuer-ask', dialog).click();
  await dialog.getByText(say('problem.federation.issuer-unfit')).waitFor();
  await issuer.fill(openId.issuer);
  await ingrid.button('federation.issuer-ask', dialog).click();
  const { host } = new URL(openId.issuer);
  await dialog.getByText(say('federation.issuer-answers', { name: host })).waitFor();
  await dialog.getByRole('textbox', { name: say('federation.client-id') }).fill(openId.clientId);
  await dialog.getByLabel(say('federation.client-secret'), { exact: true }).fill(openId.clientSecret);
  await dialog.getByRole('combobox', { name: say('federation.domains') }).fill('almvik.example');
  await ingrid.button('federation.groups-add', dialog).click();
  await dialog.getByRole('textbox', { name: say('federation.group') }).fill('administration');
  await dialog.getByRole('combobox', { name: say('grant.role') }).click();
  await admin.getByRole('option', { name: say('role.administrator') }).click();
  await inspection.look(admin, 'Adding a provider that speaks OpenID Connect');
  await ingrid.button('save', dialog).click();
  const own = ingrid.dialog('federation.own-of', { name: 'Bergvik' });
  await own.getByText(say('federation.own-says-oidc')).waitFor();
  const link = await own.getByRole('textbox', { name: say('federation.try') }).inputValue();
  await inspection.look(admin, 'What a provider that speaks OpenID Connect needs to know');
  await ingrid.leave();

  openId.discovered = { end_session_endpoint: `${openId.issuer}/end` };
  openId.page = (url) => {
    if (url.pathname === '/end') return '<!doctype html><html lang="en"><title>Bergvik</title>Goodbye</html>';
    const claims = {
      sub: 'u-2002',
      email: 'wilma@almvik.example',
      name: 'Wilma',
      groups: ['administration'],
    };
    const to = openId.agree(url, { claims });
    const anew = url.searchParams.get('prompt') === 'login' ? ' anew' : '';
    return `<!doctype html><html lang="en"><title>Bergvik</title><a href="${to.replaceAll('&', '&amp;')}">I am Wilma${anew}</a></html>`;
  };
  const wilma = await stage.stranger('/sign-in');
  await wilma.page.goto(link);
  await wilma.page.getByRole('link', { name: 'I am Wilma' }).click();
  await wilma.page.waitForURL(`${stage.origin}/admin/users`);
  await wilma.page.getByText('wilma@almvik.example').first().waitFor();
  await wilma.page.goto(`${stage.origin}/admin/identity-providers`);
  await wilma.page.getByRole('button', { name: wilma.say('change.of', { name: 'Bergvik' }) }).click();
  const change = wilma.dialog('federation.change');
  await change.getByText(wilma.say('federation.client-secret-kept')).waitFor();
  await change.getByRole('textbox', { name: wilma.say('name') }).fill('Bergvik and sons');
  await change.getByRole('button', { name: wilma.say('federation.details') }).click();
  await change.getByRole('switch', { name: wilma.say('federation.signs-out') }).press('Space');
  await wilma.button('save', change).click();
  const confirmation = wilma.page.getByRole('dialog', { name: wilma.say('elevation.title') });
  const [popup] = await Promise.all([
    wilma.context.waitForEvent('page'),
    confirmation.getByRole('link', { name: wilma.say('elevation.provider') }).click(),
  ]);
  await popup.getByRole('link', { name: 'I am Wilma anew' }).click();
  await popup.getByText(wilma.say('elevation.done-says')).waitFor();
  await popup.close();
  await wilma.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await wilma.page.getByText('Bergvik and sons').waitFor();

  // Her provider says that she has left: this browser is shown the door.
  const now = Math.floor(Date.now() / 1000);
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const token = await openId.sign(
    {
      iss: openId.issuer,
      aud: openId.clientId,
      sub: 'u-2002',
      iat: now,
      exp: now + 60,
      jti: 'j',
      events: event,
    },
    'logout+jwt',
  );
  const told = await fetch(link.replace(/sign-in$/, 'logout'), {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
  });
  assert.equal(told.status, 200);
  await wilma.page.reload();
  await wilma.page.getByRole('textbox', { name: wilma.say('signin.email') }).waitFor();

  // When she leaves by herself, she is led to where she may leave everything.
  await wilma.page.goto(link);
  await wilma.page.getByRole('link', { name: 'I am Wilma' }).click();
  await wilma.menu.click();
  await wilma.page.getByRole('menuitem', { name: wilma.say('menu.sign-out') }).click();
  await wilma.page.getByText('Goodbye').waitFor();
  const left = new URL(wilma.page.url()).searchParams;
  assert.equal(left.get('post_logout_redirect_uri'), `${stage.origin}/sign-in`);
  inspection.assertFaultless();
  assert.deepEqual(wilma.faults, []);
});
