import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unzip } from '../../../test/unzip.ts';
import { zipped, type ZippedFile } from './zipped.ts';

const madeAt = new Date('2026-01-02T03:04:06Z');

async function* pieces(count: number, size: number, seen = { closed: 0 }): AsyncGenerator<Buffer> {
  try {
    for (let at = 0; at < count; at += 1) yield Buffer.alloc(size, at);
  } finally {
    seen.closed += 1;
  }
}

describe('an archive', () => {
  it('holds what was put in, packed or as it is, empty files too', async () => {
    async function* files(): AsyncGenerator<ZippedFile> {
      yield { path: 'a/å 1.png', content: pieces(40, 10_000), packing: 'stored' };
      yield { path: 'empty', content: pieces(0, 1), packing: 'stored' };
      yield { path: 'b.html', content: pieces(40, 10_000), packing: 'compressed' };
    }
    const archive = Buffer.concat(await Array.fromAsync(zipped(files(), madeAt)));
    const opened = unzip(archive);
    const content = Buffer.concat(await Array.fromAsync(pieces(40, 10_000)));
    assert.deepEqual([...opened.keys()], ['a/å 1.png', 'empty', 'b.html']);
    assert.ok(opened.get('a/å 1.png')?.equals(content) && opened.get('b.html')?.equals(content));
    assert.equal(opened.get('empty')?.length, 0);
    assert.ok(archive.length < 1.2 * content.length);
  });

  it('asks for the next file when the last one is read, and closes what is open when its reader goes away', async () => {
    const seen = { closed: 0, asked: 0 };
    async function* files(): AsyncGenerator<ZippedFile> {
      for (let at = 0; at < 100; at += 1) {
        seen.asked += 1;
        yield { path: `${at}`, content: pieces(100, 100_000, seen), packing: 'stored' };
      }
    }
    let read = 0;
    for await (const piece of zipped(files(), madeAt)) {
      read += piece.length;
      if (read > 15_000_000) break;
    }
    assert.equal(seen.asked, 2);
    assert.equal(seen.closed, 2);
  });

  it('breaks off, without its directory, when a file cannot be read', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(100_000);
      throw new Error('the disk is gone');
    }
    async function* files(): AsyncGenerator<ZippedFile> {
      yield { path: 'good', content: pieces(1, 10), packing: 'stored' };
      yield { path: 'bad', content: broken(), packing: 'stored' };
    }
    const got: Buffer[] = [];
    await assert.rejects(async () => {
      for await (const piece of zipped(files(), madeAt)) got.push(piece);
    }, /the disk is gone/);
    assert.equal(Buffer.concat(got).indexOf('PK\x05\x06', 0, 'latin1'), -1);
  });

  it('breaks off when there is no telling which file comes next', async () => {
    async function* files(): AsyncGenerator<ZippedFile> {
      yield { path: 'good', content: pieces(1, 10), packing: 'stored' };
      throw new Error('the database is gone');
    }
    await assert.rejects(async () => await Array.fromAsync(zipped(files(), madeAt)), /the database is gone/);
  });
});
