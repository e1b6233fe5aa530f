import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { restoreVersion, getVersion } from '@samtal/contract/history';
import { changeRole, createRole, giveRole } from '@samtal/contract/access';
import * as contract from '@samtal/contract/statistics-export';
import ssh2 from 'ssh2';
import {
  makeAccount,
  makePerson,
  makeProgram,
  type Answer,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { clientKey, testExportKey, type ClientKey } from '../../../test/export-accounts.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setUpSms, startSmsServer, type TestSmsServer } from '../../../test/sms-server.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { deleteExpired } from './jobs.ts';

describe('export accounts', () => {
  const { log, lines } = keptLog();
  let db: TestDatabase;
  let node: TestNode;
  let sms: TestSmsServer;
  let account: TestAccount;
  /** Both administer, and see all statistics. */
  let one: Person;
  let two: Person;
  let params: { accountId: string };

  before(async () => {
    db = await createTestDatabase();
    sms = await startSmsServer();
    await setUpSms(db, sms);
    node = await startTestNode(db, { log, outboundNetworks: ['127.0.0.0/8', '::1/128'] });
    account = await makeAccount(db, { origin: node.url.origin });
    params = { accountId: account.id };
    [one, two] = [await administrator(), await administrator()];
  });
  after(async () => {
    await node.stop();
    await sms.close();
    await db.close();
  });

  const administrator = async () =>
    await makePerson(db, account, { url: node.url, roles: ['administrator'] });

  let made = 0;
  async function create(): Promise<{ exportAccountId: string; accountId: string }> {
    made += 1;
    const body = { name: `warehouse-${made}`, purpose: 'Loads the figures every night' };
    const { id } = await one.call(contract.createExportAccount, { params, body });
    return { ...params, exportAccountId: id };
  }

  async function submit(of: Awaited<ReturnType<typeof create>>, key: ClientKey = clientKey()) {
    const account = await one.call(contract.submitExportKey, {
      params: of,
      body: { publicKey: key.publicKey },
    });
    const [newest] = account.keys;
    assert.ok(newest !== undefined);
    return { key, params: { ...of, keyId: newest.id }, shown: newest };
  }

  const confirmAs = (as: 'second-person' | 'customer', fingerprint: string) => ({ as, fingerprint });

  async function keyOf(at: { exportAccountId: string; keyId: string }): Promise<contract.ExportKey> {
    const { items } = await one.call(contract.listExportAccounts, { params });
    const all = items.find(({ id }) => id === at.exportAccountId)?.keys ?? [];
    return all.find(({ id }) => id === at.keyId) ?? assert.fail('The key is not listed');
  }

  it('gives each a user name of its own, whatever it is called elsewhere, and keeps its versions', async () => {
    const body = {
      name: 'figures',
      purpose: 'For the data warehouse',
      networks: ['192.0.2.0/24'],
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    };
    const here = await one.call(contract.createExportAccount, { params, body });
    assert.match(here.userName, /^figures-[a-z2-9]{10}$/);
    assert.equal(here.state, 'no-key');
    refused(await one.try(contract.createExportAccount, { params, body }), 409, 'names.taken');

    const other = await makeAccount(db, { origin: node.url.origin });
    const stranger = await makePerson(db, other, { url: node.url, roles: ['administrator'] });
    const there = await stranger.call(contract.createExportAccount, {
      params: { accountId: other.id },
      body,
    });
    assert.notEqual(there.userName, here.userName, 'the same name says nothing about other accounts');

    const which = { ...params, exportAccountId: here.id };
    const closed = await one.call(contract.changeExportAccount, {
      params: which,
      body: { disabled: true, networks: [], version: here.version, reason: 'The contract is over' },
    });
    assert.deepEqual([closed.state, closed.version], ['disabled', 2]);
    refused(
      await one.try(contract.changeExportAccount, { params: which, body: { purpose: 'X', version: 1 } }),
      409,
      'history.changed-meanwhile',
    );
    const version = { ...params, kind: 'export-account' as const, objectId: here.id, version: 1 };
    const { body: first } = await one.call(getVersion, { params: version });
    assert.ok(JSON.stringify(first).includes(here.userName));
    await one.call(restoreVersion, { params: version, body: { newest: 2, reason: 'It goes on' } });
    const { items } = await one.call(contract.listExportAccounts, { params });
    assert.deepEqual(items.find(({ id }) => id === here.id)?.networks, ['192.0.2.0/24']);

    await one.call(contract.deleteExportAccount, { params: which });
    refused(
      await one.try(restoreVersion, { params: version, body: { newest: 4, reason: 'Back' } }),
      409,
      'history.not-restorable',
    );
  });

  it('is widened by no API key, neither by a change nor by an older version', async () => {
    const of = await create();
    const body = { networks: ['192.0.2.0/24'] };
    const { version } = await one.call(contract.changeExportAccount, { params: of, body });
    const authorisations = ['statistics.export', 'statistics.view', 'settings.read'] as const;
    const role = await one.call(createRole, {
      params,
      body: { name: 'Programs', authorisations: [...authorisations], roles: [] },
    });
    const program = await makeProgram(one, [{ roleId: role.id, scope: {} }]);
    refused(
      await program.try(contract.changeExportAccount, { params: of, body: { networks: [] } }),
      403,
      'access.not-for-keys',
    );
    const first = { ...params, kind: 'export-account', objectId: of.exportAccountId, version: 1 };
    refused(
      await program.try(restoreVersion, { params: first, body: { newest: version, reason: 'Wider' } }),
      409,
      'history.not-restorable',
    );
  });

  it('refuses an end in the past, and a name that is no user name', async () => {
    const body = { name: 'late', purpose: 'X', expiresAt: new Date(Date.now() - 1_000).toISOString() };
    refused(
      await one.try(contract.createExportAccount, { params, body }),
      422,
      'statistics-export.in-the-past',
    );
    for (const name of ['Figures', '-figures', 'a', 'fig ures', 'fig/ures', '../x'])
      refused(
        await one.try(contract.createExportAccount, { params, body: { name, purpose: 'X' } }),
        400,
        'request.invalid',
      );
  });

  it('is given by nobody who does not see the statistics of the whole account himself', async () => {
    const of = await create();
    const pending = await submit(of);
    const role = await one.call(createRole, {
      params,
      body: { name: 'Exports', authorisations: ['statistics.export'], roles: [] },
    });
    const exporter = await makePerson(db, account, { url: node.url, roles: [] });
    await one.call(giveRole, {
      params,
      body: { userId: exporter.userId, roleId: role.id, scope: {}, reason: 'A test' },
    });
    // Statistics in one queue are not those of the account.
    const viewer = await one.call(createRole, {
      params,
      body: { name: 'Views', authorisations: ['statistics.view'], roles: [] },
    });
    const scope = { queue: [account.queueId] };
    await one.call(giveRole, {
      params,
      body: { userId: exporter.userId, roleId: viewer.id, scope, reason: 'A test' },
    });
    const fingerprint = fingerprintsOf(pending.key.blob).sha256;
    for (const answer of [
      await exporter.try(contract.createExportAccount, { params, body: { name: 'mine', purpose: 'X' } }),
      await exporter.try(contract.changeExportAccount, { params: of, body: { networks: [] } }),
      await exporter.try(contract.submitExportKey, {
        params: of,
        body: { publicKey: clientKey().publicKey },
      }),
      await exporter.try(contract.generateExportKey, {
        params: of,
        body: { passphrase: { by: 'person' } },
      }),
      await exporter.try(contract.confirmExportKey, {
        params: pending.params,
        body: confirmAs('second-person', fingerprint),
      }),
    ])
      refused(answer, 403, 'access.exceeds-own');
    // To take away needs less than to give.
    assert.equal(
      (await exporter.try(contract.changeExportAccount, { params: of, body: { disabled: true } })).status,
      200,
    );
    assert.equal((await exporter.try(contract.revokeExportKey, { params: pending.params })).status, 204);
    await one.call(changeRole, {
      params: { ...params, roleId: role.id },
      body: { authorisations: ['statistics.export', 'statistics.view'] },
    });
    const body = { name: 'mine', purpose: 'X' };
    assert.equal((await exporter.try(contract.createExportAccount, { params, body })).status, 201);
  });

  it('takes a public key as OpenSSH and RFC 4716 write it, and shows no fingerprint while it is pending', async () => {
    const of = await create();
    const ed25519 = await submit(of);
    assert.equal(ed25519.shown.state, 'pending');
    assert.equal(ed25519.shown.fingerprints, null);
    assert.equal(ed25519.shown.mine, true);
    for (const [publicKey, type, bits] of [
      [ssh2.utils.generateKeyPairSync('ecdsa', { bits: 384 }).public, 'ecdsa-sha2-nistp384', 384],
      [inBlock(clientKey().blob), 'ssh-ed25519', 256],
      [ssh2.utils.generateKeyPairSync('rsa', { bits: 3072 }).public, 'ssh-rsa', 3072],
    ] as const) {
      const { keys } = await one.call(contract.submitExportKey, { params: of, body: { publicKey } });
      assert.deepEqual([keys[0]?.type, keys[0]?.bits], [type, bits]);
    }
    const again = { params: of, body: { publicKey: ed25519.key.publicKey } };
    refused(await one.try(contract.submitExportKey, again), 409, 'statistics-export.key-known');
  });

  it('refuses private keys, weak and broken ones, several at once, and what is no key', async () => {
    const of = await create();
    const give = async (publicKey: string) =>
      await one.try(contract.submitExportKey, { params: of, body: { publicKey } });
    refused(await give(clientKey().privateKey), 422, 'statistics-export.key-private');
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    refused(await give(pem.toString()), 422, 'statistics-export.key-private');
    const { blob, publicKey } = clientKey();
    const base64 = blob.toString('base64');
    const offCurve = Buffer.concat([
      field('ecdsa-sha2-nistp256'),
      field('nistp256'),
      field(Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)])),
    ]);
    for (const unfit of [
      ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).public,
      `${publicKey}\n${clientKey().publicKey}`,
      `ssh-rsa ${base64}`,
      `ssh-dss ${base64}`,
      `command="x" ${publicKey}`,
      `ssh-ed25519 ${base64.slice(0, 40)}`,
      `ssh-ed25519 ${Buffer.concat([blob, Buffer.from([0])]).toString('base64')}`,
      `ecdsa-sha2-nistp256 ${offCurve.toString('base64')}`,
      base64,
      'ssh-ed25519',
      '---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n---- END SSH2 PUBLIC KEY ----',
    ])
      refused(await give(unfit), 422, 'statistics-export.key-unfit');
    const { rows } = await db.asOwner('select from export_key where export_account_id = $1', [
      of.exportAccountId,
    ]);
    assert.equal(rows.length, 0);
    assert.ok(!lines.join('').includes('PRIVATE KEY'));
  });

  it('is confirmed by a second person, and never by whoever brought the key', async () => {
    const { key, params: at } = await submit(await create());
    const { md5, sha256 } = await two.call(contract.showExportKey, { params: at });
    assert.deepEqual({ md5, sha256 }, fingerprintsOf(key.blob));
    assert.match(md5, /^MD5:([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    assert.match(sha256, /^SHA256:[A-Za-z0-9+/]{43}$/);
    refused(
      await one.try(contract.confirmExportKey, { params: at, body: confirmAs('second-person', sha256) }),
      403,
      'statistics-export.same-person',
    );
    const confirmed = await two.call(contract.confirmExportKey, {
      params: at,
      body: confirmAs('second-person', md5),
    });
    assert.equal(confirmed.state, 'active');
    const shown = await keyOf(at);
    assert.deepEqual(
      [shown.state, shown.confirmedAs, shown.confirmedBy?.id, shown.fingerprints?.sha256],
      ['active', 'second-person', two.userId, sha256],
    );
    refused(
      await two.try(contract.confirmExportKey, { params: at, body: confirmAs('second-person', md5) }),
      409,
      'statistics-export.key-not-pending',
    );
  });

  it('is confirmed for the customer by what they told, by nobody who was shown it here', async () => {
    const { key, params: at } = await submit(await create());
    const { sha256 } = fingerprintsOf(key.blob);
    await two.call(contract.showExportKey, { params: at });
    refused(
      await two.try(contract.confirmExportKey, { params: at, body: confirmAs('customer', sha256) }),
      403,
      'statistics-export.fingerprint-seen',
    );
    // As it is read out on the telephone, without the name of the hash.
    const told = ` ${sha256.slice(7, 20)} ${sha256.slice(20)}= `;
    await one.call(contract.confirmExportKey, { params: at, body: confirmAs('customer', told) });
    assert.equal((await keyOf(at)).confirmedAs, 'customer');
  });

  it('counts wrong fingerprints, and refuses the key for good after five', async () => {
    const { key, params: at } = await submit(await create());
    const wrong = fingerprintsOf(clientKey().blob);
    for (const fingerprint of [wrong.sha256, wrong.md5, 'SHA256:', 'nonsense', '0'.repeat(32)])
      refused(
        await one.try(contract.confirmExportKey, { params: at, body: confirmAs('customer', fingerprint) }),
        422,
        'statistics-export.fingerprint-wrong',
      );
    const right = confirmAs('customer', fingerprintsOf(key.blob).sha256);
    refused(
      await one.try(contract.confirmExportKey, { params: at, body: right }),
      409,
      'statistics-export.key-not-pending',
    );
    assert.deepEqual([(await keyOf(at)).state, (await keyOf(at)).wrongFingerprints], ['refused', 5]);
  });

  it('lapses when nobody has confirmed it for two weeks', async () => {
    const { key, params: at } = await submit(await create());
    await db.asOwner(
      "update export_key set submitted_at = now() - interval '14 days 1 second' where id = $1",
      [at.keyId],
    );
    assert.equal((await keyOf(at)).state, 'lapsed');
    const body = confirmAs('customer', fingerprintsOf(key.blob).sha256);
    refused(
      await one.try(contract.confirmExportKey, { params: at, body }),
      409,
      'statistics-export.key-not-pending',
    );
  });

  it('rotates with an overlap that begins when the new key is confirmed', async () => {
    const of = await create();
    const old = await submit(of);
    await two.call(contract.confirmExportKey, {
      params: old.params,
      body: confirmAs('second-person', fingerprintsOf(old.key.blob).sha256),
    });
    const next = clientKey();
    const replaces = { keyId: old.params.keyId, overlapHours: 24 };
    const { keys } = await one.call(contract.submitExportKey, {
      params: of,
      body: { publicKey: next.publicKey, replaces },
    });
    assert.equal((await keyOf(old.params)).endsAt, null, 'nothing ends before there is another');
    await two.call(contract.confirmExportKey, {
      params: { ...of, keyId: keys[0]?.id ?? '' },
      body: confirmAs('second-person', fingerprintsOf(next.blob).sha256),
    });
    const ending = await keyOf(old.params);
    assert.equal(ending.state, 'ending');
    const hours = (Date.parse(ending.endsAt ?? '') - Date.now()) / 3_600_000;
    assert.ok(hours > 23.9 && hours <= 24, String(hours));
  });

  it('hands over a generated key encrypted, whose passphrase goes by text message, and keeps neither', async () => {
    const of = await create();
    const before = sms.received.length;
    const handed = await one.call(contract.generateExportKey, {
      params: of,
      body: { passphrase: { by: 'sms', number: '+46701234567' } },
    });
    assert.equal(handed.account.state, 'active');
    const message = sms.received.slice(before).at(-1)?.message ?? '';
    const passphrase =
      /[a-z2-9]{4}(-[a-z2-9]{4}){4}/.exec(message.replace(handed.account.userName, ''))?.[0] ?? '';
    assert.match(handed.privateKey, /^-----BEGIN OPENSSH PRIVATE KEY-----/);
    const header = Buffer.from(handed.privateKey.split('\n').slice(1, -2).join(''), 'base64').toString(
      'latin1',
    );
    assert.ok(header.includes('aes256-ctr') && header.includes('bcrypt'));
    assert.ok(ssh2.utils.parseKey(handed.privateKey) instanceof Error, 'not without the passphrase');
    assert.ok(ssh2.utils.parseKey(handed.privateKey, 'wrong') instanceof Error);
    const opened = ssh2.utils.parseKey(handed.privateKey, passphrase);
    assert.ok(!(opened instanceof Error));
    const shown = handed.account.keys[0];
    assert.equal(shown?.fingerprints?.sha256, fingerprintsOf(opened.getPublicSSH()).sha256);
    assert.equal(shown?.passphraseUntil, null);
    await nowhere(passphrase, '701234567', handed.privateKey.split('\n')[3] ?? '');
  });

  it('makes no key when the text message cannot be sent', async () => {
    const of = await create();
    sms.refusals.push(500);
    const body = { passphrase: { by: 'sms', number: '+46701234567' } } as const;
    const answer = await one.try(contract.generateExportKey, { params: of, body });
    assert.equal((answer.body as { code?: string }).code, 'signin.code-not-sent', answer.text);
    const { items } = await one.call(contract.listExportAccounts, { params });
    assert.deepEqual(items.find(({ id }) => id === of.exportAccountId)?.keys, []);
  });

  it('attack 21: sends no text message for a key that could not be added, and ten in an hour whatever becomes of them', async () => {
    const other = await makeAccount(db, { origin: node.url.origin });
    const sender = await makePerson(db, other, { url: node.url, roles: ['administrator'] });
    const { id: exportAccountId } = await sender.call(contract.createExportAccount, {
      params: { accountId: other.id },
      body: { name: 'pumped', purpose: 'X' },
    });
    const of = { accountId: other.id, exportAccountId };
    const ask = async (replaces?: { keyId: string; overlapHours: number }) =>
      await sender.try(contract.generateExportKey, {
        params: of,
        body: {
          passphrase: { by: 'sms', number: '+46701234599' },
          ...(replaces === undefined ? {} : { replaces }),
        },
      });
    const texts = () => sms.received.filter(({ to }) => to === '+46701234599').length;
    refused(await ask({ keyId: randomUUID(), overlapHours: 0 }), 404, 'not-found');
    for (let count = 0; count < 10; count += 1)
      await testExportKey(db, { ...of, blob: clientKey().blob }, 'pending');
    refused(await ask(), 409, 'statistics-export.too-many-keys');
    assert.equal(texts(), 0);
    await db.asOwner('delete from export_key where export_account_id = $1', [exportAccountId]);

    await db.asOwner(
      `insert into export_key_attempt (account_id, id, channel) select $1, gen_random_uuid(), 'person' from generate_series(1, 8)`,
      [other.id],
    );
    // Two that fail at the server of the messages are two all the same; and many at once are counted one by one.
    sms.refusals.push(500, 500);
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    assert.deepEqual(answers.map(({ body }) => (body as { code?: string }).code ?? '').toSorted(), [
      'signin.code-not-sent',
      'signin.code-not-sent',
      'statistics-export.too-many-keys',
      'statistics-export.too-many-keys',
    ]);
    await sender.call(contract.deleteExportAccount, { params: of });
    const { id: next } = await sender.call(contract.createExportAccount, {
      params: { accountId: other.id },
      body: { name: 'pumped', purpose: 'X' },
    });
    of.exportAccountId = next;
    refused(await ask(), 409, 'statistics-export.too-many-keys');
    assert.equal(texts(), 0);
  });

  it('attack 21: counts these text messages among those of the installation', async () => {
    const of = await create();
    const [newest] = (
      await db.asOwner<{ body: object }>(
        'select body from installation_settings_version order by version desc limit 1',
      )
    ).rows;
    assert.ok(newest !== undefined);
    const lately = `(select count(*) from export_key_attempt where channel = 'sms')`;
    await db.asOwner(
      `update installation_settings_version set body = body || jsonb_build_object('sms.most-per-hour', ${lately})`,
    );
    const before = sms.received.length;
    const body = { passphrase: { by: 'sms', number: '+46701234567' } } as const;
    const answer = await one.try(contract.generateExportKey, { params: of, body });
    assert.equal((answer.body as { code?: string }).code, 'signin.code-not-sent', answer.text);
    assert.equal(sms.received.length, before);
    await db.asOwner('update installation_settings_version set body = $1', [JSON.stringify(newest.body)]);
  });

  it('shows the passphrase once, to somebody else than who has the key, and forgets it', async () => {
    const of = await create();
    const handed = await one.call(contract.generateExportKey, {
      params: of,
      body: { passphrase: { by: 'person' } },
    });
    const at = { ...of, keyId: handed.keyId };
    refused(
      await one.try(contract.readExportPassphrase, { params: at }),
      403,
      'statistics-export.same-person',
    );
    const { passphrase } = await two.call(contract.readExportPassphrase, { params: at });
    assert.ok(!(ssh2.utils.parseKey(handed.privateKey, passphrase) instanceof Error));
    refused(
      await two.try(contract.readExportPassphrase, { params: at }),
      404,
      'statistics-export.no-passphrase',
    );
    await nowhere(passphrase);

    const later = await one.call(contract.generateExportKey, {
      params: of,
      body: { passphrase: { by: 'person' } },
    });
    await db.asOwner("update export_key set passphrase_until = now() - interval '1 second' where id = $1", [
      later.keyId,
    ]);
    refused(
      await two.try(contract.readExportPassphrase, { params: { ...of, keyId: later.keyId } }),
      404,
      'statistics-export.no-passphrase',
    );
    await db.database.transaction('platform', deleteExpired);
    const { rows } = await db.asOwner('select from export_key where passphrase is not null');
    assert.equal(rows.length, 0);
  });

  it('revokes a key for good', async () => {
    const { key, params: at } = await submit(await create());
    await one.call(contract.revokeExportKey, { params: at });
    await one.call(contract.revokeExportKey, { params: at });
    assert.equal((await keyOf(at)).state, 'revoked');
    const body = confirmAs('customer', fingerprintsOf(key.blob).sha256);
    refused(
      await one.try(contract.confirmExportKey, { params: at, body }),
      409,
      'statistics-export.key-not-pending',
    );
    await db.asOwner("update export_key set ends_at = now() - interval '32 days' where id = $1", [at.keyId]);
    await db.database.transaction('platform', deleteExpired);
    const { rows } = await db.asOwner('select from export_key where id = $1', [at.keyId]);
    assert.equal(rows.length, 0);
  });

  /** In no row of the database, and in no line of the log. */
  async function nowhere(...secrets: string[]): Promise<void> {
    const { rows } = await db.asOwner<{ all: string }>(
      `select coalesce((select json_agg(k) from export_key k)::text, '') || coalesce((select json_agg(a) from audit_entry a)::text, '')
        || coalesce((select json_agg(o) from audit_outbox o)::text, '')
        || coalesce((select json_agg(v) from configuration_version v)::text, '') as all`,
    );
    for (const secret of secrets) {
      assert.ok(secret.length > 8);
      assert.ok(!rows[0]?.all.includes(secret), 'in the database');
      assert.ok(!lines.join('').includes(secret), 'in the log');
    }
  }
});

/** RFC 4716, with a header that goes on in the next line. */
function inBlock(blob: Buffer): string {
  const body = (blob.toString('base64').match(/.{1,70}/g) ?? []).join('\n');
  return `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "of the \\\nwarehouse"\n${body}\n---- END SSH2 PUBLIC KEY ----\n`;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function refused(answer: Answer<unknown>, status: number, code: string): void {
  assert.deepEqual([answer.status, (answer.body as { code?: string }).code], [status, code], answer.text);
}
