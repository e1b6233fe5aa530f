import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { acceptInvitation, signIn } from '@samtal/contract/signin';
import { asMember, testUnit, testUser } from '../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { giveApp } from '../../test/factors.ts';
import { mailUser, startMailServer } from '../../test/mail-server.ts';
import { Browser, request, testHttp } from '../../test/requests.ts';
import { setSettings } from '../../test/settings.ts';
import { readNetworkRules, readSettings } from '../features/settings/index.ts';
import { smsUser, startSmsServer } from '../../test/sms-server.ts';
import { eventually } from '../../test/socket.ts';
import { externalAccess, nodesChannel, Notifications } from '../platform/database/index.ts';
import { Fanout } from '../platform/fanout/index.ts';
import { ConversationKeys, Keyring } from '../platform/keys/index.ts';
import { sealOutbox } from '../platform/audit/index.ts';
import { commands } from './commands.ts';
import { runCommandLine } from './run.ts';

const password = 'blå hästar äter 7 tulpaner';
let db: TestDatabase;
let dataDir: string;
before(async () => {
  db = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'samtal-test-command-line-'));
  // The command line opens the keyring of its data directory: the test’s own would be another one.
  db = { ...db, keyring: await Keyring.open(join(dataDir, 'keyring')) };
});
after(async () => {
  await db.close();
  await rm(dataDir, { recursive: true });
});

async function samtal(
  args: string[],
  { input = '', environment = {} }: { input?: string; environment?: Record<string, string> } = {},
) {
  const said = { out: '', err: '' };
  const code = await runCommandLine(
    args,
    { commands, version: '1.2.3' },
    {
      environment: { SAMTAL_DATABASE_URL: db.url, SAMTAL_DATA_DIR: dataDir, ...environment },
      input: Readable.from([input]),
      write: (text) => void (said.out += `${text}\n`),
      complain: (text) => void (said.err += `${text}\n`),
    },
  );
  return { code, ...said };
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, out, err } = await samtal([...args, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Answer;
}

async function newAccount(name: string): Promise<string> {
  return (await json<{ id: string }>('accounts', 'create', '--name', name)).id;
}

test('says what it can do, and which version it is', async () => {
  const { code, out } = await samtal(['--help']);
  assert.equal(code, 0);
  for (const { name } of commands) assert.ok(out.includes(`samtal ${name}`), name);
  assert.deepEqual(await samtal(['--version']), { code: 0, out: '1.2.3\n', err: '' });
});

test('says what belongs together when it is asked about the first word alone', async () => {
  const { code, out } = await samtal(['domains', '--help']);
  assert.equal(code, 0);
  assert.deepEqual(out.match(/samtal domains \w+/g), [
    'samtal domains list',
    'samtal domains verify',
    'samtal domains withdraw',
  ]);
  assert.ok(!out.includes('samtal accounts'));
});

test('explains every command and every option of it', async () => {
  for (const { name, options } of commands) {
    const { code, out } = await samtal([...name.split(' '), '--help']);
    assert.equal(code, 0);
    for (const option of [...Object.keys(options), 'json', 'help']) {
      assert.match(out, new RegExp(`--${option}\\b`), `${name} --${option}`);
    }
  }
});

test('ends with 2 when it is called in a way that it does not understand', async () => {
  for (const args of [
    [],
    ['nonsense'],
    ['accounts'],
    ['accounts', 'create'],
    ['accounts', 'create', '--name', ' '],
    ['accounts', 'list', '--unknown'],
    ['accounts', 'list', 'too', 'much'],
    ['users', 'grant', '--email', 'a@b.example'],
  ]) {
    const { code, out, err } = await samtal(args);
    assert.equal(code, 2, args.join(' '));
    assert.notEqual(out + err, '');
  }
});

test('ends with 1, and says what to do, when the configuration is wrong', async () => {
  const { code, err } = await samtal(['accounts', 'list'], { environment: { SAMTAL_PORT: 'no port' } });
  assert.equal(code, 1);
  assert.match(err, /SAMTAL_PORT/);
});

test('makes the first administrator: an account, a person, and a link that lets them in', async () => {
  const account = await newAccount('First');
  const who = [
    '--account',
    account,
    '--email',
    'boss@example.org',
    '--name',
    'Boss',
    '--role',
    'administrator',
  ];
  const made = await json<{ userId: string; link: string }>('users', 'create', ...who);
  assert.match(made.link, /^http:\/\/127\.0\.0\.1:8080\/invitation#[\w-]{43}$/);
  const http = testHttp(db);
  const body = { token: made.link.split('#')[1], name: 'Boss', password };
  assert.equal((await request(http, acceptInvitation, { input: { body } })).statusCode, 204);
  const member = await asMember(db, account, made.userId);
  assert.ok(member?.grants.some(({ authorisations }) => authorisations.has('users.manage')));
});

test('takes a password from standard input, and refuses one that is easy to guess before anything is made', async () => {
  const account = await newAccount('Passwords');
  const args = [
    'users',
    'create',
    '--account',
    account,
    '--email',
    'in@example.org',
    '--name',
    'In',
    '--password-stdin',
  ];
  const weak = await samtal(args, { input: 'password12345\n' });
  assert.equal(weak.code, 1);
  assert.match(weak.err, /too easy to guess/);
  assert.equal((await samtal(args, { input: '\n' })).code, 1);
  assert.equal((await samtal(args, { input: `${password}\n` })).code, 0);
  await Browser.signIn(testHttp(db), { userId: '', email: 'in@example.org', password });
  const other = await newAccount('Passwords 2');
  const again = await samtal(args.with(3, other), { input: `${password}\n` });
  assert.match(again.err, /has a password already/);
});

test('resets a password: the sessions end, and a link sets the next one', async () => {
  const account = await newAccount('Reset');
  const who = ['--account', account, '--email', 'reset@example.org'];
  await samtal(['users', 'create', ...who, '--name', 'Reset', '--password-stdin'], { input: password });
  const http = testHttp(db);
  const person = await Browser.signIn(http, { userId: '', email: 'reset@example.org', password });
  const { link } = await json<{ link: string }>('users', 'reset-password', ...who);
  assert.equal(await person.isSignedIn(), false);
  const body = { token: link.split('#')[1], name: 'Reset', password: 'en helt ny lång fras' };
  assert.equal((await request(http, acceptInvitation, { input: { body } })).statusCode, 204);
  await Browser.signIn(http, { userId: '', email: 'reset@example.org', password: body.password });
  await samtal(['users', 'reset-password', ...who, '--password-stdin'], { input: password });
  await Browser.signIn(http, { userId: '', email: 'reset@example.org', password });
});

test('gives roles within a scope, by the role’s word or name', async () => {
  const account = await newAccount('Grants');
  const who = ['--account', account, '--email', 'grant@example.org'];
  const { userId } = await json<{ userId: string }>('users', 'create', ...who, '--name', 'Grant');
  await db.asOwner("update membership set status = 'active' where user_id = $1", [userId]);
  const unit = await testUnit(db, account, 'NORTH');
  const officer = ['--role', 'agent', '--role', 'Privacy Officer', '--unit', 'north'];
  assert.equal(
    (await samtal(['users', 'grant', ...who, ...officer])).code,
    1,
    'it opens conversations, and for what?',
  );
  await json('users', 'grant', ...who, ...officer, '--purpose', 'Complaints');
  const member = await asMember(db, account, userId);
  assert.deepEqual(
    member?.grants.map(({ scope }) => scope),
    [{ unit: [unit] }, { unit: [unit] }],
  );
  assert.equal((await samtal(['users', 'grant', ...who, '--role', 'pirate'])).code, 1);
  assert.equal((await samtal(['users', 'grant', ...who, '--role', 'agent', '--queue', 'no id'])).code, 1);
  assert.equal((await samtal(['users', 'grant', ...who, '--role', 'agent', '--unit', 'Nowhere'])).code, 1);
});

test('needs no account where there is only one, and says so where there are several', async () => {
  const several = await samtal(['users', 'list']);
  assert.equal(several.code, 2);
  assert.equal((await samtal(['users', 'list', '--account', 'No Such'])).code, 1);
  const { users } = await json<{ users: unknown[] }>('users', 'list', '--account', 'FIRST');
  assert.equal(users.length, 1);
});

test('suspends an account and resumes it', async () => {
  const account = await newAccount('Suspended');
  const status = async () => {
    const { accounts } = await json<{ accounts: { id: string; status: string }[] }>('accounts', 'list');
    return accounts.find(({ id }) => id === account)?.status;
  };
  await json('accounts', 'suspend', '--account', account);
  assert.equal(await status(), 'suspended');
  await json('accounts', 'resume', '--account', account);
  assert.equal(await status(), 'active');
});

test('records what an operator does in the account’s own chain', async () => {
  const account = await newAccount('Recorded');
  await json('accounts', 'suspend', '--account', account);
  const { rows } = await db.asOwner<{ body: string }>('select body from audit_outbox where account_id = $1', [
    account,
  ]);
  const events = rows.map(({ body }) => JSON.parse(body) as { action: string; actor: unknown });
  assert.deepEqual(
    events.map(({ action }) => action),
    ['accounts.created', 'accounts.suspended'],
  );
  for (const { actor } of events) assert.deepEqual(actor, { kind: 'operator' });
});

test('opens every key, and fails when one is missing that an account needs', async () => {
  assert.equal((await samtal(['keys', 'verify'])).code, 0);
  const shown = await samtal(['keys', 'show']);
  const { publicKey } = await db.keyring.signingKey();
  assert.ok(shown.out.includes(publicKey.trim()));
  assert.doesNotMatch(shown.out.replace(publicKey.trim(), ''), /[A-Za-z0-9+/]{40}|PRIVATE/);
  const account = await newAccount('Keyless');
  await rm(join(dataDir, 'keyring', account), { recursive: true });
  const { code, err } = await samtal(['keys', 'verify']);
  assert.equal(code, 1);
  assert.match(err, new RegExp(account));
  await db.asOwner('delete from role_held where account_id = $1', [account]);
  await db.asOwner('delete from account where id = $1', [account]);
});

test('destroys the keys of what was erased when it is told to', async () => {
  const account = await newAccount('Erasing');
  const bucket = randomUUID();
  await db.keyring.createBucket(account, bucket);
  await db.asOwner(
    'insert into key_bucket (account_id, id, conversations, dirty_since) values ($1, $2, 1, now())',
    [account, bucket],
  );
  const file = join(dataDir, 'keyring', account, `${bucket}.json`);
  assert.ok(existsSync(file));
  const rotated = await samtal(['keys', 'rotate', '--json']);
  assert.deepEqual(JSON.parse(rotated.out), { buckets: 1, survivors: 0 });
  assert.ok(!existsSync(file));
  assert.match((await samtal(['keys', 'rotate'])).out, /No bucket was due/);
  await db.asOwner('delete from key_bucket where account_id = $1', [account]);
});

/** What a running node has of the keyring: its own memory, and the announcements of the others. */
async function listeningNode(t: TestContext): Promise<Keyring> {
  const keyring = await Keyring.open(join(dataDir, 'keyring'));
  const fanout = new Fanout();
  const keys = new ConversationKeys(keyring, { fanout });
  assert.ok(keys);
  const fail = (error: Error) => assert.fail(error);
  const notifications = new Notifications(externalAccess(db.url).login, nodesChannel, {
    line: (line) => fanout.receive(line),
    error: fail,
  });
  await notifications.open();
  t.after(async () => await notifications.close());
  return keyring;
}

test('deletes a suspended account in two steps, tells running nodes, and leaves a report that anybody can verify', async (t) => {
  const [id, neighbour] = [await newAccount('Fabrikör & Söner'), await newAccount('Neighbour')];
  const bucket = randomUUID();
  await db.keyring.createBucket(id, bucket);
  const nodes = [await listeningNode(t), await listeningNode(t)];
  const opens = async (of: string) =>
    await Promise.all(
      nodes.map(async (keyring) => {
        try {
          await keyring.openAccount(of);
          if (of === id) await keyring.bucketKey(id, bucket, 1);
          return true;
        } catch {
          return false;
        }
      }),
    );
  assert.deepEqual(await opens(id), [true, true]);
  const deleting = ['accounts', 'delete', '--account', id];
  assert.match((await samtal(deleting)).err, /Suspend it first/);
  assert.equal((await samtal(['accounts', 'suspend', '--account', id])).code, 0);
  const asked = await json<{ rows: Record<string, number>; deleted: boolean }>(...deleting);
  assert.equal(asked.deleted, false);
  assert.ok(Object.keys(asked.rows).length > 0);
  assert.match((await samtal([...deleting, '--confirm', 'fabrikör'])).err, /not the name/);
  assert.deepEqual(await opens(id), [true, true], 'nothing has happened yet');

  const deleted = await json<{ deleted: boolean }>(...deleting, '--confirm', 'Fabrikör & Söner');
  assert.equal(deleted.deleted, true);
  await eventually(async () => !(await opens(id)).includes(true), 'every node has let go of its keys');
  assert.deepEqual(await opens(neighbour), [true, true]);
  assert.equal((await db.asOwner('select from account where id = $1', [id])).rowCount, 0);
  assert.equal((await samtal(deleting)).code, 1, 'there is no such account any more');

  const { out } = await samtal(['accounts', 'report', '--account', id, '--json']);
  const signed = JSON.parse(out) as { record: string; publicKey: string };
  assert.equal((JSON.parse(signed.record) as { name: string }).name, 'Fabrikör & Söner');
  const [good, changed, key] = ['good.json', 'changed.json', 'key.pem'].map((name) => join(dataDir, name));
  await writeFile(good!, out);
  await writeFile(changed!, out.replace('Söner', 'Sons'));
  await writeFile(key!, signed.publicKey);
  const verifies = async (...args: string[]) => await samtal(['erasures', 'verify', '--file', ...args]);
  assert.match((await verifies(good!)).out, /Good signature/);
  assert.equal((await verifies(good!, '--key', key!)).code, 0);
  const refused = await verifies(changed!);
  assert.deepEqual([refused.code, /changed after it was signed/.test(refused.out)], [1, true]);
  const { publicKey: stranger } = generateKeyPairSync('ed25519');
  await writeFile(key!, stranger.export({ type: 'spki', format: 'pem' }));
  const other = await verifies(good!, '--key', key!);
  assert.deepEqual([other.code, /signed with another key/.test(other.out)], [1, true]);
  await writeFile(changed!, '{}');
  assert.match((await verifies(changed!)).err, /not a signed record/);
  assert.match((await samtal(['accounts', 'report', '--account', neighbour])).err, /No account with this id/);
  assert.match((await samtal(['accounts', 'report', '--account', 'Neighbour'])).err, /Give the id/);

  // The trail of what is left is whole, and so is the installation's, which tells of it.
  await db.database.transaction('platform', (tx) => sealOutbox(tx, db.keyring.purposeKey('audit')));
  const verified = await samtal(['audit', 'verify']);
  assert.equal(verified.code, 0, verified.out + verified.err);
});

test('verifies the audit trail, and fails when an entry was changed', async () => {
  await newAccount('Audited');
  const key = db.keyring.purposeKey('audit');
  await db.database.transaction('platform', (tx) => sealOutbox(tx, key));
  const whole = await samtal(['audit', 'verify']);
  assert.equal(whole.code, 0, whole.err);
  await db.asOwner("update audit_entry set body = replace(body, 'operator', 'system') where seq = 1");
  const broken = await samtal(['audit', 'verify']);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /NOT whole/);
});

test('exports an account’s trail that a verifier without the platform finds whole', async () => {
  const account = await newAccount('Exported');
  await db.database.transaction('platform', (tx) => sealOutbox(tx, db.keyring.purposeKey('audit')));
  assert.match((await samtal(['audit', 'checkpoint'])).out, /Checkpoint \d+ is kept in/);
  const directory = join(dataDir, 'exported');
  const exported = await json<{ account: string; fingerprint: string }>(
    'audit',
    'export',
    '--account',
    account,
    '--directory',
    directory,
  );
  assert.equal(exported.account, account);
  const files = ['audit.jsonl', 'checkpoints.json', 'public-key.pem'].map((name) => join(directory, name));
  const verifier = fileURLToPath(new URL('../../bin/verify-audit.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [verifier, ...files]);
  assert.match(stdout, new RegExp(`OK: 1 entries of account ${account}.*\\n.*\\n.*${exported.fingerprint}`));
  assert.match(await readFile(join(directory, 'audit.csv'), 'utf8'), /"accounts.created"/);
});

test('sends the installation’s own trail somewhere, and stops', async () => {
  const add = ['audit', 'destinations', 'add', '--name', 'Log server'];
  const refused = await samtal([...add, '--syslog', '10.0.0.1:514', '--tcp']);
  assert.equal(refused.code, 1);
  assert.equal((await samtal([...add, '--webhook', 'http://siem.example'])).code, 2);
  const { signingSecret } = await json<{ signingSecret: string }>(
    ...add,
    '--webhook',
    'https://siem.example/hook',
  );
  assert.match(signingSecret, /^samtal_/);
  const list = await samtal(['audit', 'destinations', 'list']);
  assert.match(list.out, /Log server +https:\/\/siem\.example\/hook +arriving +0/);
  assert.ok(!list.out.includes(signingSecret));
  assert.equal((await samtal(['audit', 'destinations', 'remove', '--name', 'log server'])).code, 0);
  assert.match((await samtal(['audit', 'destinations', 'list'])).out, /Nowhere/);
});

test('keeps why an operator sends an account’s trail somewhere, and stops, and refuses a reason that is too long', async () => {
  const id = await newAccount('Streamed');
  const one = ['--account', 'Streamed', '--name', 'SIEM'];
  const add = ['audit', 'destinations', 'add', ...one, '--webhook', 'https://siem.example/hook'];
  assert.equal((await samtal([...add, '--reason', 'a'.repeat(501)])).code, 2);
  assert.equal((await samtal([...add, '--reason', 'They watch it'])).code, 0);
  const remove = ['audit', 'destinations', 'remove', ...one, '--reason', 'They watch it no more'];
  assert.equal((await samtal(remove)).code, 0);
  const { rows } = await db.asOwner<{ reason: string; removed: boolean }>(
    `select reason, body is null as removed from configuration_version
      where account_id = $1 and kind = 'audit-destination' order by version`,
    [id],
  );
  assert.deepEqual(rows, [
    { reason: 'They watch it', removed: false },
    { reason: 'They watch it no more', removed: true },
  ]);
});

test('starts the embedded database for as long as it takes, where no server runs', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'samtal-test-command-line-'));
  t.after(() => rm(directory, { recursive: true }));
  const environment = { SAMTAL_DATABASE_URL: '', SAMTAL_DATA_DIR: directory };
  const made = await samtal(['accounts', 'create', '--name', 'Embedded'], { environment });
  assert.equal(made.code, 0, made.err);
  const { out } = await samtal(['accounts', 'list'], { environment });
  assert.match(out, /Embedded +active/);
});

test('attack 54: writes names so that they cannot command the terminal', async () => {
  await newAccount('Evil \u001b[2J name');
  const { out } = await samtal(['accounts', 'list']);
  assert.ok(!out.includes('\u001b'));
  assert.match(out, /^[0-9a-f-]{36} +Evil .\[2J name +active/m, 'it is listed all the same');
});

test('sets, unsets and lists settings of the installation, each change a version on the audit trail', async () => {
  type Listed = { settings: { key: string; value: unknown; origin: string }[] };
  const idle = async () =>
    (await json<Listed>('settings', 'list')).settings.find(
      ({ key }) => key === 'signin.session-idle-minutes',
    );
  assert.deepEqual(await idle(), { key: 'signin.session-idle-minutes', value: 30, origin: 'default' });
  const change = (...args: string[]) => samtal(['settings', ...args]);
  const key = ['--key', 'signin.session-idle-minutes'];
  assert.equal((await change('set', ...key, '--value', '15', '--reason', 'The board says so')).code, 0);
  assert.equal((await change('set', '--key', 'inactivity.end-text', '--value', 'Good bye')).code, 0);
  assert.deepEqual(await idle(), { key: 'signin.session-idle-minutes', value: 15, origin: 'installation' });
  assert.equal((await change('unset', ...key)).code, 0);
  assert.equal((await idle())?.origin, 'default');
  const { versions } = await json<{ versions: { version: number; reason: string; body: object }[] }>(
    'settings',
    'history',
  );
  assert.deepEqual(
    versions.map(({ version, reason, body }) => [version, reason, body]),
    [
      [3, '', { 'inactivity.end-text': 'Good bye' }],
      [2, '', { 'inactivity.end-text': 'Good bye', 'signin.session-idle-minutes': 15 }],
      [1, 'The board says so', { 'signin.session-idle-minutes': 15 }],
    ],
  );
  const { rows } = await db.asOwner<{ body: string }>(
    "select body from audit_outbox where body like '%settings.installation-changed%' order by id",
  );
  assert.equal(rows.length, 3);
  assert.ok(rows.every(({ body }) => !body.includes('Good bye') && !body.includes('The board')));
});

test('checks itself: says what is serious and what is weaker than its default, and fails only for the first', async () => {
  interface Check {
    findings: { code: string; level: string; why: string; todo: string }[];
    weaker: { key: string; value: unknown; usual: unknown; of: string | null }[];
  }
  const check = async (...args: string[]) => {
    const { code, out } = await samtal(['self-check', ...args, '--json']);
    return { code, ...(JSON.parse(out) as Check) };
  };
  const before = await check();
  // The clusters of tests forget what they have when the machine stops.
  assert.equal(before.code, 1);
  const levels = new Map(before.findings.map(({ code, level }) => [code, level]));
  assert.deepEqual(
    ['not-durable', 'no-backup-recipients', 'no-mail', 'keyring-beside-data', 'data-directory-open'].map(
      (code) => levels.get(code),
    ),
    ['serious', 'notice', 'notice', undefined, undefined],
  );
  assert.ok(before.findings.every(({ why, todo }) => why.length > 10 && todo.length > 10));
  assert.deepEqual(before.weaker, []);
  assert.ok(!existsSync(join(dataDir, 'backup-identity.txt')), 'looking makes nothing');

  await chmod(dataDir, 0o755);
  const account = await newAccount('Weaker');
  await setSettings(db, account, { 'signin.session-life-hours': 24 });
  const key = ['--key', 'backup.retention-days'];
  await samtal(['settings', 'set', ...key, '--value', '30']);
  try {
    const after = await check('--account', account);
    assert.ok(after.findings.some(({ code }) => code === 'data-directory-open'));
    assert.deepEqual(after.weaker, [
      { key: 'backup.retention-days', value: 30, usual: 7, of: null },
      { key: 'signin.session-life-hours', value: 24, usual: 12, of: 'Weaker' },
    ]);
    const { out } = await samtal(['self-check']);
    assert.match(out, /SERIOUS {2}Other users of this machine may enter[^\n]*\n {4}why [^\n]*\n {4}do /);
    assert.match(out, /WEAKER {3}backup\.retention-days of the installation is 30; usual is 7/);
    assert.match(out, /\d serious, \d+ to know of\.\n$/);
  } finally {
    await chmod(dataDir, 0o700);
    await samtal(['settings', 'unset', ...key]);
  }
});

test('asks a registry about what is installed when it is told to, and says which keys are old', async () => {
  const registry = createServer((asked, answer) => {
    asked.resume().on('end', () => {
      const fault = { title: 'Wor\u001bse', severity: 'critical', url: 'https://faults.example/1' };
      answer.end(JSON.stringify({ fastify: [{ ...fault, vulnerable_versions: '*' }] }));
    });
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  const { port } = registry.address() as AddressInfo;
  const check = async (networks: string) =>
    await samtal(['self-check', '--registry', `http://127.0.0.1:${port}`], {
      environment: { SAMTAL_OUTBOUND_NETWORKS: networks },
    });
  const account = await newAccount('Nyckelknippan');
  const keys = [randomUUID(), randomUUID()];
  for (const [number, key] of keys.entries()) {
    await db.asOwner(
      `insert into api_key (account_id, id, name, purpose, expires_at)
       values ($1, $2, $3, 'a test', now() + interval '1 day')`,
      [account, key, `Key ${number}`],
    );
    await db.asOwner(
      `insert into api_key_secret (account_id, id, key_id, hash, created_at)
       values ($1, gen_random_uuid(), $2, '', now() - make_interval(days => $3))`,
      [account, key, number === 0 ? 364 : 366],
    );
  }
  try {
    const { code, out } = await check('127.0.0.0/8');
    assert.equal(code, 1);
    assert.match(out, /SERIOUS +The package fastify \S+ has a fault that is known \(critical\): Wor�se\n/);
    assert.match(out, /NOTICE +A key of a program or a site has been the same for more than a year/);
    const refused = await check('10.0.0.0/8');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /address-refused.*SAMTAL_OUTBOUND_NETWORKS/);
    assert.match((await samtal(['self-check', '--registry', 'here'])).err, /no address/);
  } finally {
    registry.close();
    await db.asOwner('delete from api_key where account_id = $1', [account]);
  }
});

test('sets up mail, tries it, and says what is wrong and never the password', async () => {
  const server = await startMailServer();
  const environment = { SAMTAL_OUTBOUND_NETWORKS: '127.0.0.0/8,::1/128' };
  const mail = (args: string[], input = '') => samtal(['mail', ...args], { input, environment });
  const set = async (key: string, value: string) =>
    assert.equal((await samtal(['settings', 'set', '--key', `mail.${key}`, `--value=${value}`])).code, 0);
  const says = async (args: string[], wanted: RegExp) => {
    const { code, err } = await mail(args);
    assert.equal(code, 1);
    assert.match(err, wanted);
  };
  const test = ['test', '--to', 'anna@example.org'];
  try {
    await says(test, /No mail server is set up/);
    await set('smtp-host', 'localhost');
    await set('smtp-port', String(server.port));
    await set('sender-address', 'chat@almvik.example');
    await says(test, /tls-failed.*mail\.smtp-ca/);
    await set('smtp-ca', server.certificate);
    await set('smtp-user', mailUser.user);
    await says(test, /password-missing.*samtal mail password/);
    assert.equal((await mail(['password', '--password-stdin'], 'a wrong one')).code, 0);
    await says(test, /sign-in-refused/);
    assert.equal((await mail(['password', '--password-stdin'], mailUser.password)).code, 0);
    await says(['test', '--to', 'anna@example.org, eve@example.org'], /no address/);
    assert.equal((await mail(test)).code, 0);
    assert.deepEqual(server.received[0]?.to, ['anna@example.org']);
    assert.match((await mail(['status'])).out, /is set up/);
    for (const args of [
      ['settings', 'list'],
      ['settings', 'history'],
      ['mail', 'status'],
    ])
      assert.ok(!(await samtal([...args, '--json'])).out.includes(mailUser.password));
    assert.equal((await mail(['password', '--remove'])).code, 0);
    await says(test, /password-missing/);
    assert.equal((await samtal(['mail', ...test])).code, 1);
  } finally {
    await server.close();
  }
});

test('sets up text messages, tries them, and says what is wrong and never the password', async () => {
  const server = await startSmsServer();
  const environment = { SAMTAL_OUTBOUND_NETWORKS: '127.0.0.0/8,::1/128' };
  const sms = (args: string[], input = '') => samtal(['sms', ...args], { input, environment });
  const set = async (key: string, value: string) =>
    assert.equal((await samtal(['settings', 'set', '--key', `sms.${key}`, `--value=${value}`])).code, 0);
  const says = async (args: string[], wanted: RegExp) => {
    const { code, err } = await sms(args);
    assert.equal(code, 1);
    assert.match(err, wanted);
  };
  const test = ['test', '--to', '+46701234567'];
  try {
    await says(test, /Nobody sends text messages/);
    await set('provider', '46elks');
    await set('url', `https://localhost:${server.port}/a1/sms`);
    await set('user', smsUser.user);
    await set('country-prefixes', '["+46"]');
    await says(test, /password-missing.*samtal sms password/);
    assert.equal((await sms(['password', '--password-stdin'], smsUser.password)).code, 0);
    await says(test, /tls-failed.*sms\.ca/);
    await set('ca', server.certificate);
    await says(['test', '--to', '0701234567'], /no mobile number/);
    server.refusals.push(401);
    await says(test, /sign-in-refused/);
    assert.equal((await sms(test)).code, 0);
    assert.equal(server.received[0]?.to, '+46701234567');
    assert.ok(!(await samtal(['settings', 'list', '--json'])).out.includes(smsUser.password));
    assert.equal((await sms(['password', '--remove'])).code, 0);
    await says(test, /password-missing/);
  } finally {
    await server.close();
  }
});

test('says which e-mail domains are an account’s, one account each, and takes it back', async () => {
  const [first, second] = [await newAccount('Domänägaren'), await newAccount('Grannen')];
  const domains = async (...args: string[]) => await samtal(['domains', ...args]);
  assert.equal((await domains('verify', '--account', first, '--domain', 'Agaren.example')).code, 0);
  const list = async () =>
    (await json<{ domains: { domain: string; account: string }[] }>('domains', 'list')).domains;
  assert.deepEqual(
    (await list()).map(({ domain }) => domain),
    ['agaren.example'],
  );
  for (const refused of [
    ['verify', '--account', second, '--domain', 'agaren.example'],
    ['verify', '--account', second, '--domain', 'no domain'],
    ['withdraw', '--account', second, '--domain', 'agaren.example'],
  ])
    assert.equal((await domains(...refused)).code, 1, refused.join(' '));
  assert.equal((await domains('withdraw', '--account', first, '--domain', 'agaren.example')).code, 0);
  assert.deepEqual(await list(), []);
});

test('takes a person’s second factors away, ends their sessions, and leaves the password', async () => {
  const account = await newAccount('Glömska');
  const person = await testUser(db, account, { password, roles: ['agent'] });
  await giveApp(db, person.userId);
  const http = testHttp(db);
  const attempt = async () =>
    (await request(http, signIn, { input: { body: { email: person.email, password } } })).json<object>();
  assert.ok(!('csrfToken' in (await attempt())), 'a second factor is asked for');
  const reset = ['users', 'reset-factors', '--account', account, '--email'];
  assert.equal((await samtal([...reset, 'nobody@example.org'])).code, 1);
  assert.equal((await samtal([...reset, person.email])).code, 0);
  assert.ok('csrfToken' in (await attempt()));
});

test('refuses settings that are not there, are not the installation’s, or do not fit', async () => {
  for (const [args, says] of [
    [['--key', 'no.such-thing', '--value', '1'], /no setting/],
    [['--key', 'visitors.attributes', '--value', '[]'], /by accounts alone/],
    [['--key', 'signin.session-idle-minutes', '--value', '1'], /does not fit/],
    [['--key', 'signin.session-idle-minutes', '--value', 'soon'], /does not fit/],
  ] as const) {
    const { code, err } = await samtal(['settings', 'set', ...args]);
    assert.equal(code, 1, err);
    assert.match(err, says);
  }
});

test('lets people in again whom a list of networks has shut out, and says why in the history', async () => {
  const { id } = await json<{ id: string }>('accounts', 'create', '--name', 'Shut out');
  const networks = async () => await db.database.read(id, (tx) => readNetworkRules(tx, id));
  await setSettings(db, id, { 'signin.networks': ['192.0.2.1'] });
  assert.deepEqual((await networks()).networks, ['192.0.2.1']);
  await json('accounts', 'clear-networks', '--account', id, '--reason', 'Nobody could get in');
  assert.deepEqual((await networks()).networks, []);
  const { rows } = await db.asOwner<{ reason: string }>(
    "select reason from configuration_version where account_id = $1 and kind = 'settings' order by version desc limit 1",
    [id],
  );
  assert.equal(rows[0]?.reason, 'Nobody could get in');
});

test('lets people sign in with what is theirs again where an identity provider alone let nobody in', async () => {
  const account = await newAccount('No provider');
  await setSettings(db, account, { 'signin.session-life-hours': 24 });
  // As it is when the named users have lost what they come in with.
  await db.asOwner(
    `update configuration_version set body = body || '{"signin.federated-only": true}' where account_id = $1 and kind = 'settings'`,
    [account],
  );
  const only = async () =>
    (await db.database.read(account, (tx) => readSettings(tx, account)))['signin.federated-only'];
  assert.equal(await only(), true);
  await json('accounts', 'allow-own-sign-in', '--account', account, '--reason', 'Its certificate has ended');
  assert.equal(await only(), false);
});

test('lists the API keys of an account, and revokes one by the id that stands in it', async () => {
  const account = await newAccount('Keys');
  const keyId = randomUUID();
  await db.asOwner(
    "insert into api_key (account_id, id, name, purpose, expires_at) values ($1, $2, 'Case system', 'x', now() + interval '1 day')",
    [account, keyId],
  );
  const list = async () =>
    await json<{ id: string; state: string }[]>('api-keys', 'list', '--account', account);
  assert.deepEqual(
    (await list()).map(({ id, state }) => [id, state]),
    [[keyId, 'owner-away']],
  );
  const unknown = await samtal(['api-keys', 'revoke', '--account', account, '--id', randomUUID()]);
  assert.equal(unknown.code, 1);
  await json('api-keys', 'revoke', '--account', account, '--id', keyId.replaceAll('-', ''));
  assert.equal((await list())[0]?.state, 'revoked');
});
