import assert from 'node:assert/strict';
import { pbkdf2 } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Refusal } from '../../platform/http/index.ts';
import { Passwords } from './passwords.ts';

test('attack 34: lets others have their turn while 100 wait to have a password judged, and refuses who finds the queue full', async () => {
  const passwords = new Passwords();
  let under = 100;
  const judged = Array.from({ length: under }, async () => {
    const answer = await passwords.verify('not the password', null).catch((error: unknown) => error);
    under -= 1;
    return answer;
  });
  assert.throws(() => passwords.refuseWhenBusy(), { code: 'request.rate-limited' });
  const turnsMs: number[] = [];
  while (under > 0) turnsMs.push(await tookMs(turn));
  const answers = await Promise.all(judged);
  assert.equal(answers.filter((answer) => answer === false).length, 66, 'two at work, 64 in the queue');
  const refused = answers.filter((answer) => answer instanceof Refusal);
  assert.deepEqual([...new Set(refused.map(({ code }) => code))], ['request.rate-limited']);
  assert.equal(refused.length, 34);
  assert.ok(turnsMs.length > 66, `others had a turn ${turnsMs.length} times`);
  const late = turnsMs.filter((ms) => ms >= 500);
  assert.ok(late.length <= turnsMs.length / 100, `others waited ${late.join(', ')} ms`);
  passwords.refuseWhenBusy();
});

test('attack 34: work of others that takes a thread waits for the hashes at work, and not for those in the queue', async () => {
  const passwords = new Passwords();
  let judged = 0;
  const all = Array.from({ length: 60 }, async () => {
    await passwords.verify('not the password', null);
    judged += 1;
  });
  // As files, names of hosts and other hashes do.
  let quickest = Infinity;
  for (let time = 0; time < 5; time += 1) {
    const before = judged;
    const ms = await tookMs(async () => await promisify(pbkdf2)('x', 'salt', 1, 32, 'sha256'));
    quickest = Math.min(quickest, ms);
    assert.ok(judged - before < 10, `${judged - before} hashes were first`);
  }
  assert.ok(quickest < 500, `the quickest waited ${quickest} ms`);
  await Promise.all(all);
});

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}
