import type { FastifyInstance } from 'fastify';
import { formOf } from './form-body.ts';
import { Refusal } from './refusal.ts';
import { isOAuth, isScim, takesFile } from './served-endpoint.ts';
import { hasUniqueNames } from './unique-names.ts';

/** Reads bodies of the types that endpoints take, and of no others. */
export function takeBodies(fastify: FastifyInstance): void {
  takeJson(fastify);
  takeFiles(fastify);
  takeForms(fastify);
}

function takeJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const text = new TextDecoder('utf-8', { fatal: true });
  fastify.removeAllContentTypeParsers();
  const types = ['application/json', 'application/scim+json'];
  fastify.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body, done) => {
    const [type = ''] = (request.headers['content-type'] ?? '').split(';');
    const isScimType = type.trim().toLowerCase() === 'application/scim+json';
    if (takesFile(request) || isOAuth(request) || (isScimType && !isScim(request)))
      return done(new Refusal('request.media-type'));
    let decoded: string;
    try {
      decoded = text.decode(body as Buffer);
    } catch {
      done(new Refusal('request.malformed'));
      return;
    }
    // An empty body is no body: some clients name a type all the same.
    if (decoded === '') done(null, undefined);
    else
      void parse(request, decoded, (error, value) => {
        if (error !== null || hasUniqueNames(decoded, value)) done(error, value);
        else done(new Refusal('request.malformed'));
      });
  });
}

/** A file is left on the wire: its handler reads it, once the caller has been admitted. */
function takeFiles(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/octet-stream', (request, _payload, done) => {
    if (takesFile(request)) done(null, undefined);
    else done(new Refusal('request.media-type'));
  });
}

function takeForms(fastify: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  fastify.addContentTypeParser(type, { parseAs: 'string' }, (request, body, done) => {
    try {
      if (!isOAuth(request)) throw new Refusal('request.media-type');
      done(null, formOf(String(body)));
    } catch (refusal) {
      done(refusal as Refusal);
    }
  });
}
