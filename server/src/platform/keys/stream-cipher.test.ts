import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { CiphertextError } from './ciphertext.ts';
import { sealedLength, sealStream, unsealStream } from './stream-cipher.ts';

const segment = 64 * 1024;
const header = 9;
const tag = 16;
const place = { account: 'account', object: 'conversation', record: 'file', field: 'content' };

async function* chunked(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

const sealed = async (key: Buffer, content: Buffer, length = 10_000) =>
  await collect(sealStream(key, place, chunked(content, length)));
const opened = async (key: Buffer, bytes: Buffer, length = 10_000, at = place) =>
  await collect(unsealStream(key, at, chunked(bytes, length)));

describe('sealed content', () => {
  const key = randomBytes(32);

  it('opens to what was sealed, whatever its length and however it is cut on the way', async () => {
    for (const length of [0, 1, segment - 1, segment, segment + 1, 2 * segment, 3 * segment + 17]) {
      const content = randomBytes(length);
      for (const cut of [7, 4096, 1_000_000]) {
        const bytes = await sealed(key, content, cut);
        assert.equal(bytes.length, sealedLength(length), `length ${length}`);
        assert.ok((await opened(key, bytes, cut)).equals(content), `length ${length}, cut ${cut}`);
      }
    }
  });

  it('attack 73: does not open when it was cut off, at a segment’s edge or anywhere else', async () => {
    const bytes = await sealed(key, randomBytes(2 * segment + 5));
    const edges = [1, 2].map((count) => header + count * (segment + tag));
    for (const length of [0, 1, header, header + 3, ...edges, bytes.length - 1]) {
      await assert.rejects(opened(key, bytes.subarray(0, length)), CiphertextError, `cut to ${length}`);
    }
  });

  it('attack 73: does not open when segments were swapped, doubled, left out or followed by something', async () => {
    const bytes = await sealed(key, randomBytes(3 * segment));
    const head = bytes.subarray(0, header);
    const at = (index: number) =>
      bytes.subarray(header + index * (segment + tag), header + (index + 1) * (segment + tag));
    for (const order of [
      [1, 0, 2],
      [0, 0, 1, 2],
      [0, 2],
      [0, 1, 2, 2],
      [0, 1],
    ]) {
      await assert.rejects(
        opened(key, Buffer.concat([head, ...order.map(at)])),
        CiphertextError,
        order.join(),
      );
    }
    await assert.rejects(opened(key, Buffer.concat([bytes, Buffer.alloc(1)])), CiphertextError);
  });

  it('does not open with any byte changed', async () => {
    const bytes = await sealed(key, randomBytes(100));
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 0x10, index);
      await assert.rejects(opened(key, changed), CiphertextError, `byte ${index}`);
    }
  });

  it('does not open in another place or under another key', async () => {
    const bytes = await sealed(key, randomBytes(10));
    for (const name of ['account', 'object', 'record', 'field'] as const) {
      await assert.rejects(opened(key, bytes, 100, { ...place, [name]: 'other' }), CiphertextError, name);
    }
    await assert.rejects(opened(randomBytes(32), bytes), CiphertextError);
  });

  it('attack 73: gives nothing of a segment that does not open', async () => {
    const bytes = await sealed(key, randomBytes(2 * segment));
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(header + segment + tag + 1) ^ 1, header + segment + tag + 1);
    let given = 0;
    await assert.rejects(async () => {
      for await (const piece of unsealStream(key, place, chunked(changed, 1000))) given += piece.length;
    }, CiphertextError);
    assert.equal(given, segment);
  });
});
