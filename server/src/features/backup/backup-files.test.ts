import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openVisitorFile, sendVisitorFile } from '@samtal/contract/media';
import { readVisitorEntries, startConversation } from '@samtal/contract/widget';
import { makeAccount, makeVisitor, VisitorClient, type TestAccount } from '../../../test/callers.ts';
import { temporaryDirectory } from '../../../test/data-directory.ts';
import { createTestDatabase, type OwnTestDatabase } from '../../../test/database.ts';
import { png } from '../../../test/files.ts';
import { startTestNode } from '../../../test/node.ts';
import { resign } from '../../../test/resign.ts';
import { setSettings } from '../../../test/settings.ts';
import { externalAccess } from '../../platform/database/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { diskStore, type MediaStore } from '../media/index.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';

const identity = await generateX25519Identity();
const recipients = [await identityToRecipient(identity)];
const picture = png({ width: 200, height: 100 });

interface Sent {
  readonly account: TestAccount;
  readonly conversationId: string;
  readonly visitor: VisitorClient;
  readonly mediaId: string;
}

describe('files of conversations in a backup', () => {
  let db: OwnTestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  const store = () => diskStore(db.mediaDirectory);
  const pathOf = ({ account, mediaId }: Pick<Sent, 'account' | 'mediaId'>) =>
    join(db.mediaDirectory, account.id, mediaId);

  /** A conversation in an account of its own in which the visitor sent a picture. */
  async function sends(): Promise<Sent> {
    const node = await startTestNode(db);
    try {
      const account = await makeAccount(db, { origin: node.url.origin });
      await setSettings(db, account.id, { 'media.visitors-may-send': true });
      const visitor = await makeVisitor(db, account, node.url);
      const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
      const { status } = await visitor.try(sendVisitorFile, {
        params: { siteKey: account.siteKey, cid: randomUUID() },
        file: { name: 'bild.png', content: picture },
      });
      assert.equal(status, 201);
      const { entries } = await visitor.call(readVisitorEntries);
      const file = entries.find((entry) => entry.kind === 'file');
      assert.ok(file?.kind === 'file');
      return { account, visitor, conversationId: id, mediaId: file.body.mediaId };
    } finally {
      await node.stop();
    }
  }

  /** What the visitor gets who opens it. */
  async function opened({ account, visitor, mediaId }: Sent): Promise<{ status: number; bytes: Buffer }> {
    const node = await startTestNode(db);
    try {
      const { token, visitorId } = visitor;
      const again = new VisitorClient({ token, visitorId, account, url: node.url });
      const { status, bytes } = await again.try(openVisitorFile, {
        params: { siteKey: account.siteKey, mediaId },
      });
      return { status, bytes };
    } finally {
      await node.stop();
    }
  }

  const make = async (t: TestContext) =>
    await makeBackup({
      access: externalAccess(db.url),
      keyring: db.keyring,
      store: store(),
      directory: await temporaryDirectory(t),
      recipients,
      version: '0.1.0',
    });
  const restore = async (set: string, into: MediaStore = store()) =>
    await db.whileDisconnected(
      async () =>
        await restoreBackup({
          access: externalAccess(db.url),
          keyring: db.keyring,
          store: into,
          set,
          identities: [identity],
        }),
    );
  const copyOf = async (t: TestContext, set: string) => {
    const copy = join(await temporaryDirectory(t), 'copy');
    await cp(set, copy, { recursive: true });
    return copy;
  };
  /** Everything in the store, byte for byte. */
  const contents = async () => {
    const names = await readdir(db.mediaDirectory, { recursive: true, withFileTypes: true });
    const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
    return await Promise.all(
      files.toSorted().map(async (file) => [file, (await readFile(file)).toString('hex')]),
    );
  };
  const mediaRows = async () =>
    (await db.asOwner<{ id: string }>('select id from media order by id')).rows.map(({ id }) => id);

  it('come back, and open', async (t) => {
    const here = await sends();
    const { path, manifest } = await make(t);
    assert.deepEqual(manifest.media, { kept: 1, lacking: 0 });
    assert.equal((await stat(join(path, 'files.sealed'))).mode & 0o077, 0);
    const later = await sends();
    await rm(pathOf(here));
    assert.equal((await restore(path)).files, 1);
    const { status, bytes } = await opened(here);
    assert.equal(status, 200);
    assert.ok(bytes.equals(picture));
    // What was sent after the set was made is no more, and neither is the directory of an account that came later.
    assert.deepEqual(await readdir(db.mediaDirectory), [here.account.id]);
    await assert.rejects(stat(pathOf(later)), { code: 'ENOENT' });
  });

  it('come back to a machine that has none of them, and over ones that were damaged', async (t) => {
    const here = await sends();
    const { path } = await make(t);
    await truncate(pathOf(here), 20);
    await restore(path);
    assert.ok((await opened(here)).bytes.equals(picture));
    await rm(db.mediaDirectory, { recursive: true });
    await restore(path);
    assert.ok((await opened(here)).bytes.equals(picture));
    // A write that a process died over is in nobody's way.
    await rm(pathOf(here));
    await writeFile(`${pathOf(here)}.part`, 'half');
    await restore(path);
    assert.ok((await opened(here)).bytes.equals(picture));
    assert.deepEqual(await readdir(join(pathOf(here), '..')), [here.mediaId]);
  });

  it('do not come back when their conversation was erased since', async (t) => {
    const [erased, neighbour] = [await sends(), await sends()];
    const { path } = await make(t);
    const keys = new ConversationKeys(db.keyring);
    const { account, conversationId } = erased;
    await db.database.transaction(
      account.id,
      async (tx) => await keys.destroy(tx, account.id, [conversationId]),
    );
    await db.asOwner('delete from conversation where id = $1', [conversationId]);
    const { rows } = await db.asOwner<{ id: string }>('select id from key_bucket where account_id = $1', [
      account.id,
    ]);
    await keys.rotate(db.database, account.id, rows[0]!.id);
    // On the disk the content still lies about, as if the erasure had not come to it yet.
    assert.ok((await stat(pathOf(erased))).isFile());
    assert.equal((await restore(path)).swept.conversations, 1);
    await assert.rejects(stat(pathOf(erased)), { code: 'ENOENT' });
    assert.ok(!(await mediaRows()).includes(erased.mediaId));
    assert.ok((await opened(neighbour)).bytes.equals(picture));
  });

  it('are counted when they are not there or not whole, and the rest is backed up', async (t) => {
    const [lost, cut, good] = [await sends(), await sends(), await sends()];
    const { kept } = (await make(t)).manifest.media;
    await rm(pathOf(lost));
    await truncate(pathOf(cut), 20);
    const { path, manifest } = await make(t);
    assert.deepEqual(manifest.media, { kept: kept - 2, lacking: 2 });
    await restore(path);
    assert.equal((await opened(lost)).status, 404);
    assert.ok((await opened(good)).bytes.equals(picture));
    await db.asOwner('delete from media where id = any($1)', [[lost.mediaId, cut.mediaId]]);
    await rm(pathOf(cut));
  });

  it('attack 78: make the whole set refused when they were changed, cut off, swapped or taken away', async (t) => {
    const here = await sends();
    const { path: older } = await make(t);
    await sends();
    const { path } = await make(t);
    const file = 'files.sealed';
    const { size } = await stat(join(path, file));
    const flip = async (set: string, at: number) => {
      const bytes = await readFile(join(set, file));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await writeFile(join(set, file), bytes);
    };
    const outside: Record<string, (set: string) => Promise<void>> = {
      'cut off': async (set) => await truncate(join(set, file), size - 1),
      'a flipped bit': async (set) => await flip(set, Math.floor(size / 2)),
      'of another set': async (set) => await cp(join(older, file), join(set, file)),
      'the database in its place': async (set) => await cp(join(set, 'database.sealed'), join(set, file)),
      'taken away': async (set) => await rm(join(set, file)),
    };
    await rm(pathOf(here));
    const before = { contents: await contents(), rows: await mediaRows() };
    const refuses = async (set: string) => {
      await assert.rejects(restore(set), { code: 'backup-damaged' });
      assert.deepEqual({ contents: await contents(), rows: await mediaRows() }, before);
    };
    for (const [what, change] of Object.entries(outside))
      await t.test(what, async (each) => {
        const copy = await copyOf(each, path);
        await change(copy);
        await refuses(copy);
        // And whoever could sign for the installation is found out by what is inside.
        if (what === 'taken away') return;
        await resign(copy, db.keyring);
        await refuses(copy);
      });
    await t.test('the manifest counts others', async (each) => {
      const copy = await copyOf(each, path);
      await resign(copy, db.keyring, (manifest) => ({
        ...manifest,
        media: { kept: manifest.media.kept - 1, lacking: 1 },
      }));
      await refuses(copy);
    });
    await restore(path);
    assert.ok((await opened(here)).bytes.equals(picture));
  });

  it('leave everything as it was when the disk gives out half way', async (t) => {
    const [one, other] = [await sends(), await sends()];
    const { path } = await make(t);
    const after = await sends();
    for (const each of [one, other]) await rm(pathOf(each));
    const before = { contents: await contents(), rows: await mediaRows() };
    let left = 1;
    const whole = store();
    const full: MediaStore = {
      ...whole,
      write: async (account, mediaId, sealed) => {
        if ([one.mediaId, other.mediaId].includes(mediaId) && (left -= 1) < 0) throw new Error('ENOSPC');
        await whole.write(account, mediaId, sealed);
      },
    };
    await assert.rejects(restore(path, full), /ENOSPC/);
    assert.deepEqual({ contents: await contents(), rows: await mediaRows() }, before);
    assert.ok((await opened(after)).bytes.equals(picture));
  });

  it('are put back into a directory that nodes share', async (t) => {
    const here = await sends();
    const { path } = await make(t);
    const shared = join(await temporaryDirectory(t), 'shared');
    await mkdir(shared);
    await restore(path, diskStore(shared));
    assert.ok(
      (await readFile(join(shared, here.account.id, here.mediaId))).equals(await readFile(pathOf(here))),
    );
  });
});
