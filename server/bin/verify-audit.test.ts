import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exportCheckpoints, exportEntries } from '../src/features/audit/index.ts';
import { keepCheckpoints, pruneAudit, recordAudit, sealOutbox } from '../src/platform/audit/index.ts';
import { linkHash } from '../src/platform/audit/chain.ts';
import { testAccount } from '../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../test/database.ts';
import { keptLog } from '../test/node.ts';

const headKey = randomBytes(32);

/** What `samtal audit export` writes. */
interface Exported {
  readonly trail: string;
  readonly checkpoints: string;
  readonly publicKey: string;
}

interface Entry {
  seq: number;
  at: string;
  body: string;
  previous: string;
  hash: string;
}

describe('the verifier that stands alone', () => {
  let db: TestDatabase;
  let directory: string;
  let account: string;
  let whole: Exported;
  let foreign: Exported;

  before(async () => {
    db = await createTestDatabase();
    // Far from the repository: it needs nothing of it.
    directory = await mkdtemp(join(tmpdir(), 'samtal-verifier-'));
    await copyFile(
      fileURLToPath(new URL('verify-audit.mjs', import.meta.url)),
      join(directory, 'verify.mjs'),
    );
    const accounts = await Promise.all([testAccount(db), testAccount(db), testAccount(db)]);
    [account] = accounts;
    await record(accounts, 4);
    await record(accounts, 5);
    await record([account], 2, 'unsigned');
    whole = await exported(account);
    foreign = await exported(accounts[1] ?? '');
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
    await db.close();
  });

  async function record(accounts: readonly string[], count: number, signed = 'signed'): Promise<void> {
    for (const of of accounts)
      await db.database.transaction(of, async (tx) => {
        for (let number = 1; number <= count; number += 1)
          await recordAudit(tx, of, {
            action: 'tests.happened',
            actor: { kind: 'system' },
            details: { number, text: 'räksmörgås "\n' },
          });
      });
    await db.database.transaction('platform', async (tx) => await sealOutbox(tx, headKey));
    if (signed === 'signed') await checkpoint();
  }
  async function checkpoint(): Promise<void> {
    const keys = async () => ({ head: headKey, signing: await db.keyring.signingKey() });
    await keepCheckpoints(
      { database: db.database, keys, directory: db.checkpointDirectory, log: keptLog().log },
      'now',
      0,
    );
  }
  async function exported(of: string): Promise<Exported> {
    const content = await exportEntries(db.database, of, {
      format: 'jsonl',
      filter: {},
      actor: { kind: 'operator' },
    });
    return {
      trail: (await Array.fromAsync(content)).join(''),
      checkpoints: await exportCheckpoints(db.database, of),
      publicKey: (await db.keyring.signingKey()).publicKey,
    };
  }
  async function verify({ trail, checkpoints, publicKey }: Exported) {
    const files = { 'audit.jsonl': trail, 'checkpoints.json': checkpoints, 'public-key.pem': publicKey };
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    return await new Promise<{ code: number; said: string }>((resolve) => {
      const args = ['verify.mjs', ...Object.keys(files)];
      const child = execFile(process.execPath, args, { cwd: directory }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, said: stdout + stderr }),
      );
    });
  }
  /** The trail with its entries changed, line by line. */
  function tampered(change: (entries: Entry[]) => Entry[], from = whole): Exported {
    const [header = '', ...lines] = from.trail.trimEnd().split('\n');
    const entries = change(lines.map((line) => JSON.parse(line) as Entry));
    return { ...from, trail: [header, ...entries.map((entry) => JSON.stringify(entry))].join('\n') };
  }
  /** The entries linked anew from one on, as if they had always been so. */
  function relinked(entries: Entry[], from: number): Entry[] {
    let previous = entries[from - 2]?.hash ?? '0'.repeat(64);
    return entries.map((entry, index) => {
      if (index < from - 1) return entry;
      const link = {
        account,
        seq: index + 1,
        at: new Date(entry.at),
        previous: Buffer.from(previous, 'hex'),
      };
      const hash = linkHash({ ...link, body: entry.body }).toString('hex');
      const linked = { ...entry, seq: index + 1, previous, hash };
      previous = hash;
      return linked;
    });
  }
  const notOk = async (files: Exported, words: RegExp) => {
    const { code, said } = await verify(files);
    assert.equal(code, 1, said);
    assert.match(said, words);
  };

  it('says that an export is whole, how far it is signed, and by which key', async () => {
    const { code, said } = await verify(whole);
    assert.equal(code, 0, said);
    assert.match(said, new RegExp(`OK: 12 entries of account ${account}, up to entry 12, checked against 2`));
    assert.match(said, /2 entries came after the last signed one/);
    assert.match(said, /Public key \(SHA-256\): [0-9a-f]{64}/);
  });

  it('attack 76: names the first entry that was changed, in any of its parts', async () => {
    for (const change of [
      { body: '{"action":"tests.harmless"}' },
      { at: '2020-01-01T00:00:00.000Z' },
      { hash: '0'.repeat(64) },
    ]) {
      await notOk(
        tampered((entries) => entries.map((entry) => (entry.seq === 6 ? { ...entry, ...change } : entry))),
        /NOT OK at entry 6/,
      );
    }
  });

  it('names the first entry that was deleted, inserted, doubled or out of order', async () => {
    await notOk(
      tampered((entries) => entries.filter(({ seq }) => seq !== 4)),
      /NOT OK at entry 4/,
    );
    await notOk(
      tampered((entries) => entries.slice(1)),
      /NOT OK at entry 1/,
    );
    await notOk(
      tampered((entries) => entries.toSpliced(4, 0, ...entries.slice(3, 4))),
      /NOT OK at entry 5/,
    );
    await notOk(
      tampered((entries) => [...entries.slice(0, 2), ...entries.slice(3, 4), ...entries.slice(2, 3)]),
      /NOT OK at entry 3/,
    );
    await notOk({ ...whole, trail: `${whole.trail}{"seq":13,` }, /NOT OK at entry 13/);
  });

  it('attack 76: names where the end was cut off', async () => {
    await notOk(
      tampered((entries) => entries.slice(0, 7)),
      /NOT OK at entry 8.*cut.*knows entry 10/,
    );
    await notOk(
      tampered(() => []),
      /NOT OK at entry 1/,
    );
  });

  it('names from where on the trail was written anew, links and all', async () => {
    const forged = (from: number) =>
      tampered((entries) =>
        relinked(
          entries.map((entry) => (entry.seq === from ? { ...entry, body: '{"action":"x.y"}' } : entry)),
          from,
        ),
      );
    await notOk(forged(1), /NOT OK at entry 1/);
    // The first checkpoint knows entry 5.
    await notOk(forged(7), /NOT OK at entry 6/);
    await notOk(
      tampered((entries) =>
        relinked(
          entries.filter(({ seq }) => seq !== 8),
          8,
        ),
      ),
      /NOT OK at entry 6/,
    );
  });

  it('refuses another account’s trail or checkpoints', async () => {
    await notOk({ ...whole, trail: foreign.trail }, /another account/);
    await notOk({ ...whole, checkpoints: foreign.checkpoints }, /another account/);
    const renamed = foreign.trail.replace(/"account":"[^"]+"/, `"account":"${account}"`);
    await notOk({ ...whole, trail: renamed }, /NOT OK at entry 1/);
  });

  it('refuses checkpoints that were forged, or signed with another key', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
    await notOk({ ...whole, publicKey: other }, /signature of checkpoint 1 is wrong/);
    for (const [from, to] of [
      [/"signature": "../, '"signature": "00'],
      [/"root": "../, '"root": "00'],
      [/"leaves": 3/, '"leaves": 2'],
      [/"position": (\d)/, '"position": 9'],
      [/"seq": 5/, '"seq": 6'],
      [/"seq": 5/, '"seq": "5"'],
      [/"number": 1/, '"number": 7'],
    ] as const) {
      const checkpoints = whole.checkpoints.replace(from, to);
      assert.notEqual(checkpoints, whole.checkpoints, String(from));
      await notOk({ ...whole, checkpoints }, /NOT OK: /);
    }
  });

  it('refuses to judge an export with a filter, and says when it cannot read what it was given', async () => {
    await notOk({ ...whole, trail: whole.trail.replace('"filtered":false', '"filtered":true') }, /filter/);
    assert.equal((await verify({ ...whole, publicKey: 'no key' })).code, 2);
    assert.equal((await verify({ ...whole, checkpoints: '{' })).code, 2);
  });

  it('verifies a pruned trail from its signed base, and refuses another beginning', async () => {
    await db.database.transaction(
      'platform',
      async (tx) =>
        await pruneAudit(tx, await db.keyring.signingKey(), {
          account,
          before: new Date(Date.now() + 60_000),
        }),
    );
    const pruned = await exported(account);
    const { code, said } = await verify(pruned);
    assert.equal(code, 0, said);
    await notOk({ ...pruned, trail: whole.trail }, /NOT OK at entry 11.*begin/);
    await notOk({ ...pruned, checkpoints: whole.checkpoints }, /NOT OK at entry 1.*begin/);
    await notOk(
      { ...pruned, checkpoints: pruned.checkpoints.replace(/("at": "2)0/, '$11') },
      /signature of the base/,
    );
  });
});
