import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mediaTypes, type MediaType } from '@samtal/contract/media';
import { docxParts, pdf, png, pngChunk, zip } from '../../../../test/files.ts';
import { seeded } from '../../../../test/random.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { judgedContent } from './index.ts';
import { orientationOf, orientationSegment } from './jpeg-orientation.ts';

async function* chunked(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function judged(type: MediaType, content: Buffer, length = 1000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of judgedContent(type, chunked(content, length))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function refusedAs(code: string, type: MediaType, content: Buffer, says = ''): Promise<void> {
  const isRefusal = (error: unknown) => error instanceof Refusal && error.code === code;
  await assert.rejects(judged(type, content), isRefusal, `${type} ${says}`);
}

const marker = 'GPS-59.3293N-18.0686E';
const bytes = (text: string) => Buffer.from(text, 'latin1');
const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);

function jpegSegment(marker: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), u16(content.length + 2), content]);
}

/** The skeleton of a JPEG: what stands in its segments matters here, and not what it shows. */
function jpeg({ width = 64, height = 48, segments = [] as Buffer[], after = Buffer.alloc(0) } = {}): Buffer {
  const frame = Buffer.concat([
    Buffer.from([8]),
    u16(height),
    u16(width),
    Buffer.from([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]),
  ]);
  const coded = Buffer.concat([
    Buffer.alloc(20_000, 0x5a),
    Buffer.from([0xff, 0x00, 0x11, 0xff, 0xd3, 0x22]),
    Buffer.alloc(20_000, 0xa5),
  ]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, bytes('JFIF\0\x01\x02\0\0\x01\0\x01\0\0')),
    ...segments,
    jpegSegment(0xdb, Buffer.alloc(65, 1)),
    jpegSegment(0xc0, frame),
    jpegSegment(0xda, Buffer.from([3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0])),
    coded,
    Buffer.from([0xff, 0xd9]),
    after,
  ]);
}

function webpChunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([bytes(type), length, content, Buffer.alloc(content.length % 2)]);
}

function webp(chunks: readonly Buffer[], after = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([bytes('WEBP'), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([bytes('RIFF'), length, body, after]);
}

function webpFrame(width: number, height: number, flags: number): Buffer {
  const frame = Buffer.alloc(10);
  frame.writeUInt8(flags, 0);
  frame.writeUIntLE(width - 1, 4, 3);
  frame.writeUIntLE(height - 1, 7, 3);
  return webpChunk('VP8X', frame);
}

const lossless = webpChunk('VP8L', Buffer.from([0x2f, 0x07, 0xc0, 0x01, 0x00, 1, 2, 3, 4, 5, 6]));
const gifHead = (width = 4, height = 4) => {
  const head = Buffer.alloc(13);
  head.write('GIF89a');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  head.writeUInt8(0x80, 10);
  return Buffer.concat([head, Buffer.alloc(6, 0xcc)]);
};
const gifImage = Buffer.concat([
  Buffer.from([0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, 2, 4]),
  Buffer.from([0x84, 0x8f, 0xa9, 0x5d, 0]),
]);
const block = (text: string) => Buffer.concat([Buffer.from([text.length]), bytes(text)]);
const odtMime = mediaTypes.odt.mime;
const good: Record<MediaType, Buffer> = {
  jpeg: jpeg(),
  png: png(),
  webp: webp([webpFrame(8, 8, 0), lossless]),
  gif: Buffer.concat([gifHead(), gifImage, Buffer.from([0x3b])]),
  pdf: pdf(),
  text: Buffer.from('Hej! Två rader,\r\noch en flik:\t€ 🙂\n'),
  docx: zip(docxParts),
  xlsx: zip([{ name: '[Content_Types].xml' }, { name: 'xl/workbook.xml' }]),
  odt: zip([{ name: 'mimetype', content: Buffer.from(odtMime) }, { name: 'content.xml' }]),
  ods: zip([{ name: 'mimetype', content: Buffer.from(mediaTypes.ods.mime) }, { name: 'content.xml' }]),
};
const types = Object.keys(good) as MediaType[];

describe('the content of files', () => {
  it('of every type is kept as it is when there is nothing to take out, however it is cut on the way', async () => {
    for (const type of types) {
      for (const length of [1, 7, 100_000])
        assert.ok((await judged(type, good[type], length)).equals(good[type]), type);
    }
  });

  it('attack 60: is refused under the name of any other type', async () => {
    for (const type of types) {
      for (const other of types)
        if (other !== type) await refusedAs('media.content-mismatch', type, good[other], `from ${other}`);
    }
  });

  it('is refused when it was cut off', async () => {
    for (const type of types) {
      if (type === 'text') continue;
      const whole = good[type];
      for (const length of [1, 3, 12, Math.floor(whole.length / 2), whole.length - 3])
        await refusedAs('media.content-mismatch', type, whole.subarray(0, length), `cut to ${length}`);
    }
  });

  it('never makes the reader fail otherwise than by a refusal, whatever bytes are changed', async (t) => {
    const random = seeded(t);
    for (const type of types) {
      for (let round = 0; round < 300; round += 1) {
        const changed = Buffer.from(good[type]);
        for (let count = 0; count < 4; count += 1)
          changed[random.below(Math.min(changed.length, 400))] = random.below(256);
        await judged(type, changed).catch((error: unknown) =>
          assert.ok(error instanceof Refusal, String(error)),
        );
      }
    }
  });

  it('attack 60: that is markup is refused as text, and so is what is not UTF-8', async () => {
    for (const text of [
      '<!DOCTYPE html><script>alert(1)</script>',
      '  \n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">',
      '\ufeff<html>',
      '<?xml version="1.0"?>',
      '<!-- --><b>',
      '{\\rtf1 }',
      'MZ\0\u0001',
    ])
      await refusedAs('media.content-mismatch', 'text', Buffer.from(text), text);
    await refusedAs('media.content-mismatch', 'text', Buffer.from([0xff, 0xfe, 0x41, 0]));
    await refusedAs('media.content-mismatch', 'text', Buffer.from([0x41, 0xe2, 0x82]));
    await judged('text', Buffer.from('1 < 2, and a <tag> in the middle is only text'));
  });

  it('loses what a PNG tells beside its pixels, and what stands behind its end', async () => {
    const told = png({
      extra: [
        pngChunk('eXIf', bytes(marker)),
        pngChunk('tEXt', bytes(`Comment\0${marker}`)),
        pngChunk('iTXt', bytes(`XML:com.adobe.xmp\0\0\0\0\0${marker}`)),
        pngChunk('tIME', Buffer.alloc(7, 1)),
        pngChunk('prVt', bytes(marker)),
      ],
    });
    const kept = await judged('png', Buffer.concat([told, bytes(`<script>${marker}</script>`)]));
    assert.ok(kept.equals(png()));
  });

  it('loses what a JPEG tells beside its picture and behind its end, and keeps which way is up', async () => {
    const tiff = bytes(
      `II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0${marker}`,
    );
    const told = jpeg({
      segments: [
        jpegSegment(0xe1, Buffer.concat([bytes('Exif\0\0'), tiff])),
        jpegSegment(0xe1, bytes(`http://ns.adobe.com/xap/1.0/\0${marker}`)),
        jpegSegment(0xed, bytes(`Photoshop 3.0\0${marker}`)),
        jpegSegment(0xe2, bytes(`MPF\0${marker}`)),
        jpegSegment(0xe2, bytes('ICC_PROFILE\0\x01\x01profile')),
        jpegSegment(0xfe, bytes(marker)),
      ],
      after: bytes(marker),
    });
    const kept = await judged('jpeg', told);
    const expected = jpeg({
      segments: [orientationSegment(6), jpegSegment(0xe2, bytes('ICC_PROFILE\0\x01\x01profile'))],
    });
    assert.ok(kept.equals(expected));
    assert.equal(orientationOf(orientationSegment(6).subarray(4)), 6);
  });

  it('loses what a WebP tells beside its picture, in its place, and what stands behind its end', async () => {
    const told = webp(
      [webpFrame(8, 8, 0x0c), lossless, webpChunk('EXIF', bytes(marker)), webpChunk('XMP ', bytes(marker))],
      bytes(marker),
    );
    const kept = await judged('webp', told);
    assert.ok(!kept.includes(marker));
    assert.equal(kept.length, told.length - marker.length);
    assert.equal(kept.readUInt8(20), 0, 'the marks for EXIF and XMP');
    assert.ok(kept.includes('JUNK'));
  });

  it('loses the comments of a GIF, and keeps how often it is played', async () => {
    const loop = Buffer.concat([
      Buffer.from([0x21, 0xff]),
      block('NETSCAPE2.0'),
      block('\x01\0\0'),
      Buffer.from([0]),
    ]);
    const told = Buffer.concat([
      gifHead(),
      loop,
      Buffer.from([0x21, 0xfe]),
      block(marker),
      Buffer.from([0, 0x21, 0xff]),
      block('XMP DataXMP'),
      block(marker),
      Buffer.from([0]),
      gifImage,
      Buffer.from([0x3b]),
      bytes(marker),
    ]);
    const kept = await judged('gif', told);
    assert.ok(kept.equals(Buffer.concat([gifHead(), loop, gifImage, Buffer.from([0x3b])])));
  });

  it('attack 60: with far too many pixels is refused by what its header says', async () => {
    const code = 'media.image-too-large';
    await refusedAs(code, 'png', png({ declared: { width: 50_000, height: 50_000 } }));
    await refusedAs(code, 'png', png({ declared: { width: 15_000, height: 15_000 } }));
    await refusedAs(code, 'jpeg', jpeg({ width: 50_000, height: 50_000 }));
    await refusedAs(code, 'webp', webp([webpFrame(50_000, 50_000, 0), lossless]));
    await refusedAs(code, 'gif', Buffer.concat([gifHead(50_000, 50_000), gifImage]));
    await refusedAs('media.content-mismatch', 'png', png({ declared: { width: 0, height: 1 } }));
  });

  it('attack 60: that is two things at once is refused, or loses the second', async () => {
    const archive = zip(docxParts);
    await refusedAs('media.content-mismatch', 'docx', zip(docxParts, { before: '%PDF-1.4\n' }));
    await refusedAs('media.content-mismatch', 'docx', Buffer.concat([Buffer.from('#!/bin/sh\n'), archive]));
    await refusedAs('media.content-mismatch', 'docx', zip(docxParts, { comment: '<script>' }));
    await refusedAs('media.content-mismatch', 'docx', Buffer.concat([archive, Buffer.from('x')]));
    await refusedAs('media.content-mismatch', 'pdf', Buffer.concat([Buffer.from('<html>'), pdf()]));
    await refusedAs('media.content-mismatch', 'pdf', Buffer.concat([pdf(), archive, Buffer.from('%%EOF')]));
    assert.ok((await judged('png', Buffer.concat([png(), archive]))).equals(png()));
  });

  it('attack 59: of an archive is refused with macros, passwords, paths that lead out, doubled names, or far too much in it', async () => {
    const code = 'media.content-unsafe';
    const with_ = (...parts: Parameters<typeof zip>[0]) => zip([...docxParts, ...parts]);
    await refusedAs(code, 'docx', with_({ name: 'word/vbaProject.bin' }));
    await refusedAs(code, 'docx', with_({ name: 'word/media/a.png', flags: 1 }));
    await refusedAs(code, 'docx', with_({ name: '../../etc/passwd' }));
    await refusedAs(code, 'docx', with_({ name: '/etc/passwd' }));
    await refusedAs(code, 'docx', with_({ name: 'word\\..\\x' }));
    await refusedAs(code, 'docx', with_({ name: 'word/document.xml' }));
    await refusedAs(code, 'docx', with_({ name: 'word/big.xml', claimedBytes: 101 * 1024 * 1024 }));
    await refusedAs(code, 'docx', with_({ name: 'word/dense.xml', claimedBytes: 1_000_000 }));
    await refusedAs(
      code,
      'docx',
      with_(...Array.from({ length: 1000 }, (_, index) => ({ name: `word/${index}` }))),
    );
    const basic = [
      { name: 'mimetype', content: Buffer.from(odtMime) },
      { name: 'Basic/Standard/Module1.xml' },
    ];
    await refusedAs(code, 'odt', zip(basic));
  });
});
