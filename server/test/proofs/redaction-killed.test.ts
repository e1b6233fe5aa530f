import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  ConversationLog,
  startConversation,
  visitorMessage,
} from '../../src/features/conversations/index.ts';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { ConversationKeys } from '../../src/platform/keys/index.ts';
import { makeAccount } from '../callers.ts';
import { createTestDatabase } from '../database.ts';
import { asMaskedLater } from '../masked.ts';
import { seeded } from '../random.ts';

const kills = 6;
const conversations = 300;
const worker = fileURLToPath(new URL('../redaction-worker.ts', import.meta.url));

it(
  'no number survives its time, and the log says of each that it is gone, after redaction was killed again and again',
  { timeout: 240_000 },
  async (t) => {
    const random = seeded(t);
    const db = await createTestDatabase();
    t.after(async () => await db.close());
    const account = await makeAccount(db, { origin: 'https://example.org' });
    const fanout = new Fanout();
    const log = new ConversationLog(new ConversationKeys(db.keyring), fanout);
    for (let made = 0; made < conversations; made += 1) {
      const visitor = {
        accountId: account.id,
        siteId: account.siteId,
        visitorId: randomUUID(),
        address: '',
        origin: null,
      };
      const post = () => ({
        cid: randomUUID(),
        text: asMaskedLater('is *******', { text: 'is 7312049', dueHours: 24 }),
      });
      await db.database.transaction(account.id, async (tx) => {
        const { id } = await startConversation(tx, { log, fanout }, visitor, post());
        const more = Array.from({ length: 3 }, () => visitorMessage(visitor, id, post()));
        await log.append(tx, account.id, more);
      });
    }
    // Of each conversation two are past their time.
    await db.asOwner("update entry_original set due_at = now() - interval '1 hour' where seq in (2, 4)");
    const stand = async () => {
      const { rows } = await db.asOwner<{ due: number; waiting: number; gone: number; said: number }>(
        `select count(*) filter (where due_at <= now())::int as due, count(*) filter (where due_at > now())::int as waiting,
           ${conversations * 4} - count(*)::int as gone,
           (select count(*)::int from entry where kind = 'redacted') as said from entry_original`,
      );
      return rows[0]!;
    };

    let killedAtWork = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [worker, db.url, db.keyringDirectory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      const before = await stand();
      while (child.exitCode === null && (await stand()).due === before.due) await sleep(2);
      await sleep(random.below(40));
      child.kill('SIGKILL');
      const [, signal] = (await ended) as [number | null, string | null];
      // The database takes a moment to notice that nobody is there any more.
      await sleep(50);
      const { due, waiting, gone, said } = await stand();
      if (signal === 'SIGKILL' && due < before.due && due > 0) killedAtWork += 1;
      assert.equal(waiting, conversations * 2);
      assert.equal(gone, said * 2, 'each entry tells of the two that went with it');
    }
    assert.ok(killedAtWork >= 3, `only ${killedAtWork} of the kills came while it was redacting`);

    const last = spawn(process.execPath, [worker, db.url, db.keyringDirectory], { stdio: 'inherit' });
    assert.deepEqual(await once(last, 'exit'), [0, null]);
    assert.deepEqual(await stand(), {
      due: 0,
      waiting: conversations * 2,
      gone: conversations * 2,
      said: conversations,
    });
    // Each stream has its entries without a gap, and each of its counters says so.
    const { rows } = await db.asOwner(
      `select from stream where last_seq <> (
         select count(*) from entry where entry.conversation_id = stream.conversation_id and entry.audience = stream.audience)`,
    );
    assert.equal(rows.length, 0);
  },
);
