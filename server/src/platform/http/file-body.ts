import type { FastifyRequest } from 'fastify';
import { fileNameHeader } from '@samtal/contract/media/types';
import { Refusal } from './refusal.ts';

/** A file on its way in. */
export interface FileBody {
  /** As the client says it: anything at all, of 1,000 characters at most. */
  readonly name: string;
  /** What the client says the content weighs; null when it does not say. */
  readonly announcedBytes: number | null;
  /** The content as it arrives. */
  readonly content: AsyncGenerator<Buffer>;
}

export function fileBodyOf(request: FastifyRequest): FileBody {
  const length = request.headers['content-length'];
  return {
    name: nameOf(request),
    announcedBytes: length === undefined ? null : Number(length),
    content: contentOf(request),
  };
}

/** Lets what nobody wanted any more arrive all the same: browsers read an answer when they have sent everything. */
export async function answered<Answer>(
  handling: Promise<Answer>,
  { content }: FileBody,
  request: FastifyRequest,
): Promise<Answer> {
  try {
    return await handling;
  } finally {
    await content.return(undefined);
    request.raw.resume();
  }
}

async function* contentOf(request: FastifyRequest): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of request.raw.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch {
    // The client went away or sent less than it had announced. Nobody is there to read why.
    throw new Refusal('request.malformed');
  }
}

function nameOf(request: FastifyRequest): string {
  const given = request.headers[fileNameHeader];
  if (typeof given !== 'string' || given.length > 9000) throw refusedName();
  try {
    return decodeURIComponent(given).slice(0, 1000);
  } catch {
    throw refusedName();
  }
}

function refusedName(): Refusal {
  const problem = 'must be the file’s name as UTF-8 in percent-encoding';
  return new Refusal('request.invalid', { fields: [{ pointer: `/header/${fileNameHeader}`, problem }] });
}
