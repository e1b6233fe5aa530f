import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { RateLimiter } from './limiter.ts';

/** So long that no test meets its end. */
const windowS = 1_000_000_000;

describe('rate limits', () => {
  let db: TestDatabase;
  const nodes = (count: number) =>
    Array.from({ length: count }, () => new RateLimiter({ database: db.database, windowS }));
  const written = async (callerId: string) => {
    const { rows } = await db.asOwner<{ taken: number }>(
      'select taken from request_quota where caller_id = $1',
      [callerId],
    );
    return rows[0]?.taken ?? 0;
  };

  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  it('lets exactly as many requests through as the limit says, and says how many are left', async () => {
    const [node] = nodes(1);
    const caller = randomUUID();
    const left: number[] = [];
    for (let request = 0; request < 100; request += 1) {
      const pace = (await node?.take(caller, () => 100)) ?? assert.fail();
      assert.ok(pace.passes && pace.limit === 100 && pace.windowS === windowS);
      left.push(pace.remaining);
    }
    assert.deepEqual(
      left,
      Array.from({ length: 100 }, (_, index) => 99 - index),
    );
    const beyond = (await node?.take(caller, () => 100)) ?? assert.fail();
    assert.equal(beyond.passes, false);
    assert.equal(beyond.remaining, 0);
    assert.ok(beyond.resetS > 0);
    assert.equal((await node?.take(randomUUID(), () => 100))?.passes, true, 'nobody else is meant');
  });

  it('holds over several nodes at once: never more than the limit, and less by no more than unused shares', async () => {
    const four = nodes(4);
    for (const limit of [10, 55, 600]) {
      const caller = randomUUID();
      const answers = await Promise.all(
        Array.from(
          { length: limit * 3 },
          async (_, index) => await four[index % 4]?.take(caller, () => limit),
        ),
      );
      const passed = answers.filter((pace) => pace?.passes === true).length;
      const share = Math.ceil(limit / 20);
      assert.ok(passed <= limit, `${passed} of ${limit}`);
      assert.ok(passed >= limit - 3 * (share - 1), `${passed} of ${limit}`);
    }
  });

  it('writes once for each share, and nothing for what it refuses', async () => {
    const [node, other] = nodes(2);
    const caller = randomUUID();
    let asked = 0;
    const limitOf = () => {
      asked += 1;
      return 200;
    };
    for (let request = 0; request < 200; request += 1) await node?.take(caller, limitOf);
    assert.equal(asked, 20);
    const full = await written(caller);
    for (let request = 0; request < 50; request += 1) {
      assert.equal((await node?.take(caller, limitOf))?.passes, false);
      assert.equal((await other?.take(caller, limitOf))?.passes, false);
    }
    assert.equal(asked, 21, 'who took the last share knows, and the other asks once');
    assert.equal(await written(caller), full);
    assert.equal(node?.exhausted(caller)?.passes, false);
    assert.equal(node?.exhausted(randomUUID()), null);
  });

  it('begins anew with the next window of the database’s clock', async () => {
    const caller = randomUUID();
    const [first, second] = nodes(2);
    for (let request = 0; request < 30; request += 1) await first?.take(caller, () => 20);
    assert.equal((await second?.take(caller, () => 20))?.passes, false);
    await db.asOwner(
      "update request_quota set window_at = window_at - interval '1 hour' where caller_id = $1",
      [caller],
    );
    const [third] = nodes(1);
    assert.equal((await third?.take(caller, () => 20))?.passes, true);
  });
});
