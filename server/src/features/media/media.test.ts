import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readEntries, takeConversation } from '@samtal/contract/conversations';
import {
  createFileLink,
  getFileRules,
  openFile,
  openFileLink,
  openVisitorFile,
  sendFile,
  sendVisitorFile,
  type SentFile,
} from '@samtal/contract/media';
import { startConversation, readVisitorEntries, endConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  request,
  type Answer,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { docxParts, pdf, png, pngChunk, zip } from '../../../test/files.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { eventually } from '../../../test/socket.ts';
import { startStandInClamd, virus } from '../../../test/stand-in-clamd.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { sweepMedia } from './sweep-media.ts';
import { diskStore, eraseMediaOfConversations, listMediaOfConversation, openListedFile } from './index.ts';

interface Talk {
  readonly account: TestAccount;
  readonly visitor: VisitorClient;
  readonly agent: Person;
  readonly conversationId: string;
}

const everything = {
  'media.visitors-may-send': true,
  'media.agents-may-send': true,
  'media.max-size-megabytes': 1,
} as const;

describe('files in conversations', () => {
  let db: TestDatabase;
  let node: TestNode;
  const log = keptLog();
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: log.log });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  /** A visitor and an agent in a conversation, where both may send files unless it is said otherwise. */
  async function talk(
    at: TestNode = node,
    settings: Parameters<typeof setSettings>[2] = everything,
  ): Promise<Talk> {
    const account = await makeAccount(db, { origin: at.url.origin });
    await setSettings(db, account.id, settings);
    const visitor = await makeVisitor(db, account, at.url);
    const agent = await makePerson(db, account, { url: at.url, roles: ['agent'] });
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await agent.call(takeConversation, { params: { accountId: account.id, conversationId: id } });
    return { account, visitor, agent, conversationId: id };
  }

  const visitorSends = async (
    { visitor, account }: Pick<Talk, 'visitor' | 'account'>,
    name: string,
    content: Buffer,
    cid: string = randomUUID(),
  ) =>
    await visitor.try(sendVisitorFile, {
      params: { siteKey: account.siteKey, cid },
      file: { name, content },
    });
  const agentSends = async ({ agent, account, conversationId }: Talk, name: string, content: Buffer) =>
    await agent.try(sendFile, {
      params: { accountId: account.id, conversationId, cid: randomUUID() },
      file: { name, content },
    } as never);
  const filesOf = async ({ visitor }: Pick<Talk, 'visitor'>): Promise<SentFile[]> =>
    (await visitor.call(readVisitorEntries)).entries.flatMap((entry) =>
      entry.kind === 'file' ? [entry.body] : [],
    );
  async function onlyFileOf(here: Pick<Talk, 'visitor'>): Promise<SentFile> {
    const [file, ...others] = await filesOf(here);
    assert.equal(others.length, 0);
    assert.ok(file);
    return file;
  }
  const visitorOpens = async ({ visitor, account }: Talk, mediaId: string) =>
    await visitor.try(openVisitorFile, { params: { siteKey: account.siteKey, mediaId } });
  const agentOpens = async ({ agent, account }: Talk, mediaId: string) =>
    await agent.try(openFile, { params: { accountId: account.id, mediaId } });
  const stored = async ({ account }: Pick<Talk, 'account'>) =>
    await readdir(join(db.mediaDirectory, account.id)).catch((): string[] => []);
  function refusedWith({ status, body }: Answer<unknown>, code: string): void {
    assert.equal((body as { code: string } | null)?.code, code, `${status}`);
  }
  const later = () => new Date(Date.now() + 60_000);

  it('are sent by either side, stand in the log, and are opened by the other one', async () => {
    const here = await talk();
    const [picture, document] = [png({ width: 300, height: 200 }), pdf('An answer')];
    assert.equal((await visitorSends(here, 'Min bild.PNG', picture)).status, 201);
    assert.equal((await agentSends(here, 'beslut.pdf', document)).status, 201);
    const [sent, answered] = await filesOf(here);
    assert.ok(sent && answered);
    assert.deepEqual(
      [sent, answered].map(({ name, type, sizeBytes }) => ({ name, type, sizeBytes })),
      [
        { name: 'Min bild.png', type: 'png', sizeBytes: picture.length },
        { name: 'beslut.pdf', type: 'pdf', sizeBytes: document.length },
      ],
    );
    for (const open of [visitorOpens, agentOpens]) {
      assert.ok((await open(here, sent.mediaId)).bytes.equals(picture));
      assert.ok((await open(here, answered.mediaId)).bytes.equals(document));
    }
  });

  it('attack 60: come down to be saved, never to be shown in place, and are kept nowhere on the way', async () => {
    const here = await talk();
    await visitorSends(here, 'Å "kvitto"; 50%.png', png());
    const { mediaId } = await onlyFileOf(here);
    for (const { headers } of [await visitorOpens(here, mediaId), await agentOpens(here, mediaId)]) {
      assert.equal(headers.get('content-type'), 'image/png');
      assert.equal(
        headers.get('content-disposition'),
        `attachment; filename="_ _kvitto_; 50_.png"; filename*=UTF-8''%C3%85%20_kvitto_%3B%2050%25.png`,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
      assert.equal(headers.get('cache-control'), 'no-store');
    }
  });

  it('are refused where the account does not say that this side may send them, and that is how it begins', async () => {
    const none = await talk(node, {});
    refusedWith(await visitorSends(none, 'a.png', png()), 'media.not-allowed');
    refusedWith(await agentSends(none, 'a.png', png()), 'media.not-allowed');
    const visitors = await talk(node, { 'media.visitors-may-send': true });
    assert.equal((await visitorSends(visitors, 'a.png', png())).status, 201);
    refusedWith(await agentSends(visitors, 'a.png', png()), 'media.not-allowed');
    const rules = async ({ agent, account, conversationId }: Talk) =>
      await agent.call(getFileRules, { params: { accountId: account.id, conversationId } });
    assert.equal((await rules(visitors)).send, null);
    assert.deepEqual((await rules(await talk())).send?.types, ['jpeg', 'png', 'webp', 'pdf']);
  });

  it('follow what the channel says over what the account says', async () => {
    const here = await talk();
    await setSettings(db, here.account.id, { 'media.visitor-types': ['pdf'] }, here.account.siteId);
    refusedWith(await visitorSends(here, 'a.png', png()), 'media.type-not-allowed');
    assert.equal((await visitorSends(here, 'a.pdf', pdf())).status, 201);
    assert.equal((await agentSends(here, 'a.png', png())).status, 201);
  });

  it('of a type that is not permitted, of none, or of another than the name says are refused, and nothing is left', async () => {
    const here = await talk();
    for (const name of ['a.svg', 'a.html', 'a.png.exe', 'a', '.png', 'a.docx', 'a.txt']) {
      const code = name === '.png' ? 'media.content-mismatch' : 'media.type-not-allowed';
      refusedWith(await visitorSends(here, name, Buffer.from('<svg onload="alert(1)">')), code);
    }
    refusedWith(await visitorSends(here, 'a.png', pdf()), 'media.content-mismatch');
    refusedWith(await visitorSends(here, 'a.jpg', png()), 'media.content-mismatch');
    refusedWith(await visitorSends(here, 'a.pdf', Buffer.from('<html>')), 'media.content-mismatch');
    refusedWith(await visitorSends(here, 'a.png', Buffer.alloc(0)), 'media.empty');
    refusedWith(
      await visitorSends(here, 'a.png', png({ declared: { width: 50_000, height: 50_000 } })),
      'media.image-too-large',
    );
    await setSettings(db, here.account.id, { 'media.visitor-types': ['docx', 'text'] });
    refusedWith(await visitorSends(here, 'a.txt', Buffer.from('<script>')), 'media.content-mismatch');
    refusedWith(
      await visitorSends(here, 'a.docx', zip([...docxParts, { name: 'word/vbaProject.bin' }])),
      'media.content-unsafe',
    );
    assert.deepEqual(await filesOf(here), []);
    assert.deepEqual(await stored(here), []);
  });

  it('attack 70: have their names masked like everything that people write', async () => {
    const here = await talk();
    await visitorSends(here, 'kort 4111 1111 1111 1111.png', png());
    const { name } = await onlyFileOf(here);
    assert.match(name, /^kort .*1111\.png$/);
    assert.doesNotMatch(name, /4111/);
  });

  it('attack 60: do not tell where a picture was taken', async () => {
    const here = await talk();
    const told = png({ extra: [pngChunk('eXIf', Buffer.from('GPS 59.3293 N'))] });
    await visitorSends(here, 'a.png', told);
    const { mediaId, sizeBytes } = await onlyFileOf(here);
    const { bytes } = await agentOpens(here, mediaId);
    assert.ok(bytes.equals(png()));
    assert.equal(sizeBytes, bytes.length);
  });

  it('are cut off at the size that may be, whatever was announced, and the client is told why', async () => {
    const here = await talk();
    const large = Buffer.concat([pdf(), randomBytes(1024 * 1024)]);
    refusedWith(await visitorSends(here, 'a.pdf', large), 'media.too-large');
    // Without a length: in pieces, as long as it goes.
    const { url } = node;
    const pieces = async function* () {
      for (let count = 0; count < 40; count += 1) yield Buffer.concat([pdf(), Buffer.alloc(64 * 1024, 0x20)]);
    };
    const path = `/api/v1/widget/${here.account.siteKey}/conversation/files/${randomUUID()}`;
    const answer = await fetch(new URL(path, url), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${here.visitor.token}`,
        origin: here.account.origin,
        'content-type': 'application/octet-stream',
        'x-file-name': 'a.pdf',
      },
      body: ReadableStream.from(pieces()),
      duplex: 'half',
    });
    assert.equal(answer.status, 413);
    assert.equal(((await answer.json()) as { code: string }).code, 'media.too-large');
    assert.deepEqual(await stored(here), []);
  });

  it('attack 66: whose upload is broken off leave nothing behind', async () => {
    const here = await talk();
    const content = png({ width: 800, height: 800, extra: [pngChunk('iCCP', randomBytes(300_000))] });
    const { hostname, port } = node.url;
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT /api/v1/widget/${here.account.siteKey}/conversation/files/${randomUUID()} HTTP/1.1\r\nhost: ${node.url.host}\r\n` +
        `authorization: Bearer ${here.visitor.token}\r\norigin: ${here.account.origin}\r\nx-file-name: a.png\r\n` +
        `content-type: application/octet-stream\r\ncontent-length: ${content.length}\r\n\r\n`,
    );
    socket.write(content.subarray(0, 200_000));
    await eventually(async () => (await stored(here)).join().endsWith('.part'), 'the upload has begun');
    socket.destroy();
    await eventually(async () => (await stored(here)).length === 0, 'nothing is left');
    assert.deepEqual(await filesOf(here), []);
  });

  it('sent twice with the same id stand in the log once, and are kept once', async () => {
    const here = await talk();
    const cid = randomUUID();
    const [first, second] = await Promise.all([
      visitorSends(here, 'a.png', png(), cid),
      visitorSends(here, 'a.png', png(), cid),
    ]);
    const third = await visitorSends(here, 'a.png', png(), cid);
    const seqs = [first, second, third].map(({ body }) => (body as { seq: number }).seq);
    assert.equal(new Set(seqs).size, 1);
    const { mediaId } = await onlyFileOf(here);
    assert.deepEqual(await stored(here), [mediaId]);
  });

  it('attack 61: open for nobody else: other visitors, other accounts, other agents, nobody signed in', async () => {
    const here = await talk();
    const other = await talk();
    await visitorSends(here, 'a.png', png());
    const { mediaId } = await onlyFileOf(here);
    const neighbour = await makeVisitor(db, here.account, node.url);
    const colleague = await makePerson(db, here.account, {
      url: node.url,
      roles: ['agent', 'administrator'],
    });
    const params = { accountId: here.account.id, mediaId };
    refusedWith(await visitorOpens({ ...here, visitor: neighbour }, mediaId), 'not-found');
    refusedWith(await visitorOpens(other, mediaId), 'not-found');
    refusedWith(await agentOpens({ ...here, agent: colleague }, mediaId), 'not-found');
    refusedWith(await agentOpens(other, mediaId), 'not-found');
    refusedWith(await other.agent.try(openFile, { params }), 'not-found');
    refusedWith(await request(node.url, openFile, { params }), 'signin.required');
    const reader = await makePerson(db, here.account, { url: node.url, roles: ['supervisor'] });
    assert.equal((await agentOpens({ ...here, agent: reader }, mediaId)).status, 200);
    await db.asOwner("update visitor_session set expires_at = now() - interval '1 second' where id = $1", [
      here.visitor.visitorId,
    ]);
    refusedWith(await visitorOpens(here, mediaId), 'visitors.session-ended');
  });

  it('are sent by the agent who has the conversation alone, and by nobody once it is resolved', async () => {
    const here = await talk();
    const colleague = await makePerson(db, here.account, { url: node.url, roles: ['supervisor'] });
    refusedWith(await agentSends({ ...here, agent: colleague }, 'a.png', png()), 'conversations.not-yours');
    const newcomer = { ...here, visitor: await makeVisitor(db, here.account, node.url) };
    refusedWith(await visitorSends(newcomer, 'a.png', png()), 'not-found');
    await here.visitor.call(endConversation, {});
    refusedWith(await agentSends(here, 'a.png', png()), 'conversations.closed');
    refusedWith(await visitorSends(here, 'a.png', png()), 'conversations.closed');
  });

  it('attack 61: open by a link only while the account lets them, the link is whole, and its time has not passed', async (t) => {
    const here = await talk();
    await visitorSends(here, 'a.png', png());
    const { mediaId } = await onlyFileOf(here);
    const params = { accountId: here.account.id, mediaId };
    refusedWith(await here.agent.try(createFileLink, { params }), 'media.access-enforced');
    await setSettings(db, here.account.id, { 'media.access-enforced': false, 'media.link-hours': 1 });
    const { url, expiresAt } = await here.agent.call(createFileLink, { params });
    const open = async (link: string) => await request(node.url, openFileLink, { params: { token: link } });
    const token = url.slice(url.lastIndexOf('/') + 1);
    assert.ok(url.startsWith(`${node.url.origin}/api/v1/file-links/`));
    const opened = await open(token);
    assert.ok(opened.bytes.equals(png()));
    assert.match(opened.headers.get('content-disposition') ?? '', /^attachment/);
    for (let index = 0; index < token.length - 1; index += 7) {
      const letter = token[index] === 'A' ? 'B' : 'A';
      refusedWith(await open(token.slice(0, index) + letter + token.slice(index + 1)), 'not-found');
    }
    const otherAgent = (await talk()).agent;
    refusedWith(await otherAgent.try(createFileLink, { params }), 'not-found');
    t.mock.timers.enable({ apis: ['Date'], now: Date.parse(expiresAt) });
    refusedWith(await open(token), 'not-found');
    t.mock.timers.reset();
    await setSettings(db, here.account.id, { 'media.access-enforced': true });
    refusedWith(await open(token), 'not-found');
  });

  it('lie on the disk as ciphertext, and their names nowhere in clear; a changed or shortened file is not given out', async () => {
    const here = await talk();
    const marker = `marker-${randomBytes(8).toString('hex')}`;
    await visitorSends(here, `${marker}.pdf`, pdf(marker.repeat(6000)));
    const { mediaId } = await onlyFileOf(here);
    const path = join(db.mediaDirectory, here.account.id, mediaId);
    const bytes = await readFile(path);
    assert.ok(!bytes.includes(marker) && !bytes.includes('%PDF'));
    assert.equal((await stat(path)).mode & 0o077, 0);
    const { rows } = await db.asOwner<{ text: string }>(
      'select media::text as text from media where id = $1',
      [mediaId],
    );
    assert.ok(
      !rows[0]?.text.includes(marker) && !rows[0]?.text.includes(Buffer.from(marker).toString('hex')),
    );
    assert.ok(!log.lines.some((line) => line.includes(marker)));
    bytes.writeUInt8(bytes.readUInt8(50) ^ 1, 50);
    await writeFile(path, bytes);
    assert.equal((await agentOpens(here, mediaId)).status, 500);
    bytes.writeUInt8(bytes.readUInt8(50) ^ 1, 50);
    await writeFile(path, bytes);
    await truncate(path, 9 + 2 * 65_552);
    await assert.rejects(agentOpens(here, mediaId), 'what is cut off is never taken for whole');
    await truncate(path, 9 + 65_552);
    assert.equal((await agentOpens(here, mediaId)).status, 500);
  });

  it('cannot be opened once the key of their conversation is destroyed, nor from a row that was moved', async () => {
    const [here, other] = [await talk(), await talk()];
    await visitorSends(here, 'a.png', png());
    const { mediaId } = await onlyFileOf(here);
    const second = await startTestNode(db);
    const agent = here.agent.at(second.url);
    await db.asOwner('update media set id = $2 where id = $1', [mediaId, other.conversationId]);
    assert.equal((await agentOpens({ ...here, agent }, other.conversationId)).status, 500);
    await db.asOwner('update media set id = $2 where id = $1', [other.conversationId, mediaId]);
    await second.stop();
    const third = await startTestNode(db);
    await db.asOwner('delete from conversation_key where conversation_id = $1', [here.conversationId]);
    refusedWith(await agentOpens({ ...here, agent: here.agent.at(third.url) }, mediaId), 'not-found');
    await third.stop();
  });

  it('are erased with their conversation: rows at once, contents after the commit', async () => {
    const here = await talk();
    await visitorSends(here, 'a.png', png());
    await agentSends(here, 'b.pdf', pdf());
    const store = diskStore(db.mediaDirectory);
    const where = { account: here.account.id, conversationId: here.conversationId };
    const keys = new ConversationKeys(db.keyring);
    const listed = await db.database.read(
      where.account,
      async (tx) => await listMediaOfConversation(tx, keys, where),
    );
    assert.deepEqual(
      listed.map(({ name }) => name),
      ['a.png', 'b.pdf'],
    );
    const [first] = listed;
    assert.ok(first);
    const { content } = await openListedFile(
      { database: db.database, keys, store },
      where.account,
      first.mediaId,
    );
    assert.ok(Buffer.concat(await Array.fromAsync(content)).equals(png()));
    const erase = async (fail: boolean) =>
      await db.database.transaction(where.account, async (tx) => {
        assert.equal(
          await eraseMediaOfConversations(
            tx,
            { store, log: log.log },
            { account: where.account, conversationIds: [where.conversationId] },
          ),
          2,
        );
        if (fail) throw new Error('rolled back');
      });
    await assert.rejects(erase(true));
    assert.equal((await stored(here)).length, 2);
    await erase(false);
    await eventually(async () => (await stored(here)).length === 0, 'nothing is left');
    refusedWith(await agentOpens(here, first.mediaId), 'not-found');
  });

  it('without a row are swept once they have rested, those with one stay, and unknown accounts are left alone', async () => {
    const here = await talk();
    await visitorSends(here, 'a.png', png());
    const { mediaId } = await onlyFileOf(here);
    const folder = join(db.mediaDirectory, here.account.id);
    const [orphan, young, part] = [randomUUID(), randomUUID(), `${randomUUID()}.part`];
    for (const name of [orphan, young, part]) await writeFile(join(folder, name), 'x');
    const old = new Date(Date.now() - 7_200_000);
    for (const name of [mediaId, orphan, part]) await utimes(join(folder, name), old, old);
    const store = diskStore(db.mediaDirectory);
    const stranger = { account: { ...here.account, id: randomUUID() } };
    await store.write(stranger.account.id, randomUUID(), oneOf(Buffer.from('x')));
    const hourAgo = new Date(Date.now() - 3_600_000);
    await sweepMedia({ database: db.database, store }, hourAgo);
    assert.deepEqual((await stored(here)).toSorted(), [mediaId, young].toSorted());
    await sweepMedia({ database: db.database, store }, later());
    assert.deepEqual(await stored(here), [mediaId]);
    assert.equal((await stored(stranger)).length, 1);
    await db.asOwner(
      "insert into account_deletion (account_id, state, account_name) values ($1, 'rows-deleted', 'X')",
      [stranger.account.id],
    );
    await sweepMedia({ database: db.database, store }, hourAgo);
    assert.equal((await stored(stranger)).length, 0, 'of an account that was deleted');
  });

  it('are on the audit trail when they are sent or opened: which and by whom, never their names', async () => {
    const here = await talk();
    await agentSends(here, 'hemligt.pdf', pdf());
    const { mediaId } = await onlyFileOf(here);
    await agentOpens(here, mediaId);
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where account_id = $1 union all select body from audit_entry where account_id = $1`,
      [here.account.id],
    );
    const bodies = rows.map(({ body }) => body).join('\n');
    assert.match(bodies, /conversations\.file-written/);
    assert.match(bodies, new RegExp(`media\\.opened.*${mediaId}`));
    assert.doesNotMatch(bodies, /hemligt/);
  });

  it('are held back when one person sends very many', async () => {
    const here = await talk();
    await db.asOwner(
      `insert into media (account_id, id, conversation_id, sent_by, type, size_bytes, name, wrapped_key)
       select $1, gen_random_uuid(), $2, $3, 'png', 1, '', '' from generate_series(1, 100)`,
      [here.account.id, here.conversationId, here.visitor.visitorId],
    );
    refusedWith(await visitorSends(here, 'a.png', png()), 'media.too-many');
    assert.equal((await agentSends(here, 'a.png', png())).status, 201);
  });

  it('attack 81: leave nothing behind when the scanner goes away while it looks at them', async () => {
    const here = await talk();
    const clamd = await startStandInClamd();
    const scanning = await startTestNode(db, { scanner: clamd.url });
    clamd.mood = 'silent';
    const agent = here.agent.at(scanning.url);
    const sending = agentSends({ ...here, agent }, 'a.png', png());
    await eventually(async () => (await stored(here)).join().endsWith('.part'), 'the upload has begun');
    await clamd.close();
    refusedWith(await sending, 'media.scanner-unavailable');
    assert.deepEqual(await stored(here), []);
    await scanning.stop();
  });

  it('attack 81: are kept only when the scanner has found nothing, and refused while it gives no word', async () => {
    const clamd = await startStandInClamd();
    const scanning = await startTestNode(db, { scanner: clamd.url });
    const here = await talk(scanning);
    assert.equal((await visitorSends(here, 'a.pdf', pdf())).status, 201);
    assert.ok(clamd.scanned[0]?.equals(pdf()));
    refusedWith(await visitorSends(here, 'a.pdf', pdf(virus)), 'media.infected');
    for (const mood of ['refuses-size', 'hangs-up'] as const) {
      clamd.mood = mood;
      const answer = await visitorSends(here, 'a.pdf', pdf('x'.repeat(300_000)));
      refusedWith(answer, 'media.scanner-unavailable');
      assert.equal(answer.status, 503);
    }
    clamd.mood = 'looks';
    await clamd.close();
    refusedWith(await visitorSends(here, 'a.pdf', pdf()), 'media.scanner-unavailable');
    assert.equal((await filesOf(here)).length, 1);
    assert.equal((await stored(here)).length, 1);
    await scanning.stop();
  });

  it('are scanned over a local socket, too', async () => {
    const clamd = await startStandInClamd(join(db.mediaDirectory, 'clamd.sock'));
    const scanning = await startTestNode(db, { scanner: clamd.url });
    const here = await talk(scanning);
    assert.equal((await visitorSends(here, 'a.pdf', pdf())).status, 201);
    refusedWith(await visitorSends(here, 'a.pdf', pdf(virus)), 'media.infected');
    await clamd.close();
    await scanning.stop();
  });

  it('stand in the transcript that an agent reads', async () => {
    const here = await talk();
    await visitorSends(here, 'a.png', png());
    const params = { accountId: here.account.id, conversationId: here.conversationId };
    const { entries } = await here.agent.call(readEntries, { params });
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['started', 'message', 'joined', 'file'],
    );
  });
});

async function* oneOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
