import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { makeAccount, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { asMasked } from '../../../test/masked.ts';
import { meet } from '../../../test/meeting.ts';
import { setSettings } from '../../../test/settings.ts';
import type { Tx } from '../../platform/database/index.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import {
  ConversationLog,
  mayBeTriedAgain,
  startConversation,
  visitorFile,
  type ConversationRow,
} from '../conversations/index.ts';
import { setAttributes } from '../visitors/index.ts';
import { advanceErasures } from './advance-erasures.ts';
import { requestErasure } from './request-erasure.ts';

/**
 * Each of these would be a deadlock if a writer had something of a conversation before the conversation itself: an erasure
 * has the conversation, and waits for the bucket of its key, which somebody else holds until the writer waits as well.
 */
describe('those who write to a conversation at the moment at which it is erased', () => {
  let db: TestDatabase;
  let account: TestAccount;
  let log: ConversationLog;
  const fanout = new Fanout();
  const attributes = ['customer', 'order'].map((key) => ({
    key,
    label: key,
    purpose: 'Billing',
    category: 'customer' as const,
    indexed: false,
  }));

  before(async () => {
    db = await createTestDatabase();
    account = await makeAccount(db, { origin: 'https://example.org' });
    log = new ConversationLog(new ConversationKeys(db.keyring), fanout);
    await setSettings(db, account.id, { 'visitors.attributes': attributes });
  });
  after(async () => await db.close());

  const visitor = () => ({
    accountId: account.id,
    siteId: account.siteId,
    visitorId: randomUUID(),
    address: '',
    origin: null,
  });
  const text = () => ({ cid: randomUUID(), text: asMasked('Hello') });
  const parts = () => ({ keys: new ConversationKeys(db.keyring), keyring: db.keyring, log });
  const said = (values: Record<string, string | null>) =>
    new Map(
      Object.entries(values).map(([key, value]) => [
        key,
        value === null ? null : { text: asMasked(value), changed: false },
      ]),
    );

  async function start(by = visitor()): Promise<ConversationRow> {
    return await db.database.transaction(account.id, async (tx) => {
      const conversation = await startConversation(tx, { log, fanout }, by, text());
      await setAttributes(tx, parts(), conversation, { values: said({ customer: 'K-1' }), by: 'page' });
      return conversation;
    });
  }

  /** The erasure comes first. Answers with what the writer was told; by then nothing of the conversation is left. */
  async function met(conversation: ConversationRow, write: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    const { id, case_id: caseId } = conversation;
    await db.database.transaction(account.id, async (tx) => {
      const subject = { kind: 'case', caseId } as const;
      const by = { kind: 'user', id: randomUUID() } as const;
      const wanted = { id: randomUUID(), subject, reference: '', by };
      await requestErasure(tx, db.keyring, account.id, wanted);
    });
    const erase = async () =>
      await advanceErasures({ database: db.database, keyring: db.keyring, fanout, keys: parts().keys });
    const bucket = sql`select from key_bucket where account_id = ${account.id} for update`;
    const writing = async () => await db.database.transaction(account.id, write);
    const [, told] = await meet(db, account.id, { lock: bucket, others: [erase, writing] });
    for (const table of ['stream', 'entry', 'media', 'visitor_attribute', 'conversation_key']) {
      const { rowCount } = await db.asOwner(`select from ${table} where conversation_id = $1`, [id]);
      assert.equal(rowCount, 0, table);
    }
    return told;
  }

  it('attack 75: with a file are told that it is gone', async () => {
    const conversation = await start();
    const mediaId = randomUUID();
    const file = { mediaId, name: 'a.png', type: 'png', sizeBytes: 1 } as const;
    const draft = visitorFile({ visitorId: conversation.visitor_id }, conversation.id, {
      cid: randomUUID(),
      file,
    });
    const row = [account.id, mediaId, conversation.id, conversation.visitor_id];
    const alongside = (tx: Tx) => tx.send({ name: 'test-media', text: mediaRow }, row);
    const told = await met(
      conversation,
      async (tx) => await log.append(tx, account.id, [{ ...draft, alongside }]),
    );
    assert.deepEqual(told, [{ written: false, refused: 'not-found' }]);
  });

  it('from another page, which says something of the visitor, begin anew', async () => {
    const by = visitor();
    const conversation = await start(by);
    const told = await met(conversation, async (tx) => {
      try {
        const joined = await startConversation(tx, { log, fanout }, by, text());
        await setAttributes(tx, parts(), joined, { values: said({ order: '17' }), by: 'page' });
        return 'joined';
      } catch (error) {
        if (mayBeTriedAgain(error)) return 'to be tried again';
        throw error;
      }
    });
    assert.equal(told, 'to be tried again');
  });

  it('something else of the visitor than before are told that it is gone', async () => {
    const conversation = await start();
    const told = await met(conversation, async (tx) => {
      try {
        return await setAttributes(tx, parts(), conversation, {
          values: said({ customer: null, order: '17' }),
          by: 'page',
        });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'not-found') return 'gone';
        throw error;
      }
    });
    assert.equal(told, 'gone');
  });
});

const mediaRow = `insert into media (account_id, id, conversation_id, sent_by, type, size_bytes, name, wrapped_key)
  values ($1, $2, $3, $4, 'png', 1, '', '')`;
