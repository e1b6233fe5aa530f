import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, copyFile, link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { seeded } from '../../../test/random.ts';
import { checkCommitment, CiphertextError, deriveKey, seal, unseal, type Place } from './ciphertext.ts';
import { DirectoryKeyStore } from './directory-key-store.ts';
import { KeyDestroyedError, Keyring, KeyringError } from './keyring.ts';
import { isSigned } from './signing-key.ts';

const key = deriveKey(randomBytes(32), 1);
const place = fc.record({
  account: fc.string(),
  object: fc.string(),
  record: fc.string(),
  field: fc.string(),
});
/** Says the seed with the result; `SAMTAL_TEST_SEED` brings the same values again. */
const chances = (t: TestContext) => ({ seed: seeded(t).below(2 ** 31) });
const plain = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

async function emptyDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'samtal-test-keyring-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a ciphertext', () => {
  it('opens to what was sealed, at its own place', (t) => {
    fc.assert(
      fc.property(place, plain, (where, text) => {
        assert.deepEqual(unseal(key, where, seal(key, where, text)), text);
      }),
      chances(t),
    );
  });

  it('attack 38, 73: never opens at another place, whichever part of the place differs', (t) => {
    fc.assert(
      fc.property(place, place, plain, (where, elsewhere, text) => {
        const sealed = seal(key, where, text);
        for (const part of ['account', 'object', 'record', 'field'] as const) {
          if (where[part] === elsewhere[part]) continue;
          assert.throws(() => unseal(key, { ...where, [part]: elsewhere[part] }, sealed), CiphertextError);
        }
      }),
      chances(t),
    );
  });

  it('never opens at a place whose parts only read the same when they are joined', (t) => {
    fc.assert(
      fc.property(place, plain, (where, text) => {
        const sealed = seal(key, where, text);
        const shifted: Place = { ...where, account: where.account + where.object, object: '' };
        if (where.object !== '') assert.throws(() => unseal(key, shifted, sealed), CiphertextError);
      }),
      chances(t),
    );
  });

  it('attack 73: never opens under another version of the key, nor when the version in it is rewritten', () => {
    const raw = randomBytes(32);
    const where = { account: 'a', object: 'o', record: 'r', field: 'f' };
    const sealed = seal(deriveKey(raw, 1), where, Buffer.from('text'));
    assert.throws(() => unseal(deriveKey(raw, 2), where, sealed), CiphertextError);
    sealed.writeUInt32BE(2, 2);
    assert.throws(() => unseal(deriveKey(raw, 2), where, sealed), CiphertextError);
  });

  it('attack 73: never opens under another key', (t) => {
    fc.assert(
      fc.property(place, plain, (where, text) => {
        assert.throws(
          () => unseal(deriveKey(randomBytes(32), 1), where, seal(key, where, text)),
          CiphertextError,
        );
      }),
      chances(t),
    );
  });

  it('attack 73: never opens when any one bit of it was flipped, or when it was cut anywhere', () => {
    const where = { account: 'a', object: 'o', record: 'r', field: 'f' };
    const sealed = seal(key, where, Buffer.from('some text'));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => unseal(key, where, changed), CiphertextError, `bit ${bit}`);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      assert.throws(
        () => unseal(key, where, sealed.subarray(0, length)),
        CiphertextError,
        `cut at ${length}`,
      );
    }
  });

  it('never opens when any byte of it was changed to any other, whatever is in it', (t) => {
    fc.assert(
      fc.property(place, plain, fc.nat(), fc.integer({ min: 1, max: 255 }), (where, text, at, by) => {
        const sealed = seal(key, where, text);
        const position = at % sealed.length;
        sealed[position] = (sealed[position] ?? 0) ^ by;
        assert.throws(() => unseal(key, where, sealed), CiphertextError);
      }),
      chances(t),
    );
  });

  it('is different each time, and shows nothing of what is in it but its length', () => {
    const where = { account: 'a', object: 'o', record: 'r', field: 'f' };
    const text = Buffer.from('the same text');
    const all = new Set(Array.from({ length: 200 }, () => seal(key, where, text).toString('hex')));
    assert.equal(all.size, 200);
    assert.ok(
      [...all].every((hex) => hex.length === (text.length + 34) * 2 && !hex.includes(text.toString('hex'))),
    );
  });
});

describe('a commitment', () => {
  it('attack 73: fits its own key and no other', () => {
    const raw = randomBytes(32);
    const { commitment } = deriveKey(raw, 1);
    checkCommitment(deriveKey(raw, 1), commitment);
    assert.throws(() => checkCommitment(deriveKey(randomBytes(32), 1), commitment), CiphertextError);
    assert.throws(() => checkCommitment(deriveKey(raw, 1), commitment.subarray(1)), CiphertextError);
  });
});

describe('the keyring', () => {
  it('opens again with the keys that were made in it', async (t) => {
    const directory = await emptyDirectory(t);
    const [account, bucket] = [randomUUID(), randomUUID()];
    const first = await Keyring.open(directory);
    await first.createAccount(account);
    await first.createBucket(account, bucket);
    const where = { account, object: 'o', record: 'r', field: 'f' };
    const sealed = seal(await first.bucketKey(account, bucket, 1), where, Buffer.from('text'));
    const again = await Keyring.open(directory);
    assert.equal(unseal(await again.bucketKey(account, bucket, 1), where, sealed).toString(), 'text');
    assert.deepEqual(again.purposeKey('audit'), first.purposeKey('audit'));
    assert.notDeepEqual(again.purposeKey('audit'), again.purposeKey('index'));
    assert.deepEqual(await again.verify(), { accounts: 1, buckets: 1 });
  });

  it('becomes one keyring when several processes open a new one at the same moment', async (t) => {
    const directory = await emptyDirectory(t);
    const module = new URL('./keyring.ts', import.meta.url).href;
    const account = randomUUID();
    const program = `
      const { Keyring } = await import(${JSON.stringify(module)});
      while (Date.now() < Number(process.argv[1])) await null;
      const keyring = await Keyring.open(${JSON.stringify(directory)});
      await keyring.createAccount(${JSON.stringify(account)});
      await keyring.createBucket(${JSON.stringify(account)}, ${JSON.stringify(account)});
      await keyring.bucketKey(${JSON.stringify(account)}, ${JSON.stringify(account)}, 1);
      process.stdout.write(keyring.purposeKey('test').toString('hex'));
    `;
    const at = String(Date.now() + 700);
    const run = promisify(execFile);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => run(process.execPath, ['--input-type=module', '--eval', program, at])),
    );
    assert.equal(new Set(answers.map(({ stdout }) => stdout)).size, 1);
    assert.deepEqual(
      (await readdir(directory)).toSorted(),
      [account, 'installation', 'installation.key'].toSorted(),
    );
  });

  it('becomes one keyring when it is opened many times over in one process', async (t) => {
    for (let round = 0; round < 20; round += 1) {
      const directory = await emptyDirectory(t);
      const account = randomUUID();
      const opened = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const keyring = await Keyring.open(directory);
          await keyring.createAccount(account);
          return keyring.purposeKey('test').toString('hex');
        }),
      );
      assert.equal(new Set(opened).size, 1);
    }
  });

  it('refuses an installation key that others can read', async (t) => {
    const directory = await emptyDirectory(t);
    await Keyring.open(directory);
    for (const mode of [0o644, 0o640, 0o604, 0o666]) {
      await chmod(join(directory, 'installation.key'), mode);
      await assert.rejects(Keyring.open(directory), KeyringError);
    }
    await chmod(join(directory, 'installation.key'), 0o600);
    await Keyring.open(directory);
  });

  it('refuses to make a new installation key where accounts have keys under another', async (t) => {
    const directory = await emptyDirectory(t);
    await (await Keyring.open(directory)).createAccount(randomUUID());
    await rm(join(directory, 'installation.key'));
    await assert.rejects(Keyring.open(directory), KeyringError);
    assert.ok(!(await readdir(directory)).includes('installation.key'));
  });

  it('refuses an installation key of the wrong length', async (t) => {
    const directory = await emptyDirectory(t);
    await writeFile(join(directory, 'installation.key'), Buffer.alloc(16).toString('base64'), {
      mode: 0o600,
    });
    await assert.rejects(Keyring.open(directory), KeyringError);
  });

  it('attack 81: refuses a key file that was damaged, moved to another account, or has another key’s commitment', async (t) => {
    const directory = await emptyDirectory(t);
    const [one, other, bucket, second] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const keyring = await Keyring.open(directory);
    for (const account of [one, other]) await keyring.createAccount(account);
    await keyring.createBucket(one, bucket);
    await keyring.createBucket(one, second);
    const path = join(directory, one, `${bucket}.json`);
    const whole = await readFile(path, 'utf8');
    const { commitment } = JSON.parse(await readFile(join(directory, one, `${second}.json`), 'utf8')) as {
      commitment: string;
    };

    await writeFile(join(directory, other, `${bucket}.json`), whole, { mode: 0o600 });
    await assert.rejects((await Keyring.open(directory)).bucketKey(other, bucket, 1), KeyringError);
    await writeFile(path, JSON.stringify({ ...(JSON.parse(whole) as object), commitment }));
    await assert.rejects((await Keyring.open(directory)).bucketKey(one, bucket, 1), KeyringError);
    await writeFile(path, whole.slice(0, 40));
    await assert.rejects((await Keyring.open(directory)).verify(), KeyringError);
    await writeFile(path, whole);
    await (await Keyring.open(directory)).bucketKey(one, bucket, 1);
    await assert.rejects(keyring.bucketKey(one, randomUUID(), 1), KeyringError);
  });

  it('asks for a key again that could not be read the first time', async (t) => {
    const directory = await emptyDirectory(t);
    const [account, bucket] = [randomUUID(), randomUUID()];
    const [node, other] = [await Keyring.open(directory), await Keyring.open(directory)];
    await node.createAccount(account);
    await assert.rejects(other.bucketKey(account, bucket, 1), KeyringError);
    await node.createBucket(account, bucket);
    await other.bucketKey(account, bucket, 1);
  });

  it('has keys by name, each account its own, which are gone when they are destroyed', async (t) => {
    const directory = await emptyDirectory(t);
    const [one, other] = [randomUUID(), randomUUID()];
    const keyring = await Keyring.open(directory);
    for (const account of [one, other]) {
      await keyring.createAccount(account);
      await keyring.createNamed(account, 'activity-2026-11-25');
    }
    const where = { account: one, object: 'o', record: 'r', field: 'f' };
    const sealed = seal(await keyring.namedKey(one, 'activity-2026-11-25'), where, Buffer.from('text'));
    await keyring.createNamed(one, 'activity-2026-11-25');
    const again = await Keyring.open(directory);
    assert.equal(unseal(await again.namedKey(one, 'activity-2026-11-25'), where, sealed).toString(), 'text');
    const keyOfOther = await again.namedKey(other, 'activity-2026-11-25');
    assert.throws(
      () => unseal(keyOfOther, where, sealed),
      CiphertextError,
      'another account’s key of that name is another key',
    );
    assert.deepEqual(await again.namedKeys(one), ['activity-2026-11-25']);
    await keyring.destroyNamed(one, 'activity-2026-11-25');
    await assert.rejects(keyring.namedKey(one, 'activity-2026-11-25'), KeyringError);
    await assert.rejects((await Keyring.open(directory)).namedKey(one, 'activity-2026-11-25'), KeyringError);
    await again.namedKey(other, 'activity-2026-11-25');
    assert.deepEqual(await again.namedKeys(one), []);
  });

  it('refuses names that could be another key’s, or a path', async (t) => {
    const keyring = await Keyring.open(await emptyDirectory(t));
    const account = randomUUID();
    await keyring.createAccount(account);
    for (const name of [
      'account',
      'signing',
      'commitment',
      '../x',
      'a/b',
      'a.2',
      '',
      'A',
      '-a',
      randomUUID(),
      'a'.repeat(64),
    ])
      await assert.rejects(keyring.createNamed(account, name), KeyringError, name);
  });

  it('has a key for each purpose of an account, which dies with the account’s key', async (t) => {
    const directory = await emptyDirectory(t);
    const [one, other, bucket] = [randomUUID(), randomUUID(), randomUUID()];
    const keyring = await Keyring.open(directory);
    for (const account of [one, other]) await keyring.createAccount(account);
    await keyring.createBucket(one, bucket);
    await keyring.createNamed(one, 'activity-2026-11-25');
    const blind = await keyring.accountPurposeKey(one, 'blind-index');
    assert.equal(blind.length, 32);
    assert.deepEqual(await (await Keyring.open(directory)).accountPurposeKey(one, 'blind-index'), blind);
    assert.notDeepEqual(await keyring.accountPurposeKey(one, 'deletion-log'), blind);
    assert.notDeepEqual(await keyring.accountPurposeKey(other, 'blind-index'), blind);

    await keyring.destroyAccount(one);
    for (const ring of [keyring, await Keyring.open(directory)]) {
      await assert.rejects(ring.accountPurposeKey(one, 'blind-index'), KeyDestroyedError);
      await assert.rejects(ring.bucketKey(one, bucket, 1), KeyDestroyedError);
      await assert.rejects(ring.createNamed(one, 'activity-2026-11-26'), KeyDestroyedError);
      await ring.accountPurposeKey(other, 'blind-index');
    }
    assert.deepEqual(await readdir(join(directory, one)), ['account.json']);
    await keyring.createAccount(one);
    await assert.rejects(keyring.openAccount(one), KeyDestroyedError, 'what was destroyed is not made again');
    assert.deepEqual(await keyring.verify(), { accounts: 1, buckets: 0 });
  });

  it('signs for the installation, so that anybody with the public key can check', async (t) => {
    const directory = await emptyDirectory(t);
    const keyring = await Keyring.open(directory);
    const [first, again] = [await keyring.signingKey(), await (await Keyring.open(directory)).signingKey()];
    assert.equal(first.publicKey, again.publicKey);
    const message = Buffer.from('a record');
    const signature = again.sign(message);
    assert.equal(signature.length, 64);
    assert.ok(isSigned(first.publicKey, message, signature));
    assert.ok(!isSigned(first.publicKey, Buffer.from('a recorD'), signature));
    signature[7] = (signature[7] ?? 0) ^ 1;
    assert.ok(!isSigned(first.publicKey, message, signature));
    const { publicKey } = await (await Keyring.open(await emptyDirectory(t))).signingKey();
    assert.ok(!isSigned(publicKey, message, first.sign(message)), 'another installation has another key');
    const kept = await readFile(join(directory, 'installation/signing.json'), 'utf8');
    assert.ok(!kept.includes('PRIVATE'), 'wrapped');
  });

  it('refuses another installation’s key', async (t) => {
    const [directory, other] = [await emptyDirectory(t), await emptyDirectory(t)];
    await Keyring.open(directory);
    await Keyring.open(other);
    await copyFile(join(other, 'installation.key'), join(directory, 'installation.key'));
    await assert.rejects(Keyring.open(directory), /is not the installation key/);
  });

  it('leaves nothing of a destroyed key in the file that it was in', async (t) => {
    const directory = await emptyDirectory(t);
    const store = new DirectoryKeyStore(directory);
    await store.insert('a', 'gone', 'the content');
    await store.insert('a', 'changed', 'the old content');
    for (const name of ['gone', 'changed'])
      await link(join(directory, 'a', `${name}.json`), join(directory, name));
    await store.remove('a', 'gone');
    await store.replace('a', 'changed', 'the new content');
    assert.match(await readFile(join(directory, 'gone'), 'latin1'), /^\0+$/);
    assert.match(await readFile(join(directory, 'changed'), 'latin1'), /^\0+$/);
    assert.equal(await store.read('a', 'changed'), 'the new content');
    assert.equal(await store.read('a', 'gone'), null);
    await store.remove('a', 'gone');
    await store.remove('nobody', 'gone');
  });
});
