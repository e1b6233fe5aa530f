import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNetwork, NetworkList, passes } from './index.ts';

describe('lists of networks', () => {
  it('lets anybody pass while the list is empty', () => {
    assert.equal(passes([], '203.0.113.9'), true);
    assert.equal(passes([], 'not-an-ip'), true);
    assert.equal(new NetworkList([]).includes('203.0.113.9'), false);
  });

  it('lets those pass who come from a network on the list, and nobody else', () => {
    const list = ['192.0.2.0/24', '198.51.100.7', '2001:db8:1::/48'];
    for (const address of ['192.0.2.0', '192.0.2.255', '198.51.100.7', '2001:db8:1:ffff::1'])
      assert.equal(passes(list, address), true, address);
    for (const address of ['192.0.3.0', '198.51.100.8', '2001:db8:2::1', '::1', '127.0.0.1'])
      assert.equal(passes(list, address), false, address);
  });

  it('reads a network whose address has bits of its own as the network', () => {
    assert.equal(passes(['10.1.2.3/8'], '10.200.0.1'), true);
    assert.equal(passes(['10.1.2.3/8'], '11.0.0.1'), false);
    assert.equal(passes(['0.0.0.0/0'], '203.0.113.9'), true);
    assert.equal(passes(['0.0.0.0/0'], '2001:db8::1'), false);
  });

  it('attack 46: takes an IPv4 address in IPv6’s clothes for the IPv4 address, on either side', () => {
    assert.equal(passes(['192.0.2.0/24'], '::ffff:192.0.2.9'), true);
    assert.equal(passes(['192.0.2.0/24'], '::ffff:c000:209'), true);
    assert.equal(passes(['192.0.2.0/24'], '::ffff:203.0.113.9'), false);
    assert.equal(passes(['::ffff:192.0.2.0/120'], '192.0.2.9'), true);
    assert.equal(passes(['::/0'], '::ffff:203.0.113.9'), false, 'IPv6 as a whole is not IPv4');
  });

  it('attack 46: lets nobody pass whose address is none, whatever the list says', () => {
    for (const address of [
      '',
      'not-an-ip',
      '192.0.2.1 ',
      ' 192.0.2.1',
      '192.0.2.1, 203.0.113.9',
      '3221225985',
    ])
      assert.equal(passes(['192.0.2.0/24', '0.0.0.0/0', '::/0'], address), false, address);
  });

  it('attack 46: takes no entry that other systems might read differently', () => {
    for (const entry of [
      '192.0.2.1',
      '192.0.2.0/24',
      '::1',
      '2001:db8::/32',
      '::ffff:192.0.2.0/120',
      '0.0.0.0/0',
    ])
      assert.equal(isNetwork(entry), true, entry);
    for (const entry of [
      '',
      'example.org',
      '192.0.2',
      '010.0.0.1',
      '0x7f000001',
      '2130706433',
      ' 192.0.2.1',
      '192.0.2.1 ',
      '192.0.2.1/33',
      '192.0.2.1/',
      '192.0.2.1/024',
      '192.0.2.1/-1',
      '192.0.2.1/24/8',
      '192.0.2.0/255.255.255.0',
      '2001:db8::/129',
      'fe80::1%eth0',
      '::ffff:0:0/95',
    ])
      assert.equal(isNetwork(entry), false, entry);
    assert.throws(() => new NetworkList(['192.0.2.0/33']));
  });
});
