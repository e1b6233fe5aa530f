import { randomBytes, createHmac } from 'node:crypto';
import { access, link, mkdir, open, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkCommitment, deriveKey, seal, unseal, type SealingKey } from './ciphertext.ts';

/*
 * The keyring, a directory beside the database and never in it:
 *
 *   installation.key            256 random bits (base64), mode 0600: the root of everything
 *   <account id>/account.json   the account's key, wrapped by the installation key
 *   <account id>/<bucket>.json  a bucket's key, wrapped by the account's key
 *
 * A conversation's key is wrapped by its bucket's key and stored in the database. Without the keyring the database,
 * any copy and any backup of it are unreadable; destroying a bucket's file makes its conversations so for ever (G9).
 */
interface KeyFile {
  /** Each rotation counts up. */
  readonly version: number;
  /** Ciphertext and commitment, base64. */
  readonly wrapped: string;
  readonly commitment: string;
}

/** A key is missing or does not fit: nothing under it can be read. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

export class Keyring {
  readonly #directory: string;
  readonly #root: SealingKey;
  readonly #rawRoot: Buffer;
  readonly #cache = new Map<string, Promise<SealingKey>>();

  private constructor(directory: string, rawRoot: Buffer) {
    this.#directory = directory;
    this.#rawRoot = rawRoot;
    this.#root = deriveKey(rawRoot, 1);
  }

  /** Opens the keyring; makes the installation key when the directory is new. Several processes may share one. */
  static async open(directory: string): Promise<Keyring> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'installation.key');
    // NOTE: accounts are looked for before the key is, since another process may be making both at this moment.
    const hasAccounts = (await readdir(directory, { withFileTypes: true })).some((entry) =>
      entry.isDirectory(),
    );
    if (!(await exists(path))) {
      if (hasAccounts) {
        throw new KeyringError(
          `The keyring ${directory} has accounts but no installation.key: put the right one back`,
        );
      }
      await writeOnce(path, `${randomBytes(32).toString('base64')}\n`);
    }
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new KeyringError(`${path} can be read by others: chmod 600 it`);
    const raw = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
    if (raw.length !== 32) throw new KeyringError(`${path} is not a key of 256 bits`);
    return new Keyring(directory, raw);
  }

  /** A key for one purpose of the whole installation, such as the audit trail's or the blind index's. */
  purposeKey(purpose: string): Buffer {
    return createHmac('sha256', this.#rawRoot).update(`samtal/purpose/${purpose}/v1`).digest();
  }

  /** Makes the account's key. */
  async createAccount(account: string): Promise<void> {
    await mkdir(join(this.#directory, account), { recursive: true, mode: 0o700 });
    await syncDirectory(this.#directory);
    await this.#create(join(this.#directory, account, 'account.json'), this.#root, account, 'account');
  }

  /** Opens the account's key, to show that it is there. */
  async openAccount(account: string): Promise<void> {
    await this.#open(account, 'account', this.#root);
  }

  async createBucket(account: string, bucket: string): Promise<void> {
    const accountKey = await this.#open(account, 'account', this.#root);
    await this.#create(join(this.#directory, account, `${bucket}.json`), accountKey, account, bucket);
  }

  async bucketKey(account: string, bucket: string): Promise<SealingKey> {
    return await this.#open(account, bucket, await this.#open(account, 'account', this.#root));
  }

  /** Opens every key there is, to show that the keyring is whole. Throws KeyringError naming the first bad one. */
  async verify(): Promise<{ accounts: number; buckets: number }> {
    let buckets = 0;
    const accounts = (await readdir(this.#directory, { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name: account } of accounts) {
      this.#cache.clear();
      await this.openAccount(account);
      for (const file of await readdir(join(this.#directory, account))) {
        if (!file.endsWith('.json') || file === 'account.json') continue;
        await this.bucketKey(account, file.slice(0, -'.json'.length));
        buckets += 1;
      }
    }
    return { accounts: accounts.length, buckets };
  }

  async #create(path: string, wrapping: SealingKey, account: string, name: string): Promise<void> {
    const raw = randomBytes(32);
    const file: KeyFile = {
      version: 1,
      wrapped: seal(wrapping, keyPlace(account, name, 1), raw).toString('base64'),
      commitment: deriveKey(raw, 1).commitment.toString('base64'),
    };
    raw.fill(0);
    await writeOnce(path, `${JSON.stringify(file)}\n`);
  }

  #open(account: string, name: string, wrapping: SealingKey): Promise<SealingKey> {
    const id = `${account}/${name}`;
    let opened = this.#cache.get(id);
    if (opened === undefined) {
      opened = this.#read(account, name, wrapping);
      this.#cache.set(id, opened);
      // A key that could not be read is asked for again next time.
      opened.catch(() => this.#cache.delete(id));
    }
    return opened;
  }

  async #read(account: string, name: string, wrapping: SealingKey): Promise<SealingKey> {
    const path = join(this.#directory, account, `${name}.json`);
    try {
      const file = JSON.parse(await readFile(path, 'utf8')) as KeyFile;
      const raw = unseal(
        wrapping,
        keyPlace(account, name, file.version),
        Buffer.from(file.wrapped, 'base64'),
      );
      const key = deriveKey(raw, file.version);
      raw.fill(0);
      checkCommitment(key, Buffer.from(file.commitment, 'base64'));
      return key;
    } catch (cause) {
      throw new KeyringError(`The key ${account}/${name} is missing or damaged`, { cause });
    }
  }
}

function keyPlace(account: string, name: string, version: number) {
  return { account, object: 'keyring', record: name, field: `key-${version}` };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file unless it exists: whole or not at all, and on disk with its name when this returns. */
async function writeOnce(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  await syncDirectory(dirname(path));
}

/** A file that is on disk while its name is not would be lost with the power. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
