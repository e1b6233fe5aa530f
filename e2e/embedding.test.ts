import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { after, afterEach, before, test } from 'node:test';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import type { BrowserContext, FrameLocator, Page } from 'playwright-core';
import { testCertificate } from '../server/test/certificate.ts';
import { Api } from './api.ts';
import { freePort } from './free-port.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { wordsOf } from './words.ts';

const { cert, key } = testCertificate();
const say = wordsOf('console', 'en');
/** What the embedding pages show, by path. */
const pages = new Map<string, string>();
let stage: Stage;
let accountId: string;
let crm: Server;
let stranger: Server;
let front: ReturnType<typeof createTlsServer>;
let context: BrowserContext;

before(async () => {
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  const port = await freePort();
  const publicUrl = new URL(`https://127.0.0.1:${port}`);
  stage = await Stage.open(() => Platform.start({ publicUrl }));
  front = createTlsServer({ cert, key }, (socket) => {
    const behind = connect(Number(stage.platform.url.port), '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const end of [socket, behind]) end.on('error', () => [socket, behind].map((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
  crm = await site();
  stranger = await site();
  ({ accountId } = await Api.signIn(stage.origin, stage.person('ingrid')));
  context = await stage.browser.newContext({
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => {
  await context?.close();
  for (const server of [crm, stranger]) server?.close();
  front?.close();
  await stage?.close();
});

/** Somebody else's pages: another site than 127.0.0.1, as browsers see it. */
async function site(): Promise<Server> {
  const server = createHttpsServer({ cert, key }, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(pages.get(request.url ?? '/') ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
const originOf = (server: Server) => `https://localhost:${(server.address() as AddressInfo).port}`;
const frameOf = (address: string) =>
  `<!doctype html><title>CRM</title><iframe src="${address}" width="1200" height="760"></iframe>`;

async function embedIn(origins: string[]): Promise<void> {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId };
  const { version } = await api.call(getSettings, { params });
  const set = { 'embedding.origins': origins };
  await api.call(changeSettings, { params, body: { channelId: null, version, set, unset: [], reason: '' } });
}

async function open(address: string): Promise<{ page: Page; frame: FrameLocator }> {
  const page = await context.newPage();
  // Frames of other sites get no cookie but partitioned ones, as browsers have it or are set to.
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true });
  // What was set counts from the next page on.
  await page.reload();
  await page.goto(address);
  return { page, frame: page.frameLocator('iframe') };
}

/** Whether the browser shows nothing of ours in the frame, and says why. */
async function isRefused(address: string): Promise<boolean> {
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(address);
  await page.waitForLoadState('networkidle');
  const shown = page.frames().some((frame) => frame.url().startsWith(stage.origin));
  await page.close();
  return !shown && said.some((text) => text.includes('frame-ancestors'));
}

/** Whether our page does not start in the frame, in a browser that would show it: the header is taken away. */
async function startsNowhere(address: string): Promise<boolean> {
  const page = await context.newPage();
  await page.route(`${stage.origin}/`, async (route) => {
    const response = await route.fetch();
    const { 'content-security-policy': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  const refused = page.waitForEvent('pageerror');
  await page.goto(address);
  const { message } = await refused;
  const shown = await page.frameLocator('iframe').locator('#root > *').count();
  await page.close();
  return shown === 0 && message.includes('not shown in a frame');
}

test('attack 50: an agent works in a frame of a page that the account names, and no other page shows the console', async () => {
  const workspace = `${stage.origin}/embed/${accountId}/`;
  pages.set('/', frameOf(workspace));
  pages.set('/window', frameOf(`${stage.origin}/`));
  pages.set('/nested', frameOf(`${originOf(crm)}/`));
  assert.ok(await isRefused(`${originOf(crm)}/`), 'not before the account says so');
  await embedIn([originOf(crm)]);

  const { page, frame } = await open(`${originOf(crm)}/`);
  const { email, password } = stage.person('sara');
  await frame.getByRole('textbox', { name: say('signin.email') }).fill(email);
  await frame.getByLabel(say('signin.password'), { exact: true }).fill(password);
  assert.equal(await frame.getByRole('button', { name: say('signin.organisation') }).count(), 0);
  await frame.getByRole('button', { name: say('signin.submit'), exact: true }).click();
  const menu = frame.getByRole('button', { name: say('menu.label', { name: '' }) });
  await menu.waitFor();
  assert.equal(await frame.getByRole('link', { name: say('nav.admin') }).count(), 0);
  const kept = await frame.locator('body').evaluate(({ ownerDocument }) => {
    ownerDocument.cookie = 'plain=1; Secure; SameSite=None';
    ownerDocument.cookie = 'partitioned=1; Secure; SameSite=None; Partitioned';
    return ownerDocument.cookie;
  });
  assert.equal(kept, 'partitioned=1', 'the browser keeps no other cookie of a frame');
  const cookies = await context.cookies(stage.origin);
  const session = cookies.find(({ name }) => name === '__Host-samtal-embedded');
  assert.equal(session?.sameSite, 'None');
  assert.ok(session.secure && session.httpOnly);
  assert.equal(session.partitionKey, 'https://localhost');
  assert.ok(!cookies.some(({ name }) => name === '__Host-samtal'));

  const visitor = await stage.visitor('/demo/', { ignoreHTTPSErrors: true });
  await visitor.open();
  await visitor.write('Hej från webbplatsen');
  await frame
    .getByRole('button', { name: say('offer.accept'), exact: true })
    .first()
    .click();
  await frame.getByRole('log').getByText('Hej från webbplatsen', { exact: true }).waitFor();
  await frame.getByRole('textbox', { name: say('composer.write'), exact: true }).fill('Hej från ramen');
  await frame.getByRole('textbox', { name: say('composer.write'), exact: true }).press('Enter');
  await visitor.sees('Hej från ramen');
  await page.reload();
  await menu.waitFor();

  const window = await context.newPage();
  await window.goto(`${stage.origin}/`);
  await window.getByRole('textbox', { name: say('signin.email') }).waitFor();
  await window.close();

  assert.ok(await isRefused(`${originOf(stranger)}/`), 'another origin');
  assert.ok(await isRefused(`${originOf(stranger)}/nested`), 'an allowed page in a frame of another one');
  assert.ok(await isRefused(`${originOf(crm)}/window`), 'the console under its own address');
  assert.ok(await startsNowhere(`${originOf(crm)}/window`), 'nor by a browser that lets it be framed');

  await embedIn([]);
  await page.reload();
  assert.ok(await isRefused(`${originOf(crm)}/`), 'no page any more');
  await page.close();
});
