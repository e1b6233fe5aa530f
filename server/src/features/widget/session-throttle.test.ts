import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../platform/http/index.ts';
import { SessionThrottle } from './session-throttle.ts';

/** How many of these come through. */
function passing(addresses: readonly string[], throttle = new SessionThrottle()): number {
  let count = 0;
  for (const address of addresses) {
    try {
      throttle.check(address);
      count += 1;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'request.rate-limited') throw error;
    }
  }
  return count;
}

const many = (address: (index: number) => string) =>
  Array.from({ length: 1_000 }, (_, index) => address(index));

test('holds back one network of IPv6 as a whole, however its addresses are written', () => {
  assert.equal(passing(many((index) => `2001:db8::${index.toString(16)}`)), 120);
  assert.equal(passing(many((index) => `2001:db8::${(index + 1).toString(16)}:0:0:1`)), 120);
  const throttle = new SessionThrottle();
  assert.equal(
    passing(
      many((index) => `2001:db8:0:0:${index.toString(16)}::1`),
      throttle,
    ),
    120,
  );
  assert.equal(passing(['2001:DB8::1', '2001:0db8:0000:0000:ffff::', '2001:db8:0::'], throttle), 0);
  assert.equal(passing(['2001:db8:0:1::1', '2001:db8:1::1'], throttle), 2, 'other networks');
});

test('holds back one address of IPv4, in the clothes of IPv6 as well, and no neighbour', () => {
  const throttle = new SessionThrottle();
  assert.equal(
    passing(
      many((index) => (index % 2 === 0 ? '192.0.2.1' : '::ffff:192.0.2.1')),
      throttle,
    ),
    120,
  );
  assert.equal(passing(['::ffff:c000:201', '192.0.2.2'], throttle), 1);
  assert.equal(passing(many((index) => `198.51.${index % 4}.${index % 250}`)), 1_000);
});
