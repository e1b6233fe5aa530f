import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { it } from 'node:test';
import { streamName } from '../conversations/streams.ts';
import { makeShowKey, publicKeyPattern, sealedPattern, sealShown } from './sealing.ts';
import { maxShownBytes, shownValues } from './shown-values.ts';

const stream = streamName('0190a0b0-0000-7000-8000-000000000001', 'public');
const other = streamName('0190a0b0-0000-7000-8000-000000000002', 'public');
const values = { 'Customer number': '44 18 02', 'Logged in as': 'Kerstin Åkesson, ☎' };

it('opens what was sealed for this key and this conversation', async () => {
  const key = await makeShowKey();
  assert.match(key.publicKey, new RegExp(publicKeyPattern));
  const sealed = await sealShown(key.publicKey, stream, values);
  assert.match(sealed, new RegExp(sealedPattern));
  assert.deepEqual(await key.open(stream, sealed), values);
  assert.deepEqual(await key.open(stream, await sealShown(key.publicKey, stream, {})), {});
});

it('opens nothing that was sealed for another key or conversation', async () => {
  const [key, stranger] = [await makeShowKey(), await makeShowKey()];
  const sealed = await sealShown(key.publicKey, stream, values);
  assert.equal(await stranger.open(stream, sealed), null);
  assert.equal(await key.open(other, sealed), null);
});

it('opens nothing that was changed anywhere', async () => {
  const key = await makeShowKey();
  const sealed = Buffer.from(await sealShown(key.publicKey, stream, values), 'base64url');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8));
    assert.equal(await key.open(stream, changed.toString('base64url')), null, `byte ${at}`);
  }
  for (const none of ['', 'x', '*', sealed.subarray(0, 80).toString('base64url')]) {
    assert.equal(await key.open(stream, none), null);
  }
});

it('is as long for short values as for somewhat longer ones, and fits into its frame', async () => {
  const { publicKey } = await makeShowKey();
  const length = async (value: string) => (await sealShown(publicKey, stream, { value })).length;
  assert.equal(await length('1'), await length('x'.repeat(200)));
  const most = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`v${at}`, 'x'.repeat(410)]));
  assert.ok(shownValues(most));
  const longest = await sealShown(publicKey, stream, most);
  assert.match(longest, new RegExp(sealedPattern), `${longest.length}`);
});

it('refuses to seal for what is no point of the curve', async () => {
  const point = Buffer.concat([Buffer.from([4]), randomBytes(64)]).toString('base64url');
  await assert.rejects(sealShown(point, stream, values));
});

it('takes texts by their labels, and nothing else', () => {
  assert.deepEqual(shownValues(values), values);
  for (const given of [
    null,
    'text',
    ['text'],
    { number: 1 },
    { nested: { text: 'x' } },
    { '  ': 'x' },
    { ['x'.repeat(61)]: 'x' },
    { long: 'x'.repeat(501) },
    Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`v${at}`, 'x'])),
    Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`v${at}`, 'å'.repeat(maxShownBytes / 10)])),
  ]) {
    assert.equal(shownValues(given), null, JSON.stringify(given));
  }
});
