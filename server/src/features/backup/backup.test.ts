import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { query, temporaryDirectory } from '../../../test/data-directory.ts';
import { startTestPostgres } from '../../../test/postgres.ts';
import { createAccount } from '../accounts/index.ts';
import { diskStore } from '../media/index.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type OwnTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { resign } from '../../../test/resign.ts';
import { keptLog } from '../../../test/node.ts';
import { recordAudit, platformChain, verifyAudit } from '../../platform/audit/index.ts';
import { sealOutbox } from '../../platform/audit/seal.ts';
import { externalAccess, openDatabase } from '../../platform/database/index.ts';
import { ConversationKeys, Keyring, seal, unseal } from '../../platform/keys/index.ts';
import { Backups } from './backups.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { backUpKeyring, restoreKeyring } from './keyring-backup.ts';

const identity = await generateX25519Identity();
const recipients = [await identityToRecipient(identity)];

/** Rows and a checksum of every table, sequences too. */
async function allContents(db: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await db.asOwner<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'samtal'::regnamespace and relkind in ('r', 'S') order by relname",
  );
  const contents: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await db.asOwner<{ sum: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(row::text, '' order by row::text), '')) as sum from (select * from ${name}) row`,
    );
    contents[name] = rows[0]?.sum ?? '';
  }
  return contents;
}

/** What restoring takes away for a moment, and must have put back. */
async function guards(db: TestDatabase): Promise<unknown> {
  const { rows } = await db.asOwner(`
    select conrelid::regclass::text as on_table, conname as name, pg_get_constraintdef(oid) as definition
      from pg_constraint where connamespace = 'samtal'::regnamespace
    union all
    select relname, 'row level security', concat(relrowsecurity, relforcerowsecurity)
      from pg_class where relnamespace = 'samtal'::regnamespace and relkind = 'r'
    union all
    select tgrelid::regclass::text, 'trigger', tgenabled::text from pg_trigger where not tgisinternal
    order by 1, 2, 3`);
  return rows;
}

describe('a backup of the database', () => {
  let db: OwnTestDatabase;
  let account: string;
  before(async () => {
    db = await createTestDatabase();
    account = await testAccount(db, 'Almvik');
    await testUser(db, account, {
      roles: ['agent'],
      name: 'Åsa "Q" \\N\tÖ',
      password: 'blå hästar äter 7 tulpaner',
    });
  });
  after(async () => await db.close());

  const keys = () => new ConversationKeys(db.keyring);

  /** A conversation with one message, as the log would write it. */
  async function converse(text: string, of = account): Promise<string> {
    const id = randomUUID();
    await db.database.transaction(of, async (tx) => {
      await tx.sql
        .insertInto('conversation')
        .values({
          account_id: of,
          id,
          case_id: id,
          state: 'waiting',
          site_name: 'Site',
          queue_id: randomUUID(),
          queue_name: 'Queue',
          visitor_id: randomUUID(),
        })
        .execute();
      const key = await keys().create(tx, of, id);
      await tx.sql
        .insertInto('stream')
        .values({ account_id: of, conversation_id: id, audience: 'public', epoch: randomUUID(), last_seq: 1 })
        .execute();
      const place = { account: of, object: id, record: 'public/1', field: 'body' };
      await tx.sql
        .insertInto('entry')
        .values({
          account_id: of,
          conversation_id: id,
          audience: 'public',
          seq: 1,
          kind: 'message',
          actor: 'visitor',
          author: null,
          cid: null,
          at: new Date(),
          body: seal(key, place, Buffer.from(text)),
        })
        .execute();
    });
    return id;
  }

  async function textOf(id: string, of = account): Promise<string> {
    return await db.database.read(of, async (tx) => {
      const key = await keys().one(tx, of, id);
      const row = await tx.sql
        .selectFrom('entry')
        .select('body')
        .where('account_id', '=', of)
        .where('conversation_id', '=', id)
        .executeTakeFirstOrThrow();
      return unseal(key, { account: of, object: id, record: 'public/1', field: 'body' }, row.body).toString();
    });
  }

  const make = async (directory: string) =>
    await makeBackup({
      access: externalAccess(db.url),
      keyring: db.keyring,
      store: diskStore(db.mediaDirectory),
      directory,
      recipients,
      version: '0.1.0',
    });
  const restore = async (set: string, { keyring = db.keyring, identities = [identity] } = {}) =>
    await db.whileDisconnected(
      async () =>
        await restoreBackup({
          access: externalAccess(db.url),
          keyring,
          store: diskStore(db.mediaDirectory),
          set,
          identities,
        }),
    );

  /** Tries what must be refused, and sees that nothing has changed. */
  async function refuses(
    set: string,
    code: string,
    given: { keyring?: Keyring; identities?: string[] } = {},
  ) {
    const [contents, standing] = [await allContents(db), await guards(db)];
    await assert.rejects(restore(set, given), (error: { code?: string; message: string }) => {
      assert.equal(error.code, code, error.message);
      return true;
    });
    assert.deepEqual(await allContents(db), contents);
    assert.deepEqual(await guards(db), standing);
  }

  const copyOf = async (t: TestContext, set: string) => {
    const copy = join(await temporaryDirectory(t), 'copy');
    await cp(set, copy, { recursive: true });
    return copy;
  };

  it('brings everything back as it was, and nothing that came later', async (t) => {
    const id = await converse('before the backup');
    await db.database.transaction('platform', async (tx) => {
      await recordAudit(tx, platformChain, { action: 'test.done', actor: { kind: 'system' } });
    });
    await db.database.transaction('platform', (tx) => sealOutbox(tx, db.keyring.purposeKey('audit')));
    const before = await allContents(db);
    const standing = await guards(db);
    const { rows: epochs } = await db.asOwner<{ epoch: string }>('select epoch from stream');
    const { path, manifest } = await make(await temporaryDirectory(t));
    assert.equal((await stat(path)).mode & 0o077, 0);
    assert.equal(manifest.rows['conversation'], 1);
    assert.ok(!('migration' in manifest.rows));

    const later = await converse('after the backup');
    await testAccount(db, 'Later');
    await db.asOwner("update account set name = 'Changed' where id = $1", [account]);
    const { swept, rows } = await restore(path);
    assert.deepEqual(swept, { accounts: 0, conversations: 0 });
    assert.equal(
      rows,
      Object.values(manifest.rows).reduce((sum, count) => sum + count, 0),
    );

    const afterwards = await allContents(db);
    const differing = Object.keys(before).filter((name) => before[name] !== afterwards[name]);
    // The restoring is on record, and wrapping keys anew makes other ciphertext of the same keys.
    assert.deepEqual(differing, ['audit_outbox', 'audit_outbox_id_seq', 'conversation_key', 'stream']);
    assert.deepEqual(await guards(db), standing);
    assert.equal(await textOf(id), 'before the backup');
    await assert.rejects(textOf(later));
    const { rows: fresh } = await db.asOwner<{ epoch: string }>('select epoch from stream');
    assert.equal(fresh.length, epochs.length);
    assert.ok(
      fresh.every(({ epoch }) => !epochs.some((old) => old.epoch === epoch)),
      'clients load again',
    );
    const { rows: recorded } = await db.asOwner<{ body: string }>(
      'select body from audit_outbox where account_id = $1',
      [platformChain],
    );
    const event = JSON.parse(recorded.at(-1)?.body ?? '') as { action: string; details: object };
    assert.equal(event.action, 'backup.restored');
    assert.deepEqual(event.details, { madeAt: manifest.at, accountsSwept: 0, conversationsSwept: 0 });
    await db.database.transaction('platform', (tx) => sealOutbox(tx, db.keyring.purposeKey('audit')));
    const { publicKey } = await db.keyring.signingKey();
    const auditKeys = { head: db.keyring.purposeKey('audit'), publicKey, directory: null };
    assert.deepEqual((await verifyAudit(db.database, auditKeys)).faults, []);
    // And work goes on: sequences do not give numbers that are taken.
    await converse('after the restoring');
  });

  it('ends every session of a user', async (t) => {
    const { rows } = await db.asOwner<{ id: string }>('select id from identity limit 1');
    await db.asOwner(
      "insert into session (id, user_id, token_hash, expires_at) values ($1, $2, $3, now() + interval '1 day')",
      [randomUUID(), rows[0]?.id, Buffer.from(randomUUID())],
    );
    const { path } = await make(await temporaryDirectory(t));
    await restore(path);
    assert.equal((await db.asOwner('select from session')).rowCount, 0);
  });

  it('attack 74: does not bring back what was erased since, and leaves its neighbours as they were', async (t) => {
    const own = await testAccount(db, 'Erasing');
    const doomed = await testAccount(db, 'Doomed');
    const [erased, neighbour] = [await converse('to be erased', own), await converse('to be kept', own)];
    const gone = await converse('goes with its account', doomed);
    for (const [of, id] of [
      [own, erased],
      [doomed, gone],
    ])
      await db.asOwner(
        "insert into legal_hold (account_id, conversation_id, reason, placed_by) values ($1, $2, 'a case', $3)",
        [of, id, randomUUID()],
      );
    const { path } = await make(await temporaryDirectory(t));
    // The holds are lifted before the erasure, and are in the backup.
    await db.asOwner('delete from legal_hold where account_id = any($1)', [[own, doomed]]);
    await db.database.transaction(own, async (tx) => await keys().destroy(tx, own, [erased]));
    await db.asOwner('delete from conversation where id = $1', [erased]);
    const { rows } = await db.asOwner<{ id: string }>('select id from key_bucket where account_id = $1', [
      own,
    ]);
    await keys().rotate(db.database, own, rows[0]!.id);
    const later = await converse('under the new key', own);
    await keys().destroyAccount(doomed);

    assert.deepEqual((await restore(path)).swept, { accounts: 1, conversations: 1 });
    assert.equal(await textOf(neighbour, own), 'to be kept');
    for (const id of [erased, later])
      assert.equal((await db.asOwner('select from conversation where id = $1', [id])).rowCount, 0);
    assert.equal((await db.asOwner('select from entry where conversation_id = $1', [erased])).rowCount, 0);
    assert.equal((await db.asOwner('select from account where id = $1', [doomed])).rowCount, 0);
    // The bucket goes on where the keyring is.
    const more = await converse('after the restoring', own);
    assert.equal(await textOf(more, own), 'after the restoring');
    await db.database.transaction(own, async (tx) => await keys().destroy(tx, own, [more]));
    await keys().rotate(db.database, own, rows[0]!.id);
    assert.equal(await textOf(neighbour, own), 'to be kept');
  });

  it('attack 78: is refused when anything in it was changed, cut off, swapped or taken away', async (t) => {
    await converse('x'.repeat(300_000));
    const { path } = await make(await temporaryDirectory(t));
    const file = 'database.sealed';
    const { size } = await stat(join(path, file));
    const changes: Record<string, (set: string) => Promise<void>> = {
      'a cut file': async (set) => await truncate(join(set, file), size - 1),
      'a file without its last segment': async (set) => await truncate(join(set, file), size - 56),
      'a longer file': async (set) => await appendFile(join(set, file), 'x'),
      'a flipped bit': async (set) => await flip(join(set, file), Math.floor(size / 2)),
      'swapped segments': async (set) => await swapSegments(join(set, file)),
      'a missing file': async (set) => await rm(join(set, file)),
      'a changed manifest': async (set) =>
        await writeFile(
          join(set, 'manifest.json'),
          (await readFile(join(set, 'manifest.json'), 'utf8')).replace('0.1.0', '0.1.1'),
        ),
      'a manifest that cannot be read': async (set) => await writeFile(join(set, 'manifest.json'), '{'),
      'a changed signature': async (set) => await flip(join(set, 'manifest.sig'), 3),
    };
    for (const [what, change] of Object.entries(changes)) {
      const copy = await copyOf(t, path);
      await change(copy);
      await t.test(what, async () => await refuses(copy, 'backup-damaged'));
    }
    const unsigned = await copyOf(t, path);
    await rm(join(unsigned, 'manifest.json'));
    await refuses(unsigned, 'backup-missing');
    await refuses(join(path, 'nothing'), 'backup-missing');
  });

  it('is refused when its content does not open although its outside is right', async (t) => {
    // Whoever could sign for the installation, or a disk that lies: the content is checked by itself.
    const { path } = await make(await temporaryDirectory(t));
    const flipped = await copyOf(t, path);
    await flip(join(flipped, 'database.sealed'), (await stat(join(flipped, 'database.sealed'))).size - 100);
    await resign(flipped, db.keyring);
    await refuses(flipped, 'backup-damaged');
    const cut = await copyOf(t, path);
    await truncate(join(cut, 'database.sealed'), (await stat(join(cut, 'database.sealed'))).size - 56);
    await resign(cut, db.keyring);
    await refuses(cut, 'backup-damaged');
    const miscounted = await copyOf(t, path);
    await resign(miscounted, db.keyring, (manifest) => ({
      ...manifest,
      rows: { ...manifest.rows, account: (manifest.rows['account'] ?? 0) + 1 },
    }));
    await refuses(miscounted, 'backup-damaged');
  });

  it('attack 78: is refused with another identity, by another installation, and by a version with another schema', async (t) => {
    const { path } = await make(await temporaryDirectory(t));
    await refuses(path, 'backup-identity', { identities: [await generateX25519Identity()] });
    await refuses(path, 'backup-foreign', { keyring: await Keyring.open(await temporaryDirectory(t)) });
    const older = await copyOf(t, path);
    await resign(older, db.keyring, (manifest) => ({
      ...manifest,
      migrations: manifest.migrations.slice(0, -1),
    }));
    await refuses(older, 'backup-schema');
    const newer = await copyOf(t, path);
    await resign(newer, db.keyring, (manifest) => ({
      ...manifest,
      migrations: [...manifest.migrations, { name: '9999-unknown.sql', hash: 'x' }],
    }));
    await refuses(newer, 'backup-schema');
    const other = await copyOf(t, path);
    await resign(other, db.keyring, (manifest) => ({
      ...manifest,
      migrations: manifest.migrations.map((each, at) => (at === 1 ? { ...each, hash: 'x' } : each)),
    }));
    await refuses(other, 'backup-schema');
  });

  it('is refused when the keyring has lost a key, which must not pass for an erasure', async (t) => {
    const own = await testAccount(db, 'Lost');
    await converse('kept', own);
    const { path } = await make(await temporaryDirectory(t));
    const directory = join(await temporaryDirectory(t), 'keyring');
    await cp(db.keyringDirectory, directory, { recursive: true });
    const [bucket = ''] = (await readdir(join(directory, own))).filter((name) => name !== 'account.json');
    await rm(join(directory, own, bucket));
    await refuses(path, 'backup-keys', { keyring: await Keyring.open(directory) });
    await rm(join(directory, own), { recursive: true });
    await refuses(path, 'backup-keys', { keyring: await Keyring.open(directory) });
  });

  it('is refused while somebody is connected', async (t) => {
    const { path } = await make(await temporaryDirectory(t));
    const before = await allContents(db);
    await assert.rejects(
      restoreBackup({
        access: externalAccess(db.url),
        keyring: db.keyring,
        store: diskStore(db.mediaDirectory),
        set: path,
        identities: [identity],
      }),
      { code: 'backup-in-use' },
    );
    assert.deepEqual(await allContents(db), before);
  });

  it('is made one at a time, and never counts before it is whole', async (t) => {
    const directory = await temporaryDirectory(t);
    const made = await Promise.allSettled([make(directory), make(directory)]);
    const refused = made.filter((each) => each.status === 'rejected');
    for (const { reason } of refused) assert.equal((reason as { code?: string }).code, 'backup-under-way');
    assert.ok(made.some((each) => each.status === 'fulfilled'));
    await mkdir(join(directory, 'backup-20200101T000000Z.part'));
    const names = await readdir(directory);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await make(directory);
    const kept = await readdir(directory);
    assert.ok(!kept.includes('backup-20200101T000000Z.part'), 'what was left unfinished is cleared away');
    assert.equal(kept.length, names.length);
    await assert.rejects(
      makeBackup({
        access: externalAccess(db.url),
        keyring: db.keyring,
        store: diskStore(db.mediaDirectory),
        directory,
        recipients: [],
        version: '0.1.0',
      }),
      { code: 'backup-recipients' },
    );
    assert.deepEqual(await readdir(directory), kept);
  });

  it('is made daily after its hour, with a pair of the installation’s own where nobody is named', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const { log, lines } = keptLog();
    const { database, keyring } = db;
    const backups = new Backups({
      database,
      access: externalAccess(db.url),
      keyring,
      store: diskStore(db.mediaDirectory),
      dataDir,
      version: '0.1.0',
      log,
    });
    const first = await backups.makeDue();
    assert.ok(first !== null);
    assert.equal(first.identityFile, join(dataDir, 'backup-identity.txt'));
    assert.equal((await stat(first.identityFile)).mode & 0o077, 0);
    assert.ok(first.keyringFile !== null);
    assert.match(lines.join(''), /backup-identity-made/);
    assert.ok(!lines.join('').includes('AGE-SECRET'));
    assert.equal(await backups.makeDue(), null, 'once a day');
    const tomorrow = new Date(Date.now() + 86_400_000);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await backups.makeDue(tomorrow);
    assert.ok(second !== null && second.keyringFile === null, 'the keyring has not changed');
    assert.deepEqual(second.manifest.recipients, first.manifest.recipients);
    await db.asOwner(`insert into installation_settings_version (version, body) values (1, $1)`, [
      JSON.stringify({ 'backup.recipients': recipients, 'backup.retention-days': 2 }),
    ]);
    await rm(first.identityFile);
    const [oldest] = (await backups.list()).sets;
    await cp(oldest!.path, join(dataDir, 'backups/backup-20200101T000000Z'), { recursive: true });
    await utimes(oldest!.path, 0, 0);
    const [keyringFile] = (await backups.list()).keyrings;
    const expired = join(dataDir, 'backups/keyring/keyring-20200101T000000Z.sealed');
    await cp(keyringFile!.path, expired);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const third = await backups.make();
    assert.deepEqual(third.manifest.recipients, recipients);
    assert.equal(third.identityFile, null);
    assert.equal(third.removed, 1);
    const kept = await backups.list();
    assert.equal(kept.sets.length, 3);
    assert.ok(kept.keyrings.length > 0 && !kept.keyrings.some(({ path }) => path === expired));
    await db.asOwner('delete from installation_settings_version');
  });
});

describe('a backup of a database whose owner is no superuser', () => {
  it('is made, and brings everything back, row-level security and all', async (t) => {
    const postgres = await startTestPostgres();
    t.after(async () => await postgres.stop());
    const superuser = { connectionString: postgres.url } as never;
    await query(superuser, "create role plain login createrole password 'secret-of-test'");
    await query(superuser, 'create database plain owner plain');
    const url = new URL(postgres.url);
    Object.assign(url, { pathname: '/plain', username: 'plain', password: 'secret-of-test' });
    const access = externalAccess(url.href);
    const keyring = await Keyring.open(await temporaryDirectory(t));
    const first = await openDatabase(access, () => undefined);
    const account = await first.database.transaction('platform', (tx) =>
      createAccount(tx, keyring, { name: 'Plain', actor: { kind: 'operator' } }),
    );
    await first.database.close();
    const directory = await temporaryDirectory(t);
    const store = diskStore(join(directory, 'media'));
    const { path, manifest } = await makeBackup({
      access,
      keyring,
      store,
      directory,
      recipients,
      version: '0.1.0',
    });
    assert.equal(manifest.rows['account'], 1);
    const second = await openDatabase(access, () => undefined);
    await second.database.transaction('platform', (tx) =>
      tx.sql.updateTable('account').set({ name: 'Changed' }).execute(),
    );
    await second.database.close();
    await restoreBackup({ access, keyring, store, set: path, identities: [identity] });
    const third = await openDatabase(access, () => undefined);
    t.after(async () => await third.database.close());
    const rows = await third.database.read('platform', (tx) =>
      tx.sql.selectFrom('account').select(['id', 'name']).execute(),
    );
    assert.deepEqual(rows, [{ id: account, name: 'Plain' }]);
    const unseen = await query({ connectionString: url.href } as never, 'select * from samtal.account');
    assert.deepEqual(unseen, [], 'row-level security holds for the owner again');
  });
});

describe('a backup of the keyring', () => {
  it('makes a lost keyring anew, and refuses to be laid over another one', async (t) => {
    const directory = await temporaryDirectory(t);
    const keyring = await Keyring.open(join(directory, 'keyring'));
    const [account, bucket] = [randomUUID(), randomUUID()];
    await keyring.createAccount(account);
    await keyring.createBucket(account, bucket);
    const { publicKey } = await keyring.signingKey();
    const place = { account, object: 'o', record: 'r', field: 'f' };
    const sealed = seal(await keyring.bucketKey(account, bucket, 1), place, Buffer.from('text'));
    const apart = join(directory, 'backups');
    const file = (await backUpKeyring({ keyring, directory: apart, recipients })) ?? '';
    assert.equal(await backUpKeyring({ keyring, directory: apart, recipients }), null, 'nothing has changed');
    const bytes = await readFile(file);
    const root = (await readFile(join(directory, 'keyring/installation.key'), 'utf8')).trim();
    for (const secret of [root, account, bucket]) assert.ok(!bytes.includes(secret));

    const restored = await restoreKeyring(file, {
      identities: [identity],
      directory: join(directory, 'anew'),
    });
    assert.equal((await restored.signingKey()).publicKey, publicKey);
    assert.equal(unseal(await restored.bucketKey(account, bucket, 1), place, sealed).toString(), 'text');
    assert.equal(await restored.fingerprint(), await keyring.fingerprint());

    const over = restoreKeyring(file, { identities: [identity], directory: join(directory, 'keyring') });
    await assert.rejects(over, { code: 'backup-keyring' });
    const stranger = restoreKeyring(file, {
      identities: [await generateX25519Identity()],
      directory: join(directory, 'no'),
    });
    await assert.rejects(stranger, { code: 'backup-identity' });
    await flip(file, bytes.length - 70);
    const damaged = restoreKeyring(file, { identities: [identity], directory: join(directory, 'no') });
    await assert.rejects(damaged, { code: 'backup-damaged' });
    assert.ok(!(await readdir(directory)).includes('no'), 'nothing was made of what does not open');
  });

  it('is written again when a key was made or destroyed', async (t) => {
    const directory = await temporaryDirectory(t);
    const keyring = await Keyring.open(join(directory, 'keyring'));
    const account = randomUUID();
    const apart = join(directory, 'backups');
    await backUpKeyring({ keyring, directory: apart, recipients });
    const changes = [
      async () => await keyring.createAccount(account),
      async () => await keyring.createNamed(account, 'day'),
      async () => await keyring.destroyNamed(account, 'day'),
    ];
    for (const change of changes) {
      await change();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      assert.ok((await backUpKeyring({ keyring, directory: apart, recipients })) !== null);
    }
  });
});

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function swapSegments(path: string): Promise<void> {
  const bytes = await readFile(path);
  const start = 20 + bytes.readUInt32BE(16) + 9;
  const size = 64 * 1024 + 16;
  const [first, second] = [
    bytes.subarray(start, start + size),
    bytes.subarray(start + size, start + 2 * size),
  ];
  assert.equal(second.length, size, 'there are two segments');
  await writeFile(
    path,
    Buffer.concat([bytes.subarray(0, start), second, first, bytes.subarray(start + 2 * size)]),
  );
}
