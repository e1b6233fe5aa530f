import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cleanFileName } from './file-name.ts';

const asItIs = async (text: string) => text;

const cases: readonly [string, string][] = [
  ['photo.JPEG', 'photo.jpg'],
  ['D:\\bilder\\bild.jpg', 'bild.jpg'],
  ['../../etc/passwd.jpg', 'passwd.jpg'],
  ['räkning  för\tmars.jpg', 'räkning för mars.jpg'],
  ['gnp\u202egpj.jpg', 'gnpgpj.jpg'],
  ['a\0b\r\nc.jpg', 'ab c.jpg'],
  ['zero\u200bwidth\ufeff.jpg', 'zerowidth.jpg'],
  ['a<b>:"c"|?*.jpg', 'a_b___c____.jpg'],
  ['..hidden.jpg', 'hidden.jpg'],
  ['con.jpg', '_con.jpg'],
  ['COM1.jpg', '_COM1.jpg'],
  ['company.jpg', 'company.jpg'],
  ['.jpg', 'file.jpg'],
  ['   .jpg', 'file.jpg'],
  ['invoice.exe.jpg', 'invoice.exe.jpg'],
  ['e\u0301te\u0301.jpg', 'été.jpg'],
];

for (const [given, expected] of cases)
  it(`a file called ${JSON.stringify(given)} is kept as ${expected}`, async () => {
    assert.equal(await cleanFileName(given, 'jpeg', asItIs), expected);
  });

it('a file with a very long name keeps 120 letters of it, none of them cut in two', async () => {
  const name = await cleanFileName(`${'å'.repeat(500)}.jpg`, 'jpeg', asItIs);
  assert.equal(name, `${'å'.repeat(120)}.jpg`);
  const emoji = await cleanFileName(`${'👩‍👩‍👧'.repeat(500)}.jpg`, 'jpeg', asItIs);
  assert.ok(emoji.length <= 200 && emoji.isWellFormed());
});

it('a masked name is a name that a file may have', async () => {
  assert.equal(
    await cleanFileName('card 1.jpg', 'jpeg', async (text) => `${text} ../*\u2022`),
    'card 1 ..__\u2022.jpg',
  );
});
