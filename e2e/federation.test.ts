import { createServer, type Server } from 'node:http';
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { listRoles } from '@samtal/contract/access';
import { createIdentityProvider, type IdentityProvider } from '@samtal/contract/federation';
import { TestIdentityProvider } from '../server/test/identity-provider.ts';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import { freePort } from './free-port.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
let idp: TestIdentityProvider;
let page: Server;
let provider: IdentityProvider;

before(async () => {
  stage = await Stage.open();
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
  await stage?.close();
});

/** The page on which somebody says who they are. */
function pageFor(url: string): string {
  const { id, relay, answerUrl, xml } = idp.receive(url, provider.own.certificate);
  const response = idp.respond({
    requestId: id,
    answerUrl,
    audience: provider.own.entityId,
    groups: ['administration'],
  });
  const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`;
  const anew = xml.includes('ForceAuthn="true"') ? ' anew' : '';
  return `<!doctype html><html lang="en"><title>Almvik</title><form method="post" action="${answerUrl}">
${field('SAMLResponse', Buffer.from(response).toString('base64'))}${field('RelayState', relay)}
<button>I am Vera${anew}</button></form></html>`;
}

async function connect(): Promise<IdentityProvider> {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  await stage.platform.command('domains', 'verify', '--account', api.accountId, '--domain', 'almvik.example');
  const { items } = await api.call(listRoles, { params });
  const roleId = items.find(({ builtIn }) => builtIn === 'administrator')?.id ?? '';
  const { entityId, signInUrl, certificate } = idp;
  return await api.call(createIdentityProvider, {
    params,
    body: {
      name: 'Almvik',
      active: true,
      saml: {
        entityId,
        signInUrl,
        certificates: [certificate],
        signed: 'assertion',
        unsolicited: false,
        encrypted: false,
      },
      domains: ['almvik.example'],
      createsUsers: true,
      groupRoles: [{ group: 'administration', roleId, scope: {} }],
      attributes: { email: null, name: null, groups: null },
    },
  });
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
  const [popup] = await Promise.all([
    vera.context.waitForEvent('page'),
    confirmation.getByRole('link', { name: vera.say('elevation.provider') }).click(),
  ]);
  await popup.getByRole('button', { name: 'I am Vera anew' }).click();
  await popup.getByText(vera.say('elevation.done-says')).waitFor();
  await popup.close();
  await vera.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await vera.page.getByText('Night shift').waitFor();
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
