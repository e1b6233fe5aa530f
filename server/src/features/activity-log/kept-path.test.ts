import assert from 'node:assert/strict';
import { it } from 'node:test';
import { agentClass } from './agent-class.ts';
import { keptPath } from './kept-path.ts';
import { normalAddress } from './normal-address.ts';

it('keeps the path of a page, and no query, no number and nobody’s name of it', () => {
  for (const [given, kept] of [
    ['/', '/'],
    ['/skola/forskola?child=4711#apply', '/skola/forskola'],
    ['/orders/20261125/edit', '/orders/•/edit'],
    ['/orders/%32%30%32%36/edit', '/orders/•/edit'],
    ['/orders/٢٠٢٦', '/orders/•'],
    ['/users/kerstin@example.org', '/users/•'],
    ['/users/kerstin%40example.org', '/users/•'],
    ['/broken/%E0%A4%A', '/broken/•'],
    [`/reset/${'a'.repeat(61)}`, '/reset/•'],
    ['/news/top-10', '/news/top-10'],
  ] as const) {
    assert.equal(keptPath(given), kept, given);
  }
  assert.ok(keptPath(`/${'a/'.repeat(1000)}`).length <= 300);
});

it('keeps the class of a browser, and nothing that tells one from another', () => {
  for (const [userAgent, kept] of [
    [undefined, 'unknown'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'firefox desktop'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'edge desktop',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'chrome phone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'safari phone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'safari tablet',
    ],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot'],
    ['Kerstin’s very own browser', 'other desktop'],
  ] as const) {
    assert.equal(agentClass(userAgent), kept);
  }
});

it('knows one way to write an address, and refuses what is none', () => {
  for (const [given, normal] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:0DB8:0:0:0:0:0:0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1', null],
    ['0x7f.1', null],
    ['2130706433', null],
    ['example.org', null],
    ['', null],
  ] as const) {
    assert.equal(normalAddress(given), normal, given);
  }
});
