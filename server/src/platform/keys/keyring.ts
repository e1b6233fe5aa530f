import { createHash, createHmac, randomBytes, type KeyObject, createSecretKey } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCommitment, deriveFor, deriveKey, seal, unseal, type SealingKey } from './ciphertext.ts';
import { DirectoryKeyStore, insertFile } from './directory-key-store.ts';
import { ExpiringCache } from './expiring-cache.ts';
import type { KeyStore } from './key-store.ts';
import { signingKeyFrom, type SigningKey } from './signing-key.ts';

/*
 * The keyring lies beside the database and never in it. Its root is a file, `installation.key`: 256 random bits (base64),
 * mode 0600. Its other keys are records of a store, a directory or a database of its own:
 *
 *   installation/commitment      what the root has to be
 *   installation/signing         the seed of the installation's signing key, wrapped by the root
 *   <account>/account            the account's key, wrapped by the root; or the note that it was destroyed
 *   <account>/<bucket>           a bucket's key, wrapped by the account's key; <bucket>.<n> is its version n, from 2 on
 *   <account>/<bucket>.survivors the keys of the conversations that were in the bucket when it was rotated last
 *   <account>/<name>             a key that the account has by name, such as one for a day
 *
 * A conversation's key is wrapped by its bucket's key and stored in the database. Without the keyring the database,
 * any copy and any backup of it are unreadable; destroying a version of a bucket's key makes every copy of what it wraps so
 * for ever (G9). Survivors are what makes a backup from before the rotation readable but for what was erased.
 */
interface KeyRecord {
  /** Each rotation counts up. */
  readonly version: number;
  /** Ciphertext and commitment, base64. */
  readonly wrapped: string;
  readonly commitment: string;
}

/** Keys of conversations as they were wrapped when their bucket was rotated, in base64, by conversation. */
export interface Survivors {
  /** The version of the bucket's key that wraps them. */
  readonly version: number;
  /** An instant, ISO 8601. */
  readonly at: string;
  readonly wrapped: Readonly<Record<string, string>>;
}

/** One record of a keyring, as a backup of it has it. */
export interface CopiedRecord {
  readonly owner: string;
  readonly name: string;
  readonly content: string;
}

/** A key is missing or does not fit: nothing under it can be read. */
export class KeyringError extends Error {
  override readonly name: string = 'KeyringError';
}

/** The key was destroyed on purpose, and nothing brings back what was under it. */
export class KeyDestroyedError extends KeyringError {
  override readonly name = 'KeyDestroyedError';
}

const installation = 'installation';
/** What the root is called in a copy. */
const rootName = 'installation.key';
const bucketName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[1-9]\d*)?$/;
const givenName = /^[a-z][a-z0-9-]{0,62}$/;
const reserved = ['account', 'commitment', 'signing'];
const cacheMs = 5 * 60_000;
const cacheSize = 10_000;

/** An unwrapped key. `purposes` is what the keys for its purposes come from. */
interface OpenKey extends SealingKey {
  readonly purposes: KeyObject;
}

export class Keyring {
  readonly #store: KeyStore;
  readonly #root: SealingKey;
  readonly #rawRoot: Buffer;
  readonly #cache = new ExpiringCache<Promise<OpenKey>>({ lifeMs: cacheMs, size: cacheSize });

  private constructor(store: KeyStore, rawRoot: Buffer) {
    this.#store = store;
    this.#rawRoot = rawRoot;
    this.#root = deriveKey(rawRoot, 1);
  }

  /**
   * Opens the keyring whose installation key is in the directory, and whose records are there too unless there is another
   * store. Makes the installation key when both are new. Several processes may share one.
   */
  static async open(directory: string, store: KeyStore = new DirectoryKeyStore(directory)): Promise<Keyring> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'installation.key');
    // NOTE: records are looked for before the key is, since another process may be making both at this moment.
    const hasRecords = (await store.owners()).length > 0;
    const isNew = (await readKeyFile(path)) === null;
    if (isNew) {
      if (hasRecords) {
        throw new KeyringError(
          `The keyring ${store.location} is in use, and ${path} is not there: put the right installation.key back, or copy it from another node`,
        );
      }
      await insertFile(path, `${randomBytes(32).toString('base64')}\n`);
    }
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new KeyringError(`${path} can be read by others: chmod 600 it`);
    const raw = Buffer.from((await readKeyFile(path)) ?? '', 'base64');
    if (raw.length !== 32) throw new KeyringError(`${path} is not a key of 256 bits`);
    const commitment = deriveKey(raw, 1).commitment.toString('base64');
    await store.insert(installation, 'commitment', commitment);
    if ((await store.read(installation, 'commitment')) !== commitment) {
      // Another node was the first one in a database that was new to both.
      if (isNew) await rm(path);
      throw new KeyringError(
        `${path} is not the installation key of the keyring ${store.location}: copy it from another node`,
      );
    }
    return new Keyring(store, raw);
  }

  /**
   * Makes a keyring out of what {@link Keyring.copy} gave, where there is none: over another one, it would bring back what was
   * destroyed there. Refuses an installation key or records that are there already.
   */
  static async restore(
    copy: readonly CopiedRecord[],
    directory: string,
    store: KeyStore = new DirectoryKeyStore(directory),
  ): Promise<Keyring> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'installation.key');
    if ((await store.owners()).length > 0 || (await readKeyFile(path)) !== null)
      throw new KeyringError(
        `There is a keyring in ${store.location} already: an older one over it would bring back keys that were destroyed`,
      );
    const root = copy.find(({ owner, name }) => owner === installation && name === rootName);
    if (root === undefined) throw new KeyringError('The copy has no installation key');
    for (const { owner, name, content } of copy)
      if (!(owner === installation && name === rootName)) await store.insert(owner, name, content);
    // The root last: a keyring that is only half there does not open.
    await insertFile(path, root.content);
    return await Keyring.open(directory, store);
  }

  /** Everything in it, the root included: whoever has this and the database can read all of it. */
  async *copy(): AsyncGenerator<CopiedRecord> {
    yield { owner: installation, name: rootName, content: `${this.#rawRoot.toString('base64')}\n` };
    for (const owner of await this.#store.owners()) yield* this.#copyOwner(owner);
  }

  /** The same for as long as no key was made or destroyed. Tells nothing of the keys. */
  async fingerprint(): Promise<string> {
    const hash = createHash('sha256');
    for (const owner of (await this.#store.owners()).toSorted())
      for (const name of (await this.#store.names(owner)).toSorted()) hash.update(`${owner}/${name}\n`);
    return hash.digest('hex');
  }

  /** A rotation at the same moment may replace a record by another one: then it is looked for again. */
  async *#copyOwner(owner: string): AsyncGenerator<CopiedRecord> {
    const copied = new Set<string>();
    for (let isWhole = false; !isWhole;) {
      isWhole = true;
      for (const name of await this.#store.names(owner)) {
        if (copied.has(name)) continue;
        const content = await this.#store.read(owner, name);
        if (content === null) isWhole = false;
        else yield { owner, name, content };
        copied.add(name);
      }
    }
  }

  /** For operators: where its records are. */
  get location(): string {
    return this.#store.location;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  /** A key for one purpose of the whole installation, such as the audit trail's. */
  purposeKey(purpose: string): Buffer {
    return createHmac('sha256', this.#rawRoot).update(`samtal/purpose/${purpose}/v1`).digest();
  }

  /** The key by which the installation signs records, checkpoints and manifests. Made when it is first asked for. */
  async signingKey(): Promise<SigningKey> {
    if ((await this.#store.read(installation, 'signing')) === null)
      await this.#create(installation, 'signing', { version: 1, wrapping: this.#root });
    const raw = await this.#unwrap(installation, 'signing', this.#root);
    const seed = deriveFor('sign', raw);
    raw.fill(0);
    return signingKeyFrom(seed);
  }

  /** Makes the account's key. */
  async createAccount(account: string): Promise<void> {
    await this.#create(account, 'account', { version: 1, wrapping: this.#root });
  }

  /** Opens the account's key, to show that it is there. */
  async openAccount(account: string): Promise<void> {
    await this.#account(account);
  }

  /** A key for one purpose of an account, such as its blind index. It dies with the account's key. */
  async accountPurposeKey(account: string, purpose: string): Promise<Buffer> {
    const { purposes } = await this.#account(account);
    return createHmac('sha256', purposes).update(`samtal/purpose/${purpose}/v1`).digest();
  }

  /** Destroys an account's key, and every key below it. A note stays, which tells destroyed from lost. */
  async destroyAccount(account: string): Promise<void> {
    await this.#store.replace(account, 'account', JSON.stringify({ destroyed: new Date().toISOString() }));
    this.forget(account);
    for (const name of await this.#store.names(account)) {
      if (name !== 'account') await this.#store.remove(account, name);
    }
  }

  async createBucket(account: string, bucket: string, version = 1): Promise<void> {
    await this.#create(account, versionName(bucket, version), {
      version,
      wrapping: await this.#account(account),
    });
  }

  /** Refuses a version that is not there, whatever other versions there are. */
  async bucketKey(account: string, bucket: string, version: number): Promise<SealingKey> {
    return await this.#open(account, versionName(bucket, version), await this.#account(account));
  }

  async hasBucketVersion(account: string, bucket: string, version: number): Promise<boolean> {
    return (await this.#store.read(account, versionName(bucket, version))) !== null;
  }

  /** The versions of the bucket's key that there are, oldest first. */
  async bucketVersions(account: string, bucket: string): Promise<number[]> {
    return (await this.#store.names(account))
      .map((name) => versionOf(bucket, name))
      .filter((version) => Number.isFinite(version))
      .toSorted((one, other) => one - other);
  }

  /** Destroys the bucket's key in all versions before this one. Does nothing where that was done. */
  async destroyBucketBefore(account: string, bucket: string, version: number): Promise<void> {
    for (const name of await this.#store.names(account)) {
      if (versionOf(bucket, name) < version) await this.#store.remove(account, name);
    }
    this.forget(account);
  }

  async keepSurvivors(account: string, bucket: string, survivors: Survivors): Promise<void> {
    await this.#store.replace(account, `${bucket}.survivors`, JSON.stringify(survivors));
  }

  /** Null when the bucket was not rotated, or so long ago that no backup needs them. */
  async survivors(account: string, bucket: string): Promise<Survivors | null> {
    const content = await this.#store.read(account, `${bucket}.survivors`);
    return content === null ? null : (JSON.parse(content) as Survivors);
  }

  /** Drops survivors of rotations before this moment: no backup from before them is left. Returns how many. */
  async dropSurvivorsBefore(account: string, before: Date): Promise<number> {
    let dropped = 0;
    for (const name of await this.#store.names(account)) {
      if (!name.endsWith('.survivors')) continue;
      const survivors = await this.survivors(account, name.slice(0, -'.survivors'.length));
      if (survivors === null || new Date(survivors.at) >= before) continue;
      await this.#store.remove(account, name);
      dropped += 1;
    }
    return dropped;
  }

  /** Makes a key of the account under a name (letters, digits and hyphens, such as `activity-2026-11-25`). */
  async createNamed(account: string, name: string): Promise<void> {
    refuseName(name);
    await this.#create(account, name, { version: 1, wrapping: await this.#account(account) });
  }

  async namedKey(account: string, name: string): Promise<SealingKey> {
    refuseName(name);
    return await this.#open(account, name, await this.#account(account));
  }

  /** A key for one purpose of a named key. It dies with that. */
  async namedPurposeKey(account: string, name: string, purpose: string): Promise<Buffer> {
    refuseName(name);
    const { purposes } = await this.#open(account, name, await this.#account(account));
    return createHmac('sha256', purposes).update(`samtal/purpose/${purpose}/v1`).digest();
  }

  /** The names of the account's keys that have one. */
  async namedKeys(account: string): Promise<string[]> {
    return (await this.#store.names(account)).filter((name) => isGivenName(name)).toSorted();
  }

  /** Other nodes have it in memory until they are told (`ConversationKeys.announceDestroyed`), for five minutes at most. */
  async destroyNamed(account: string, name: string): Promise<void> {
    refuseName(name);
    await this.#store.remove(account, name);
    this.forget(account);
  }

  /** Drops what is unwrapped of this account. */
  forget(account: string): void {
    this.#cache.deleteWhere((id) => id.startsWith(`${account}/`));
  }

  /** Opens every key there is, to show that the keyring is whole. Throws KeyringError naming the first bad one. */
  async verify(): Promise<{ accounts: number; buckets: number }> {
    const buckets = new Set<string>();
    let accounts = 0;
    for (const account of await this.#store.owners()) {
      if (account === installation || (await this.#isDestroyed(account))) continue;
      accounts += 1;
      this.forget(account);
      const accountKey = await this.#account(account);
      for (const name of await this.#store.names(account)) {
        if (name === 'account' || name.endsWith('.survivors')) continue;
        await this.#open(account, name, accountKey);
        if (bucketName.test(name)) buckets.add(name.slice(0, 36));
      }
    }
    return { accounts, buckets: buckets.size };
  }

  async #account(account: string): Promise<OpenKey> {
    return await this.#open(account, 'account', this.#root);
  }

  async #isDestroyed(account: string): Promise<boolean> {
    const content = await this.#store.read(account, 'account');
    return content !== null && isDestroyed(content);
  }

  /** Keeps what is there; so what was destroyed stays destroyed. */
  async #create(
    owner: string,
    name: string,
    { version, wrapping }: { version: number; wrapping: SealingKey },
  ): Promise<void> {
    const raw = randomBytes(32);
    const record: KeyRecord = {
      version,
      wrapped: seal(wrapping, keyPlace(owner, name, version), raw).toString('base64'),
      commitment: deriveKey(raw, version).commitment.toString('base64'),
    };
    raw.fill(0);
    await this.#store.insert(owner, name, `${JSON.stringify(record)}\n`);
  }

  #open(owner: string, name: string, wrapping: SealingKey): Promise<OpenKey> {
    const id = `${owner}/${name}`;
    let opened = this.#cache.get(id);
    if (opened === undefined) {
      opened = this.#read(owner, name, wrapping);
      this.#cache.set(id, opened);
      // A key that could not be read is asked for again next time.
      opened.catch(() => this.#cache.delete(id));
    }
    return opened;
  }

  async #read(owner: string, name: string, wrapping: SealingKey): Promise<OpenKey> {
    const raw = await this.#unwrap(owner, name, wrapping);
    const purposes = deriveFor('purposes', raw);
    const { version, key } = deriveKey(raw, bucketName.test(name) ? versionOf(name.slice(0, 36), name) : 1);
    raw.fill(0);
    return { version, key, purposes: createSecretKey(purposes) };
  }

  /** The raw key of a record: whoever asked fills it with zeros. */
  async #unwrap(owner: string, name: string, wrapping: SealingKey): Promise<Buffer> {
    const content = await this.#store.read(owner, name);
    if (content !== null && isDestroyed(content))
      throw new KeyDestroyedError(`The key ${owner}/${name} was destroyed`);
    try {
      const record = JSON.parse(content ?? '') as KeyRecord;
      const wrapped = Buffer.from(record.wrapped, 'base64');
      const raw = unseal(wrapping, keyPlace(owner, name, record.version), wrapped);
      checkCommitment(deriveKey(raw, record.version), Buffer.from(record.commitment, 'base64'));
      return raw;
    } catch (cause) {
      throw new KeyringError(`The key ${owner}/${name} is missing or damaged`, { cause });
    }
  }
}

function keyPlace(owner: string, name: string, version: number) {
  return { account: owner, object: 'keyring', record: name, field: `key-${version}` };
}

function versionName(bucket: string, version: number): string {
  return version === 1 ? bucket : `${bucket}.${version}`;
}

/** Which version of the bucket's key has this name; infinite when it is none of them. */
function versionOf(bucket: string, name: string): number {
  if (!name.startsWith(bucket) || !bucketName.test(name)) return Infinity;
  return name === bucket ? 1 : Number(name.slice(bucket.length + 1));
}

function isGivenName(name: string): boolean {
  return givenName.test(name) && !bucketName.test(name) && !reserved.includes(name);
}

function refuseName(name: string): void {
  if (!isGivenName(name)) throw new KeyringError('A key was asked for by a name that no key may have');
}

function isDestroyed(content: string): boolean {
  return content.startsWith('{"destroyed"');
}

async function readKeyFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
