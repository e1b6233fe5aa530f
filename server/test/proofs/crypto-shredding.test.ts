import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { conversationOf } from '@samtal/contract/conversations';
import { checkOutside, readDatabaseFile } from '../../src/features/backup/check-backup.ts';
import { readIdentities } from '../../src/features/backup/index.ts';
import { caseHashOf } from '../../src/features/retention/case-hash.ts';
import { deleteConversations } from '../../src/features/retention/delete-conversations.ts';
import { embeddedAccess, openDatabase, type Database } from '../../src/platform/database/index.ts';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { unseal } from '../../src/platform/keys/ciphertext.ts';
import { keyPlace, openWrappedKey, type ConversationKeyRow } from '../../src/platform/keys/wrapped-keys.ts';
import { ConversationKeys, Keyring } from '../../src/platform/keys/index.ts';
import { findRunningPostgres } from '../../src/platform/postgres/index.ts';
import { ServerProcess } from '../server-process.ts';
import { eventually } from '../socket.ts';
import { TalkingAgent, TalkingVisitor } from '../talkers.ts';

const erasedText = `to-be-erased-${randomBytes(9).toString('hex')}`;
const keptText = `to-be-kept-${randomBytes(9).toString('hex')}`;

it(
  'attack 74: what is erased is out of reach of every older backup, and its neighbours are not',
  { timeout: 600_000 },
  async (t) => {
    const server = await ServerProcess.start();
    t.after(async () => await server.remove());
    const { accounts, users } = await server.firstRun();
    const [account] = accounts;
    const person = users.find(({ roles }) => roles.includes('agent'));
    assert.ok(account && person);

    // Converse: two cases in one bucket.
    const [doomed, neighbour] = [
      await conversing(t, server, { siteKey: account.siteKey, text: erasedText }),
      await conversing(t, server, { siteKey: account.siteKey, text: keptText }),
    ];
    const row = await withDatabase(server, async (database) => await keyRow(database, account.id, doomed.id));
    const other = await withDatabase(
      server,
      async (database) => await keyRow(database, account.id, neighbour.id),
    );
    assert.equal(row.bucket_id, other.bucket_id, 'neighbours share a bucket');
    const keyring = async () => await Keyring.open(join(server.dataDir, 'keyring'));
    const bucketKey = await (await keyring()).bucketKey(account.id, row.bucket_id, 1);
    const rawKey = unseal(bucketKey, keyPlace(account.id, doomed.id), row.wrapped);
    const oldBucketFile = join(server.dataDir, 'keyring', account.id, `${row.bucket_id}.json`);
    const { wrapped: wrappedBucketKey } = JSON.parse(await readFile(oldBucketFile, 'utf8')) as {
      wrapped: string;
    };

    // Back up, between two checkpoints of the audit trail.
    const checkpoint = async () => assert.equal((await server.command('audit', 'checkpoint')).code, 0);
    await checkpoint();
    const set = await backedUp(server);
    const identity = join(server.dataDir, 'backup-identity.txt');
    const { publicKey } = await (await keyring()).signingKey();
    await checkOutside(set, publicKey);
    const dump = await decrypted(set, await readIdentities(identity));
    assert.ok(dump.includes(row.wrapped) && dump.includes(Buffer.from(doomed.id.replaceAll('-', ''), 'hex')));
    for (const secret of [
      ...formsOf(Buffer.from(erasedText)),
      ...formsOf(Buffer.from(keptText)),
      ...formsOf(rawKey),
    ])
      assert.ok(!dump.includes(secret), 'neither a text nor a key is in the decrypted backup');

    // Erase, and rotate.
    await withDatabase(server, async (database) => {
      const keys = new ConversationKeys(await keyring());
      const caseHash = await caseHashOf(await keyring(), account.id);
      const parts = { keys, fanout: new Fanout(), caseHash };
      await database.transaction(account.id, async (tx) => {
        const conversations = await tx.sql
          .selectFrom('conversation')
          .select(['id', 'case_id', 'visitor_id'])
          .where('account_id', '=', account.id)
          .where('id', '=', doomed.id)
          .execute();
        assert.equal(conversations.length, 1);
        await deleteConversations(tx, parts, account.id, {
          conversations,
          cause: { kind: 'end-of-contract' },
        });
      });
    });
    assert.ok((await openWrappedKey(await keyring(), row)) !== null, 'until the rotation a copy can be read');
    const rotated = await server.command('keys', 'rotate', '--json');
    assert.equal(rotated.code, 0, rotated.output);
    assert.equal((JSON.parse(rotated.output) as { buckets: number }).buckets, 1);
    assert.equal(await openWrappedKey(await keyring(), row), null, 'and never after it');
    assert.ok((await openWrappedKey(await keyring(), other)) !== null);

    await eventually(
      async () =>
        await withDatabase(server, async (database) => {
          const waiting = await database.read('platform', (tx) =>
            tx.sql.selectFrom('audit_outbox').select('id').execute(),
          );
          return waiting.length === 0;
        }),
      'the erasure is sealed into the trail',
      60_000,
    );
    await checkpoint();

    // Restore the old backup with the current keyring.
    const refused = await server.command('restore', '--from', set, '--identity', identity);
    assert.equal(refused.code, 1, 'not while the server runs');
    assert.match(refused.output, /another samtal is using this data directory/);
    [doomed, neighbour].forEach(({ visitor }) => visitor.link.stop());
    await server.stop();
    const kept = join(server.dataDir, 'kept-apart');
    await cp(set, kept, { recursive: true });
    const restored = await server.command('restore', '--from', kept, '--identity', identity, '--json');
    assert.equal(restored.code, 0, restored.output);
    const { swept, resumed } = JSON.parse(restored.output) as { swept: object; resumed: number | null };
    assert.deepEqual(swept, { accounts: 0, conversations: 1 });

    assert.ok(
      resumed !== null && resumed > 1,
      'the trail goes on, behind the checkpoint from after the backup',
    );
    const whole = await server.command('audit', 'verify');
    assert.equal(whole.code, 0, whole.output);

    server.run();
    await server.ready();
    await withDatabase(server, async (database) => {
      const left = await database.read(account.id, (tx) =>
        tx.sql.selectFrom('conversation').select('id').where('account_id', '=', account.id).execute(),
      );
      assert.ok(left.some(({ id }) => id === neighbour.id));
      assert.ok(!left.some(({ id }) => id === doomed.id), 'swept');
    });
    const agent = new TalkingAgent(server.url, account.id);
    t.after(() => agent.leave());
    await agent.begin(person);
    await eventually(
      async () => {
        await agent.acceptOffers();
        return agent.conversations.has(neighbour.id);
      },
      'the agent has the neighbour',
      60_000,
    );
    const entries = await agent.read(neighbour.visitor.stream);
    assert.ok(
      entries.some((entry) => entry.kind === 'message' && entry.body.text === keptText),
      'the neighbour reads as before',
    );
    for (const words of [
      ['audit', 'verify'],
      ['keys', 'verify'],
    ]) {
      const verified = await server.command(...words);
      assert.equal(verified.code, 0, verified.output);
    }
    // Neither the text nor the keys are anywhere in the data directory; the old bucket key is in the keyring's backups
    // alone, encrypted, until those run out.
    await server.stop();
    for (const file of await filesBelow(server.dataDir)) {
      const bytes = await readFile(file);
      for (const secret of [
        ...formsOf(Buffer.from(erasedText)),
        ...formsOf(rawKey),
        Buffer.from(wrappedBucketKey),
      ])
        assert.ok(!bytes.includes(secret), file);
    }
  },
);

async function conversing(
  t: TestContext,
  server: ServerProcess,
  { siteKey, text }: { siteKey: string; text: string },
): Promise<{ id: string; visitor: TalkingVisitor }> {
  const visitor = new TalkingVisitor(server.url, siteKey);
  t.after(() => visitor.leave());
  await visitor.begin(text);
  return { id: conversationOf(visitor.stream), visitor };
}

async function withDatabase<Result>(
  server: ServerProcess,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const connection = await findRunningPostgres(server.dataDir);
  assert.ok(connection);
  const { database } = await openDatabase(embeddedAccess(connection), () => undefined);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function keyRow(
  database: Database,
  account: string,
  conversation: string,
): Promise<ConversationKeyRow> {
  return await database.read(account, (tx) =>
    tx.sql
      .selectFrom('conversation_key')
      .selectAll()
      .where('account_id', '=', account)
      .where('conversation_id', '=', conversation)
      .executeTakeFirstOrThrow(),
  );
}

async function backedUp(server: ServerProcess): Promise<string> {
  const made = await server.command('backup');
  assert.equal(made.code, 0, made.output);
  assert.match(made.output, /It does not belong on this machine/);
  const sets = (await readdir(join(server.dataDir, 'backups'))).filter((name) => name.startsWith('backup-'));
  return join(server.dataDir, 'backups', sets.toSorted().at(-1) ?? '');
}

/** All bytes of all tables, as whoever has the identity can get at them. */
async function decrypted(set: string, identities: readonly string[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await readDatabaseFile(set, identities, {
    table: async (_name, _columns, bytes) => {
      for await (const piece of bytes) pieces.push(Buffer.from(piece));
    },
    tableEnd: () => undefined,
    sequences: async () => {},
  });
  return Buffer.concat(pieces);
}

function formsOf(bytes: Buffer): Buffer[] {
  return [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('base64').replaceAll('=', '')),
  ];
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
