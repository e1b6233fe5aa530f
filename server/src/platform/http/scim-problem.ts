import { scimUrns } from '@samtal/contract/provisioning';
import type { FastifyReply } from 'fastify';
import type { Refusal } from './refusal.ts';

/** What RFC 7644 (3.12) calls refusals, where it has a word. */
const words: Readonly<Record<string, string>> = {
  'provisioning.filter': 'invalidFilter',
  'provisioning.path': 'invalidPath',
  'provisioning.no-target': 'noTarget',
  'provisioning.value': 'invalidValue',
  'provisioning.domain': 'invalidValue',
  'provisioning.immutable': 'mutability',
  'provisioning.taken': 'uniqueness',
  'request.invalid': 'invalidSyntax',
  'request.malformed': 'invalidSyntax',
};

/** Answers a refusal as SCIM does, with our own code in an extension. */
export function sendScimProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { code, status, retryAfterS, message, fields } = refusal;
  if (retryAfterS !== null) void reply.header('retry-after', String(retryAfterS));
  const scimType = words[code];
  const where = fields.map(({ pointer, problem }) => `${pointer} ${problem}`).join('; ');
  return reply
    .status(status)
    .headers({ 'cache-control': 'no-store', 'content-type': 'application/scim+json' })
    .send(
      JSON.stringify({
        schemas: [scimUrns.error, scimUrns.refusal],
        // As text: that is how the RFC has it.
        status: String(status),
        ...(scimType === undefined ? {} : { scimType }),
        detail: where === '' ? message : `${message} ${where}`,
        [scimUrns.refusal]: { code },
      }),
    );
}
