import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openVisitorFile, sendVisitorFile } from '@samtal/contract/media';
import { readVisitorEntries, startConversation, startVisitorSession } from '@samtal/contract/widget';
import { Client } from 'pg';
import { findRunningPostgres } from '../../src/platform/postgres/index.ts';
import { request, type Answer } from '../callers.ts';
import { png, pngChunk } from '../files.ts';
import { seeded } from '../random.ts';
import { ServerProcess } from '../server-process.ts';

const rounds = 5;
const together = 3;
/** A conversation takes 100 files: all that is sent has to stay below that, however fast the machine. */
const eachSends = 6;
const betweenMs = 40;

async function ownersQuery(server: ServerProcess, text: string): Promise<Record<string, string>[]> {
  const connection = await findRunningPostgres(server.dataDir);
  assert.ok(connection);
  const client = new Client({ ...connection, options: '-c search_path=samtal' });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(text);
  await client.end();
  return rows;
}

it(
  'attack 66: a server killed while files arrive loses none that it acknowledged, and shows none that is not there',
  { timeout: 240_000 },
  async (t) => {
    const random = seeded(t);
    const server = await ServerProcess.start();
    t.after(async () => await server.remove());
    const [account] = (await server.firstRun()).accounts;
    assert.ok(account);
    const settings = '{"media.visitors-may-send": true}';
    await ownersQuery(
      server,
      `insert into installation_settings_version (version, body) select coalesce(max(version), 0) + 1, '${settings}' from installation_settings_version`,
    );
    const { siteKey } = account;
    const headers: Record<string, string> = { origin: server.url.origin };
    const session = await request(server.url, startVisitorSession, { params: { siteKey }, headers });
    headers['authorization'] = `Bearer ${(session.body as { token: string }).token}`;
    const begun = { params: { siteKey }, headers, body: { cid: randomUUID(), text: 'Hello' } };
    assert.equal((await request(server.url, startConversation, begun)).status, 201);

    const contents = new Map<string, Buffer>();
    const acknowledged = new Set<string>();
    const send = async (cid: string): Promise<Answer<unknown>> => {
      const content = contents.get(cid) ?? png({ extra: [pngChunk('iCCP', randomBytes(200_000))] });
      contents.set(cid, content);
      const file = { name: `${cid}.png`, content };
      const answer = await request(server.url, sendVisitorFile, { params: { siteKey, cid }, headers, file });
      if (answer.status === 201) acknowledged.add(cid);
      return answer;
    };
    for (let round = 0; round < rounds; round += 1) {
      let alive = true;
      const senders = Array.from({ length: together }, async () => {
        for (let sent = 0; alive && sent < eachSends; sent += 1) {
          await send(randomUUID()).catch(() => undefined);
          await sleep(betweenMs);
        }
      });
      await sleep(300 + random.below(700));
      await server.kill();
      alive = false;
      await Promise.all(senders);
      server.run();
      await server.ready();
    }
    // Whoever did not hear sends again.
    for (const cid of contents.keys())
      if (!acknowledged.has(cid)) assert.equal((await send(cid)).status, 201);

    const page = await request(server.url, readVisitorEntries, {
      params: { siteKey },
      query: { limit: 500 },
      headers,
    });
    const { entries } = page.body as { entries: { kind: string; cid: string; body: { mediaId: string } }[] };
    const files = entries.filter(({ kind }) => kind === 'file');
    t.diagnostic(`${files.length} files, ${rounds} kills`);
    assert.deepEqual(files.map(({ cid }) => cid).toSorted(), [...contents.keys()].toSorted());
    for (const { cid, body } of files) {
      const params = { siteKey, mediaId: body.mediaId };
      const { bytes } = await request(server.url, openVisitorFile, { params, headers });
      assert.ok(contents.get(cid)?.equals(bytes), 'each is there, whole');
    }
    const rows = await ownersQuery(server, 'select id from media');
    const stored = await readdir(join(server.dataDir, 'media', account.id));
    assert.equal(rows.length, files.length);
    assert.ok(
      rows.every(({ id }) => stored.includes(id ?? '')),
      'no row without content',
    );
  },
);
