import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Allowance } from './allowance.ts';
import { Heartbeat } from './heartbeat.ts';

describe('a heartbeat', () => {
  it('is ok while something is heard, weak after 20 seconds of silence, lost after 35', () => {
    const heartbeat = new Heartbeat(0);
    for (const [at, quality] of [
      [0, 'ok'],
      [20_000, 'ok'],
      [20_001, 'weak'],
      [35_000, 'weak'],
      [35_001, 'lost'],
    ] as const) {
      assert.equal(heartbeat.quality(at), quality, String(at));
    }
    heartbeat.heard(36_000);
    assert.equal(heartbeat.quality(50_000), 'ok');
  });

  it('is weak once three answers in a row took too long, and ok again after a quick run of them', () => {
    const heartbeat = new Heartbeat(0);
    let now = 0;
    const answer = (rtt: number) => {
      const number = heartbeat.ping(now);
      now += rtt;
      heartbeat.heard(now);
      heartbeat.pong(number, 0, now);
      return heartbeat.quality(now);
    };
    assert.deepEqual([answer(900), answer(900), answer(900)], ['ok', 'ok', 'weak']);
    assert.equal(answer(10), 'ok');
    assert.deepEqual([answer(1_500), answer(1_500), answer(1_500), answer(1_500)].at(-1), 'weak');
  });

  it('takes no answer to another ping for the answer to this one', () => {
    const heartbeat = new Heartbeat(0);
    for (let count = 0; count < 5; count += 1) {
      heartbeat.ping(count);
      heartbeat.pong(-1, 0, 10_000);
      heartbeat.heard(10_000);
    }
    assert.equal(heartbeat.quality(10_000), 'ok');
  });

  it('is weak while the client’s oldest post has had no answer for three seconds', () => {
    const heartbeat = new Heartbeat(0);
    heartbeat.pong(heartbeat.ping(0), 3_001, 10);
    assert.equal(heartbeat.quality(10), 'weak');
    heartbeat.pong(heartbeat.ping(20), 0, 30);
    assert.equal(heartbeat.quality(30), 'ok');
  });

  it('is weak when more than 64 KB have been waiting to be sent for two seconds', () => {
    const heartbeat = new Heartbeat(0);
    heartbeat.unsent(70_000, 0);
    assert.equal(heartbeat.quality(2_000), 'ok');
    heartbeat.unsent(70_000, 2_001);
    assert.equal(heartbeat.quality(2_001), 'weak');
    heartbeat.unsent(1_000, 2_100);
    assert.equal(heartbeat.quality(2_100), 'ok');
  });
});

describe('an allowance', () => {
  it('lets a burst through, then so many a second, and says how long to wait', () => {
    const allowance = new Allowance(30, 90, 0);
    for (let count = 0; count < 90; count += 1) assert.equal(allowance.take(0), 0);
    assert.equal(allowance.take(0), 34);
    assert.equal(allowance.take(34), 0);
    assert.ok(allowance.take(34) > 0);
    let taken = 0;
    for (let now = 34; now <= 10_034; now += 1) if (allowance.take(now) === 0) taken += 1;
    assert.ok(taken >= 299 && taken <= 301, String(taken));
  });

  it('saves up no more than a burst', () => {
    const allowance = new Allowance(30, 90, 0);
    let taken = 0;
    while (allowance.take(3_600_000) === 0) taken += 1;
    assert.equal(taken, 90);
  });
});
