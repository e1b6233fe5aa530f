import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { createSite, listSites } from '@samtal/contract/sites';
import type { Locator } from 'playwright-core';
import { TicketSigner } from '../server/test/tickets.ts';
import type { Samtal } from '../widget/src/frame.ts';
import { Api } from './api.ts';
import { CustomerSite } from './customer-site.ts';
import type { Colleague, Visitor } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';
import { tracesOn, watchTraces, type Traces } from './traces.ts';

let stage: Stage;
let sara: Colleague;
let customer: CustomerSite;
let stranger: CustomerSite;
let siteKey: string;
before(async () => {
  stage = await Stage.open();
  customer = await CustomerSite.start();
  stranger = await CustomerSite.start();
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const [demo] = (await api.call(listSites, { params })).items;
  const body = { name: 'Kunden', origins: [customer.origin], queueId: demo?.queueId ?? '', locale: 'sv' };
  ({ siteKey } = await api.call(createSite, { params, body }));
  sara = await stage.signIn('sara');
});
afterEach(async (t) => {
  await stage?.clear(t as FinishedTest);
  assert.deepEqual([...customer.cookies, ...stranger.cookies], [], 'No request carried a cookie');
});
after(async () => {
  await customer?.stop();
  await stranger?.stop();
  await stage?.close();
});

/** What the strictest customers send: nothing but our host for scripts and connections, and their own style sheets. */
function strictHeaders(): Record<string, string> {
  const socketHost = stage.origin.replace(/^http/, 'ws');
  const policy = [
    "default-src 'none'",
    `script-src ${stage.origin}`,
    `connect-src ${stage.origin} ${socketHost}`,
    "style-src 'self'",
  ];
  return { 'content-security-policy': policy.join('; '), 'referrer-policy': 'no-referrer' };
}

function pageWith({ lang = 'sv', head = '', body = '' } = {}): string {
  const snippet = `<script async src="${stage.origin}/widget.js" data-site="${siteKey}"></script>`;
  return `<!doctype html><html lang="${lang}"><head><title>Kunden</title>${head}</head><body><h1>Kunden</h1><p>Text</p>${body}${snippet}</body></html>`;
}

/** Rules that real pages have, and some that only a foe would write. */
const hostileRules = `
  * { box-sizing: content-box !important; letter-spacing: 9px !important; text-transform: uppercase !important; line-height: 4 !important; }
  html { font-size: 31px; transform: scale(0.5); filter: blur(1px); }
  body { overflow: hidden; opacity: 0.2; pointer-events: none; }
  body > * { display: none !important; visibility: hidden !important; opacity: 0 !important; position: static !important;
    transform: translateX(-9999px) !important; pointer-events: none !important; z-index: -1 !important; inset: auto !important; }
  div, button, textarea, section, p, [popover] { all: unset !important; display: none !important; color: transparent !important; }
  *:focus { outline: none !important; }
`;

async function visit(
  url: URL,
  { locale = 'sv', open = true }: { locale?: string; open?: boolean } = {},
): Promise<Visitor> {
  const visitor = await stage.visitor('/demo/kontakt', { locale });
  await watchTraces(visitor.page);
  await visitor.page.goto(url.href);
  if (open) await visitor.open();
  return visitor;
}

test('the widget works on another origin under a strict policy, without referrer, cookies or globals', async () => {
  const visitor = await visit(customer.serve('/strict', { html: pageWith(), headers: strictHeaders() }));
  const talk = new Talk(stage, visitor, sara);
  await talk.visitorWrites('Fungerar det här också?');
  await sara.accept();
  await visitor.sees(await talk.agentWrites('Ja.'));
  await visitor.reload();
  await talk.visitorWrites('Och efteråt med?');
  await talk.assertWhole();

  const traces = await tracesOn(visitor.page);
  assert.deepEqual(traces.violations, [], 'Nothing the widget does is against the policy');
  assert.deepEqual(traces.globals, ['Samtal']);
  assert.deepEqual(await visitor.context.cookies(), []);
});

test('a page whose policy forbids our host gets no widget, which shows that violations are seen', async () => {
  const headers = { 'content-security-policy': "default-src 'none'" };
  const visitor = await visit(customer.serve('/forbidden', { html: pageWith(), headers }), { open: false });
  assert.deepEqual((await tracesOn(visitor.page)).violations, [`script-src-elem ${stage.origin}/widget.js`]);
});

/** Where things are once they have stopped moving: the panel opens with a movement. */
async function restingPlaces(parts: readonly Locator[]) {
  let before = '';
  for (;;) {
    const boxes = await Promise.all(parts.map(async (part) => await part.boundingBox()));
    if (JSON.stringify(boxes) === before) return boxes;
    before = JSON.stringify(boxes);
    await sleep(200);
  }
}

test('the page’s own style sheet neither hides nor distorts the widget', async () => {
  customer.serve('/hostile.css', { html: hostileRules });
  const head = '<link rel="stylesheet" href="/hostile.css">';
  const calm = await visit(customer.serve('/calm', { html: pageWith(), headers: strictHeaders() }));
  const foul = await visit(customer.serve('/foul', { html: pageWith({ head }), headers: strictHeaders() }));
  assert.equal(
    await foul.page.getByRole('heading', { name: 'Kunden' }).count(),
    0,
    'The page itself is ruined',
  );
  const shapes = [];
  for (const visitor of [calm, foul]) {
    const { launcher, panel, composer } = visitor;
    const parts = [
      launcher,
      panel,
      panel.getByRole('heading').first(),
      composer,
      visitor.button('composer.send'),
    ];
    shapes.push(await restingPlaces(parts));
    await visitor.delivers('[hostile-01] Syns jag?');
  }
  assert.deepEqual(shapes[1], shapes[0], 'Everything is where it is on a calm page, and as large');
  const looks = await Promise.all(
    [calm, foul].map(
      async ({ composer }) =>
        await composer.evaluate((field) => {
          const { color, fontSize, letterSpacing, textTransform, opacity, visibility } =
            getComputedStyle(field);
          return { color, fontSize, letterSpacing, textTransform, opacity, visibility };
        }),
    ),
  );
  assert.deepEqual(looks[1], looks[0]);
});

test('Samtal.remove() leaves no trace', async () => {
  const url = customer.serve('/removed', { html: pageWith(), headers: strictHeaders() });
  const visitor = await visit(url);
  const talk = new Talk(stage, visitor, sara);
  await talk.visitorWrites('Nu tas jag snart bort.');
  await sara.accept();
  await visitor.sees(await talk.agentWrites('Ja.'));
  const before = await tracesOn(visitor.page);
  assert.notDeepEqual(before, nothing, 'There is something to remove');
  for (const part of ['listeners', 'sockets', 'localStorage', 'timers'] as const) {
    assert.ok(before[part].length > 0, `The widget uses ${part}, or this test looks in the wrong place`);
  }
  assert.ok(before.observers > 0);

  await visitor.page.evaluate(() => (window as { Samtal?: Samtal }).Samtal?.remove({ forget: true }));
  const left = await settledTraces(visitor, (traces) => JSON.stringify(traces) === JSON.stringify(nothing));
  assert.deepEqual(left, nothing);
  assert.deepEqual(await visitor.context.cookies(), []);

  const unscripted = await stage.visitor(url, { javaScriptEnabled: false });
  assert.equal(
    await visitor.page.content(),
    await unscripted.page.content(),
    'The document is as it was served',
  );
});

const nothing: Traces = {
  globals: [],
  listeners: [],
  timers: [],
  observers: 0,
  sockets: [],
  localStorage: [],
  sessionStorage: [],
  styleSheets: 0,
  violations: [],
  databases: [],
};

/** What is left once the last timers have run out. */
async function settledTraces(visitor: Visitor, isSettled: (traces: Traces) => boolean): Promise<Traces> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const traces = await tracesOn(visitor.page);
    if (isSettled(traces) || Date.now() > deadline) return traces;
    await sleep(100);
  }
}

test('an origin that the site does not allow gets no widget, and is refused by hand too', async () => {
  const url = stranger.serve('/', { html: pageWith() });
  const visitor = await stage.visitor('/demo/kontakt');
  const warned = visitor.page.waitForEvent('console', (message) => message.text().includes('Samtal'));
  await visitor.page.goto(url.href);
  assert.match((await warned).text(), /not available/);
  assert.equal(await visitor.launcher.count(), 0);

  const tries = await visitor.page.evaluate(
    async ({ origin, key }) => {
      const asked = await fetch(`${origin}/api/v1/widget/${key}/session`, { method: 'POST' }).then(
        ({ status }) => `answered with ${status}`,
        () => 'unreadable',
      );
      const address = `${origin.replace('http', 'ws')}/api/v1/realtime/visitor?site=${key}`;
      const connected = await new Promise((resolve) => {
        const socket = new WebSocket(address);
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('error', () => resolve('refused'));
      });
      return { asked, connected };
    },
    { origin: stage.origin, key: siteKey },
  );
  assert.deepEqual(tries, { asked: 'unreadable', connected: 'refused' });
  const answer = await fetch(`${stage.origin}/api/v1/widget/${siteKey}/session`, {
    method: 'POST',
    headers: { origin: stranger.origin },
  });
  assert.deepEqual(
    [answer.status, ((await answer.json()) as { code: string }).code],
    [403, 'request.origin'],
  );
});

test('a page in a language that is written from right to left gets the widget that way', async () => {
  const url = customer.serve('/rtl', {
    html: pageWith({ lang: 'ar', body: '<p dir="rtl">نص</p>' }),
    headers: strictHeaders(),
  });
  const visitor = await visit(url, { locale: 'ar' });
  const { width = 0 } = visitor.page.viewportSize() ?? {};
  const launcher = await visitor.launcher.boundingBox();
  const panel = await visitor.panel.boundingBox();
  assert.ok(launcher !== null && launcher.x < width / 2, 'The launcher is on the left');
  assert.ok(panel !== null && panel.x < width / 2, 'The panel is on the left');
  await visitor.write('[rtl-01] متى يأتي جامع القمامة؟');
  await sara.accept();
  await sara.sees('[rtl-01] متى يأتي جامع القمامة؟');
  await sara.write('[sara-01] On Thursday, مرحبا');
  await visitor.sees('[sara-01] On Thursday, مرحبا');
  const send = await visitor.button('composer.send').boundingBox();
  const field = await visitor.composer.boundingBox();
  assert.ok(send !== null && field !== null && send.x < field.x, 'The button to send is left of the field');
});

test('a site vouches for its visitor by tickets, over pages and tabs, and the agent sees what is verified', async () => {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const { version } = await api.call(getSettings, { params });
  const attribute = { purpose: 'To find the contract', category: 'customer', indexed: false } as const;
  const declared = [
    { ...attribute, key: 'customer', label: 'Customer number', holds: 'identifier', claim: 'sub' } as const,
    { ...attribute, key: 'errand', label: 'Errand' },
  ];
  const set = { 'visitors.attributes': declared };
  await api.call(changeSettings, { params, body: { channelId: null, version, set, unset: [], reason: '' } });

  await sara.reload();
  const signer = new TicketSigner();
  const ingrid = await stage.signIn('ingrid');
  await ingrid.page.goto(`${stage.origin}/admin/sites`);
  await ingrid.page.getByRole('link', { name: ingrid.say('tickets.title-of', { name: 'Kunden' }) }).click();
  await ingrid.button('tickets.add').first().click();
  const dialog = ingrid.dialog('tickets.add');
  const field = dialog.getByRole('textbox', { name: ingrid.say('tickets.key') });
  await field.fill(signer.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  await ingrid.button('save', dialog).click();
  await dialog
    .getByRole('alert')
    .filter({ hasText: ingrid.say('problem.tickets.key-private') })
    .waitFor();
  await field.fill(signer.jwks);
  await ingrid.button('save', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
  await ingrid.page.getByText(signer.kid, { exact: true }).waitFor();
  await ingrid.page.getByText(`kid: '${signer.kid}'`).waitFor();

  let signedInAs: string | null = 'K-20931';
  const begins = 'Samtal.authenticate(async (challenge) => await ticket(challenge))';
  const visitor = await stage.visitor(customer.serve('/mine', { html: pageWith() }));
  await visitor.context.exposeFunction('ticket', async (nonce: string) => {
    if (signedInAs === null) throw new Error('not signed in');
    return await signer.sign(siteKey, { sub: signedInAs, nonce, origin: customer.origin });
  });
  await visitor.context.addInitScript(`addEventListener('samtal:ready', () => ${begins})`);
  await visitor.reload();
  await visitor.page.evaluate("Samtal.identify({ customer: 'K-1', errand: 'Invoice' })");
  await visitor.open();
  await visitor.write('Hej, det är jag');
  await sara.accept();
  await sara.page.getByText('K-20931', { exact: true }).waitFor();
  await sara.page.getByText('Invoice', { exact: true }).waitFor();
  assert.equal(await sara.page.getByText(sara.say('details.value-verified'), { exact: true }).count(), 1);
  assert.equal(await sara.page.getByText(sara.say('details.value-said'), { exact: true }).count(), 1);
  assert.equal(await sara.page.getByText('K-1', { exact: true }).count(), 0);

  const tab = await visitor.context.newPage();
  await tab.goto(`${customer.origin}/mine`);
  await tab.getByRole('button', { name: visitor.say('launcher') }).click();
  await tab.getByRole('log').getByText('Hej, det är jag', { exact: true }).waitFor();
  await sara.write('Välkommen');
  await tab.getByRole('log').getByText('Välkommen', { exact: true }).waitFor();
  await visitor.sees('Välkommen');
  await visitor.write('Den här fliken lever');
  await sara.sees('Den här fliken lever');
  await tab.close();
  await visitor.reload();
  await visitor.sees('Den här fliken lever');
  await visitor.write('Och efter en ny sida');
  await sara.sees('Och efter en ny sida');

  signedInAs = null;
  await visitor.reload();
  await visitor.panel.getByText(visitor.say('problem.signIn')).waitFor();
  assert.equal(await visitor.log.getByText('Den här fliken lever').count(), 0, 'nothing is shown to nobody');
  signedInAs = 'K-4';
  await visitor.reload();
  await visitor.composer.waitFor();
  await sara.page
    .getByText(sara.say('event.resolved-visitor', { name: '' }), { exact: false })
    .first()
    .waitFor();
});
