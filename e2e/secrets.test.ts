import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, test } from 'node:test';
import { createZstdDecompress } from 'node:zlib';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import { createSite, listSites } from '@samtal/contract/sites';
import { Client, type ClientConfig } from 'pg';
import type { Page } from 'playwright-core';
import { readIdentities } from '../server/src/features/backup/index.ts';
import { openFile } from '../server/src/features/backup/sealed-file.ts';
import { findRunningPostgres } from '../server/src/platform/postgres/index.ts';
import { png } from '../server/test/files.ts';
import { cardNumber, checkpoint, randomLetters, Search, swedishId } from '../server/test/searching.ts';
import type { Samtal } from '../widget/src/frame.ts';
import { Api } from './api.ts';
import { CustomerSite } from './customer-site.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';

/** What must be nowhere afterwards. The last one is known by a rule of the account alone. */
const secrets = { card: cardNumber(), id: swedishId(), custom: `kod-${randomLetters(16)}` };
const all = Object.values(secrets).join(' ');
const rule = {
  id: 'code',
  name: 'Access codes',
  pattern: '\\bkod-[a-z]{16}\\b',
  ignoreCase: false,
  action: 'mask',
  keep: 0,
  enabled: true,
} as const;

/** What lies about in the same places by right: where it is found, a secret would have been found. */
const known = { site: `butik-${randomLetters(16)}`, said: `hejsan-${randomLetters(16)}` };

const search = new Search(Object.values(secrets));
const control = new Search([known.site]);

let stage: Stage;
let shop: CustomerSite;
let database: ClientConfig;
let siteKey: string;
before(async () => {
  stage = await Stage.open(async () => await Platform.start({ ownPostgres: true }));
  shop = await CustomerSite.start();
  const running = await findRunningPostgres(dataDir());
  database = running ?? assert.fail('no database');
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: api.accountId };
  const [demo] = (await api.call(listSites, { params })).items;
  const site = { name: known.site, origins: [shop.origin], queueId: demo?.queueId ?? '', locale: 'sv' };
  ({ siteKey } = await api.call(createSite, { params, body: site }));
  const { version } = await api.call(getSettings, { params });
  const set: SettingOverrides = {
    'masking.rules': [rule],
    'activity-log.level': 'pages',
    'media.visitors-may-send': true,
    'search.transcripts': true,
    'visitors.attributes': [
      { key: 'customer', label: 'Customer', purpose: 'Billing', category: 'customer', indexed: true },
    ],
  };
  await api.call(changeSettings, { params, body: { channelId: null, version, set, unset: [], reason: '' } });
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => {
  await shop?.stop();
  await stage?.close();
});

const dataDir = () => join(stage.platform.dataDir, 'data');

/** Everything that a page is given from now on: answers and frames. */
function watch(page: Page): string[] {
  const given: string[] = [];
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) return;
    response.text().then(
      (text) => given.push(text),
      // Of a page that has gone.
      () => undefined,
    );
  });
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => given.push(payload.toString('utf8'))),
  );
  return given;
}

/** What goes from node to node from now on. */
async function listen(): Promise<{ lines: string[]; end(): Promise<void> }> {
  const client = new Client(database);
  const lines: string[] = [];
  await client.connect();
  client.on('notification', ({ payload = '' }) => lines.push(payload));
  await client.query('listen samtal');
  return { lines, end: async () => await client.end() };
}

/** All that a backup holds, opened by whoever has its identity. */
async function opened(set: string, identityFile: string): Promise<Buffer[]> {
  const identities = await readIdentities(identityFile);
  const names = (await readdir(set)).filter((name) => name.endsWith('.sealed'));
  return await Promise.all(
    names.map(async (name) => {
      const kind = name.replace('.sealed', '') as Parameters<typeof openFile>[1]['kind'];
      const plain = Readable.from(openFile(createReadStream(join(set, name)), { kind, identities }));
      return await buffer(kind === 'database' ? plain.pipe(createZstdDecompress()) : plain);
    }),
  );
}

test('attack 70: a card, a national id and a secret of the account are nowhere, wherever they are typed', async (t) => {
  assert.ok(search.isInText(`x${secrets.custom}x`) && !search.isInText(known.site));
  const sara = await stage.signIn('sara');
  const toSara = watch(sara.page);
  await sara.reload();
  const nodes = await listen();
  t.after(async () => await nodes.end());

  const html =
    `<!doctype html><html lang="sv"><head><title>${all}</title></head><body>` +
    `<script async src="${stage.origin}/widget.js" data-site="${siteKey}"></script></body></html>`;
  const query = new URLSearchParams({ all }).toString();
  const url = shop.serve(`/konto/${secrets.custom}/${secrets.card}/${secrets.id}?${query}`, { html });
  url.hash = all;
  const visitor = await stage.visitor(url);
  const toVisitor = watch(visitor.page);
  await visitor.page.evaluate(
    (value) => (window as { Samtal?: Samtal }).Samtal?.identify({ customer: value }),
    all,
  );
  await visitor.open();
  await visitor.composer.pressSequentially(`first ${known.said} ${all}`);
  await visitor.composer.press('Enter');
  await sara.accept();
  await sara.log.getByText(known.said).waitFor();
  await visitor.composer.pressSequentially(`then ${all}`);
  await visitor.composer.press('Enter');
  await sara.log.getByText(/^then \*/).waitFor();
  const choosing = visitor.page.waitForEvent('filechooser');
  await visitor.button('file.attach').click();
  const file = { name: `bild ${all}.png`, mimeType: 'image/png', buffer: png() };
  await (await choosing).setFiles([file]);
  await sara.log.getByRole('img', { name: /bild/ }).waitFor();
  await sara.composer.fill(`answer ${all}`);
  await sara.composer.press('Enter');
  await visitor.log.getByText(/^answer \*/).waitFor();
  await sara.page.getByText(sara.say('composer.note'), { exact: true }).click();
  const note = sara.page.getByRole('textbox', { name: sara.say('composer.write-note') });
  await note.fill(`note ${all}`);
  await note.press('Enter');
  await sara.log.getByText(/^note \*/).waitFor();
  // Everything is there again for whoever loads it, and the agent is shown the profile.
  await sara.reload();
  await sara.log.getByText(/^note \*/).waitFor();

  for (const given of [toSara, toVisitor]) {
    assert.ok(given.some((text) => text.includes(known.said)));
    assert.ok(!given.some((text) => search.isInText(text)), 'in nothing that the browsers were given');
  }
  assert.ok(nodes.lines.some((line) => line.includes(sara.conversationId)));
  assert.ok(!nodes.lines.some((line) => search.isInText(line)), 'in no message between nodes');
  await nodes.end();

  const activity = await stage.platform.command('activity-log', 'read', '--reason', 'To look for a secret');
  assert.match(JSON.stringify(activity), /"\/konto\/\*/);
  assert.ok(!search.isInText(JSON.stringify(activity)), 'not in what the activity log says, decrypted');

  const backup = (await stage.platform.command('backup')) as { path: string; identityFile: string };
  const contents = await opened(backup.path, backup.identityFile);
  assert.ok(contents.some((content) => control.isIn(content)));
  assert.ok(!contents.some((content) => search.isIn(content)), 'in no backup, opened');

  await checkpoint(database);
  assert.ok((await control.rows(database)).tables.includes('samtal.site'));
  assert.deepEqual((await search.rows(database)).tables, [], 'in no row');
  await visitor.leave();
  await stage.platform.stop();
  assert.ok(stage.platform.log.includes('"route":"/api/v1/widget/:siteKey/conversation"'));
  assert.ok(!search.isInText(stage.platform.log), 'in no line of the log');
  assert.notDeepEqual((await control.files(dataDir())).files, []);
  assert.deepEqual((await search.files(dataDir())).files, [], 'in no file');
});
