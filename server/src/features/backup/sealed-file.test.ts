import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { seeded } from '../../../test/random.ts';
import { BackupError } from './errors.ts';
import { openFile, sealFile } from './sealed-file.ts';

const segment = 64 * 1024;
const identity = await generateX25519Identity();
const stranger = await generateX25519Identity();
const recipients = [await identityToRecipient(identity)];

/** The bytes in pieces of these sizes, over and over. */
async function* pieces(bytes: Buffer, sizes: readonly number[] = [bytes.length]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const all = async (source: AsyncIterable<Buffer>) => Buffer.concat(await Array.fromAsync(source));
const sealed = async (bytes: Buffer, sizes?: number[], to = recipients) =>
  await all(sealFile(pieces(bytes, sizes), { kind: 'database', recipients: to }));
const opened = async (bytes: Buffer, identities = [identity], sizes?: number[]) =>
  await all(openFile(pieces(bytes, sizes), { kind: 'database', identities }));
const refused = async (bytes: Buffer, code: string, what: string) =>
  await assert.rejects(opened(bytes), { name: 'BackupError', code }, what);

/** Where the segments begin: behind the header, and behind the nonce prefix of the sealed content. */
const beginningOf = (file: Buffer) => 20 + file.readUInt32BE(16) + 9;

describe('a sealed file', () => {
  it('opens to what was sealed, whatever its size and the pieces it comes in', async (t) => {
    const size = fc.oneof(
      fc.constantFrom(0, 1, segment - 1, segment, segment + 1, 2 * segment, 2 * segment + 56),
      fc.nat(3 * segment),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 2 * segment }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(size, cuts, cuts, async (length, writing, reading) => {
        const plain = Buffer.alloc(length, 'some text that repeats. ');
        assert.ok((await opened(await sealed(plain, writing), [identity], reading)).equals(plain));
      }),
      { seed: seeded(t).below(2 ** 31), numRuns: 40 },
    );
  });

  it('attack 78: opens for each of its recipients, and for nobody else', async () => {
    const both = [...recipients, await identityToRecipient(stranger)];
    const plain = Buffer.from('text');
    const file = await sealed(plain, undefined, both);
    for (const one of [identity, stranger]) assert.deepEqual(await opened(file, [one]), plain);
    assert.deepEqual(await opened(file, [await generateX25519Identity(), stranger]), plain);
    await assert.rejects(opened(await sealed(plain), [stranger]), { code: 'backup-identity' });
    await assert.rejects(opened(await sealed(plain), []), { code: 'backup-identity' });
    await assert.rejects(sealed(plain, undefined, []), { code: 'backup-recipients' });
    await assert.rejects(sealed(plain, undefined, ['age1nobody']), { code: 'backup-recipients' });
  });

  it('shows nothing of what is in it', async () => {
    const file = await sealed(Buffer.from('a marker that is not there by chance'));
    assert.ok(!file.includes('marker'));
    assert.notDeepEqual(await sealed(Buffer.from('x')), await sealed(Buffer.from('x')));
  });

  it('is refused when any byte of it was changed', async (t) => {
    const plain = Buffer.alloc(2 * segment + 1000, 'some text that repeats. ');
    const file = await sealed(plain);
    const refuses = async (at: number, by: number) => {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ by;
      await assert.rejects(opened(changed), BackupError, `byte ${at}`);
    };
    for (let at = 0; at < beginningOf(file) + 20; at += 1) await refuses(at, 1);
    for (let at = file.length - 80; at < file.length; at += 1) await refuses(at, 128);
    await fc.assert(fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), refuses), {
      seed: seeded(t).below(2 ** 31),
      numRuns: 100,
    });
  });

  it('attack 78: is refused wherever it is cut off, between segments too', async (t) => {
    const plain = Buffer.alloc(3 * segment, 'x');
    const file = await sealed(plain);
    const start = beginningOf(file);
    for (let count = 0; count < 3; count += 1) {
      await refused(
        file.subarray(0, start + count * (segment + 16)),
        'backup-damaged',
        `after segment ${count}`,
      );
    }
    for (const length of [0, 10, 18, 30, start - 1, file.length - 1, file.length - 17])
      await refused(file.subarray(0, length), 'backup-damaged', `at ${length}`);
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
        await refused(file.subarray(0, length), 'backup-damaged', `at ${length}`);
      }),
      { seed: seeded(t).below(2 ** 31), numRuns: 50 },
    );
  });

  it('attack 78: is refused when segments were swapped, repeated, left out, or taken from another file', async () => {
    const plain = Buffer.alloc(4 * segment, 'x');
    const [file, other] = [await sealed(plain), await sealed(plain)];
    const cut = (from: Buffer) => {
      const start = beginningOf(from);
      const segments = Array.from({ length: 4 }, (_, at) =>
        from.subarray(start + at * (segment + 16), start + (at + 1) * (segment + 16)),
      );
      return { beginning: from.subarray(0, start), segments };
    };
    const { beginning, segments } = cut(file);
    const [a, b, c, d] = segments as [Buffer, Buffer, Buffer, Buffer];
    const foreign = cut(other);
    assert.ok(Buffer.concat([beginning, a, b, c, d]).equals(file));
    const wrong = {
      swapped: [a, c, b, d],
      repeated: [a, a, b, c, d],
      'left out': [a, b, d],
      'without its end': [a, b, c],
      'with another file’s segment': [a, foreign.segments[1]!, c, d],
      'with another file’s end': [a, b, c, foreign.segments[3]!],
      'with something behind it': [a, b, c, d, Buffer.from('x')],
      'with its end twice': [a, b, c, d, d],
    };
    for (const [how, parts] of Object.entries(wrong))
      await refused(Buffer.concat([beginning, ...parts]), 'backup-damaged', how);
    await refused(Buffer.concat([foreign.beginning, a, b, c, d]), 'backup-damaged', 'other header');
    // The same key and segments, under a header that is not theirs.
    const nonce = beginning.subarray(-9);
    const ours = beginning.subarray(0, -9);
    const json = Buffer.from(ours.subarray(20).toString().replace('{', '{ '));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    await refused(
      Buffer.concat([ours.subarray(0, 16), length, json, nonce, a, b, c, d]),
      'backup-damaged',
      'the same header in other words',
    );
  });

  it('is not taken for a backup of another kind', async () => {
    const file = await all(sealFile(pieces(Buffer.from('{}')), { kind: 'keyring', recipients }));
    await refused(file, 'backup-damaged', 'a keyring is no database');
  });
});
