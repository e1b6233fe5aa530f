import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Arrivals } from './arrivals.ts';

it('lets so many come from a network in a minute, then one after the other, and others as if nobody had', () => {
  const arrivals = new Arrivals({ perMinute: 6, mostNetworks: 100 });
  for (let count = 0; count < 6; count += 1) assert.ok(arrivals.admits('192.0.2.1', 0));
  for (let count = 0; count < 9; count += 1) assert.ok(!arrivals.admits('192.0.2.1', 9_000));
  assert.ok(arrivals.admits('2001:db8::/64', 9_000));
  // Whoever was turned away does not wait the longer for it.
  assert.ok(arrivals.admits('192.0.2.1', 10_001));
  assert.ok(!arrivals.admits('192.0.2.1', 10_002));
});

it('knows no more networks than it may, and none that has been away for a minute', () => {
  const arrivals = new Arrivals({ perMinute: 2, mostNetworks: 3 });
  for (let each = 0; each < 1_000; each += 1) arrivals.admits(`192.0.2.${each}`, each);
  assert.equal(arrivals.size, 3);
  arrivals.forgetOld(20_000);
  assert.equal(arrivals.size, 3);
  arrivals.forgetOld(61_000);
  assert.equal(arrivals.size, 0);
});
