import { Readable } from 'node:stream';
import type { Endpoint } from '@samtal/contract/endpoint';
import type { FastifyReply } from 'fastify';
import { contentPolicies } from './headers.ts';

/** A file as an answer. Written while it is read, so that its size does not matter; an error on the way cuts it short. */
export interface Download {
  /** One of the endpoint’s media types. */
  readonly type: string;
  readonly fileName: string;
  /** Of the content, where it is known beforehand: then a client sees that it was cut short. */
  readonly sizeBytes?: number;
  readonly content: AsyncIterable<string | Buffer> | Iterable<string | Buffer>;
}

/**
 * Answers with a file, to be saved and never to be shown in place: whatever it holds, it runs nowhere. Its first piece is
 * read before anything is said, so that a file that cannot be read is refused in words.
 */
export async function sendDownload(
  reply: FastifyReply,
  { id, status, media = [''] }: Endpoint,
  { type, fileName, sizeBytes, content }: Download,
): Promise<FastifyReply> {
  if (!media.includes(type)) throw new Error(`The file of ${id} is not as declared`);
  const pieces = piecesOf(content);
  const first = await pieces.next();
  const all = async function* () {
    if (first.done !== true) yield first.value;
    yield* pieces;
  };
  const isText = type.startsWith('text/') || type === 'application/json';
  return reply
    .status(status)
    .headers({
      'cache-control': 'no-store',
      'content-type': isText ? `${type}; charset=utf-8` : type,
      'content-disposition': attachment(fileName),
      'content-security-policy': contentPolicies.file,
      ...(sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) }),
    })
    .send(Readable.from(all(), { objectMode: false }));
}

async function* piecesOf(content: Download['content']): AsyncGenerator<string | Buffer, undefined> {
  yield* content;
}

/** `content-disposition` (RFC 6266): letters of ASCII for old clients, and the name itself as RFC 8187 writes it. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
