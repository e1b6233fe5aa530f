import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { makeBackup } from '../../src/features/backup/make-backup.ts';
import { restoreBackup } from '../../src/features/backup/restore-backup.ts';
import {
  ConversationLog,
  startConversation,
  visitorMessage,
} from '../../src/features/conversations/index.ts';
import { diskStore } from '../../src/features/media/index.ts';
import { runRedaction } from '../../src/features/redaction/run-redaction.ts';
import { externalAccess } from '../../src/platform/database/index.ts';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { CiphertextError, ConversationKeys, KeyringError, unseal } from '../../src/platform/keys/index.ts';
import { openWrappedKey, type OriginalKeyRow } from '../../src/platform/keys/wrapped-keys.ts';
import { makeAccount } from '../callers.ts';
import { createTestDatabase } from '../database.ts';
import { temporaryDirectory } from '../data-directory.ts';
import { asMaskedLater } from '../masked.ts';

type Row = OriginalKeyRow & { body: Buffer };

it('a number that was redacted is read out of no older copy or backup, and one that waits out of all', async (t) => {
  const db = await createTestDatabase();
  t.after(async () => await db.close());
  const account = await makeAccount(db, { origin: 'https://example.org' });
  const parts = () => {
    const keys = new ConversationKeys(db.keyring);
    const fanout = new Fanout();
    return { keys, fanout, log: new ConversationLog(keys, fanout) };
  };
  const later = (text: string) => ({
    cid: randomUUID(),
    text: asMaskedLater('is *******', { text, dueHours: 24 }),
  });
  const visitor = {
    accountId: account.id,
    siteId: account.siteId,
    visitorId: randomUUID(),
    address: '',
    origin: null,
  };
  const { id } = await db.database.transaction(account.id, async (tx) => {
    const conversation = await startConversation(tx, parts(), visitor, later('is 7312049'));
    const second = visitorMessage(visitor, conversation.id, later('is 8841355'));
    await parts().log.append(tx, account.id, [second]);
    return conversation;
  });
  const texts = async () =>
    await db.database.read(account.id, async (tx) => {
      const at = { conversationId: id, audience: 'public', after: 0, limit: 100 } as const;
      const { entries } = await parts().log.readShown(tx, account.id, at);
      return entries.flatMap((entry) => (entry.kind === 'message' ? [entry.body.text] : []));
    });
  const opened = async ({ body, ...row }: Row) => {
    const key = await openWrappedKey(db.keyring, row);
    const record = `${row.audience}:${row.seq}`;
    const place = { account: account.id, object: id, record, field: 'original' };
    return key === null ? null : unseal(key, place, body).toString();
  };
  const rows = async () => (await db.asOwner<Row>('select * from entry_original order by seq')).rows;

  const identity = await generateX25519Identity();
  const copied = await rows();
  const { path } = await makeBackup({
    access: externalAccess(db.url),
    keyring: db.keyring,
    store: diskStore(db.mediaDirectory),
    directory: await temporaryDirectory(t),
    recipients: [await identityToRecipient(identity)],
    version: '0.1.0',
  });
  assert.deepEqual(await Promise.all(copied.map(opened)), ['is 7312049', 'is 8841355']);

  await db.asOwner("update entry_original set due_at = now() - interval '1 minute' where seq = 2");
  assert.equal(await runRedaction({ database: db.database, log: parts().log }), 1);
  assert.deepEqual(await texts(), ['is *******', 'is 8841355']);
  const { rows: buckets } = await db.asOwner<{ id: string }>('select id from key_bucket');
  await parts().keys.rotate(db.database, account.id, buckets[0]!.id);
  assert.deepEqual(await texts(), ['is *******', 'is 8841355'], 'what waits outlives the rotation');
  assert.deepEqual(await Promise.all(copied.map(opened)), [null, 'is 8841355'], 'a copy of the rows');
  // Whatever is wrapped in the copy, no key that is left opens it.
  const { body: _body, ...gone } = copied[0]!;
  const [, waits] = copied;
  await assert.rejects(
    db.keyring.bucketKey(account.id, gone.bucket_id, gone.wrapped.readUInt32BE(2)),
    KeyringError,
  );
  await assert.rejects(
    async () => await openWrappedKey(db.keyring, { ...gone, wrapped: (await rows())[0]!.wrapped }),
    CiphertextError,
    'the key of its neighbour',
  );

  await db.whileDisconnected(
    async () =>
      await restoreBackup({
        access: externalAccess(db.url),
        keyring: db.keyring,
        store: diskStore(db.mediaDirectory),
        set: path,
        identities: [identity],
      }),
  );
  assert.deepEqual(await texts(), ['is *******', 'is 8841355'], 'the backup from before');
  assert.deepEqual(
    (await rows()).map(({ seq }) => seq),
    [waits!.seq],
    'what cannot be opened is swept',
  );
  // One that became due while the platform was down goes with the first run.
  await db.asOwner("update entry_original set due_at = now() - interval '1 minute'");
  assert.deepEqual(await texts(), ['is *******', 'is *******'], 'it is not even shown until then');
  assert.equal(await runRedaction({ database: db.database, log: parts().log }), 1);
  assert.deepEqual(await rows(), []);
});
