import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ErrorCode } from '@samtal/contract/errors';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type Gate, type OnceRequest } from '../../platform/http/index.ts';
import { deriveKey, seal, unseal, type Keyring } from '../../platform/keys/index.ts';
import {
  begin,
  keepAnswer,
  markDone,
  readKnown,
  release,
  takeOver,
  type KnownRequest,
  type RequestMark,
} from './queries.ts';

interface Parts {
  readonly database: Database;
  readonly keyring: Keyring;
}

/** An answer that is kept: what the endpoint said, or what it refused with after it had done something. */
type KeptAnswer =
  | { readonly body: unknown }
  | {
      readonly refusal: { readonly code: ErrorCode; readonly fields: { pointer: string; problem: string }[] };
    };

/**
 * Does what a request with an Idempotency-Key asks for at most once (draft-ietf-httpapi-idempotency-key-header), whatever
 * dies in between:
 *
 *   begun ──the action’s own transaction──▶ done ──the answer is kept──▶ answered
 *     └─ refused, or the node died: nothing was committed, and the key may be used again
 *
 * That it was done is committed with the action or not at all. Who dies after that and before the answer is kept leaves
 * `done`: the same request is then told that it was done and that its answer is lost, and is never done twice.
 */
export function idempotencyGate(parts: Parts): Pick<Gate, 'once'> {
  return {
    once: async (request, work) => {
      const mark = await markOf(parts.keyring, request);
      const { attempt, known } = await claim(parts.database, mark);
      if (attempt === null)
        return { replayed: true, body: await replay(parts.keyring, request, mark, known) };
      return { replayed: false, body: await perform(parts, { request, mark, attempt }, work) };
    },
  };
}

/** Only keyed hashes are stored: a key may say whose order it is, and a body is what somebody wrote. */
async function markOf(
  keyring: Keyring,
  { accountId, callerId, key, request }: OnceRequest,
): Promise<RequestMark> {
  const secret = await keyring.accountPurposeKey(accountId, 'idempotency');
  const mac = (kind: string, text: string) => createHmac('sha256', secret).update(`${kind}/${text}`).digest();
  return { accountId, callerId, keyMac: mac('key', key), requestMac: mac('request', request) };
}

type Claim =
  | { readonly attempt: string; readonly known: null }
  | { readonly attempt: null; readonly known: KnownRequest };

/** Takes the turn, or says what is known of the request. Refuses another request under the same key, and one at the same moment. */
async function claim(database: Database, mark: RequestMark): Promise<Claim> {
  return await database.transaction(mark.accountId, async (tx): Promise<Claim> => {
    const attempt = await begin(tx, mark);
    if (attempt !== null) return { attempt, known: null };
    const known = await readKnown(tx, mark);
    // Released in this very moment: whoever comes again finds nothing.
    if (known === null) throw inProgress();
    if (!timingSafeEqual(known.requestMac, mark.requestMac)) throw new Refusal('idempotency.other-request');
    if (known.state === 'answered') return { attempt: null, known };
    if (known.leased) throw inProgress();
    if (known.state === 'done') throw new Refusal('idempotency.answer-lost');
    return { attempt: await takeOver(tx, mark), known: null };
  });
}

function inProgress(): Refusal {
  return new Refusal('idempotency.in-progress', { retryAfterS: 1 });
}

async function perform(
  { database, keyring }: Parts,
  { request, mark, attempt }: { request: OnceRequest; mark: RequestMark; attempt: string },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { accountId } = mark;
  const keep = async (answer: KeptAnswer) => {
    if (request.keepsAnswer) {
      const sealed = await sealAnswer(keyring, request, mark, answer);
      await database.transaction(accountId, async (tx) => await keepAnswer(tx, mark, attempt, sealed));
    } else await database.transaction(accountId, async (tx) => await markDone(tx, mark, attempt));
  };
  let body: unknown;
  try {
    body = await database.alongside(
      accountId,
      async (tx) => {
        if (!(await markDone(tx, mark, attempt))) throw inProgress();
      },
      work,
    );
  } catch (error) {
    const released = await database.transaction(accountId, async (tx) => await release(tx, mark, attempt));
    if (!released && error instanceof Refusal)
      await keep({ refusal: { code: error.code, fields: error.fields } });
    throw error;
  }
  await keep({ body });
  return body;
}

async function replay(
  keyring: Keyring,
  request: OnceRequest,
  mark: RequestMark,
  { answer }: KnownRequest,
): Promise<unknown> {
  if (answer === null) throw new Refusal('idempotency.answer-lost');
  const kept = await openAnswer(keyring, request, mark, answer);
  if ('refusal' in kept) throw new Refusal(kept.refusal.code, { fields: kept.refusal.fields });
  return kept.body;
}

/**
 * Sealed under a key that comes from the account’s and from what the client sent as its key, which is not kept: nobody opens it
 * who does not have that, in a backup neither.
 */
async function sealAnswer(
  keyring: Keyring,
  request: OnceRequest,
  mark: RequestMark,
  answer: KeptAnswer,
): Promise<Buffer> {
  return seal(await answerKey(keyring, request), placeOf(mark), Buffer.from(JSON.stringify(answer)));
}

async function openAnswer(
  keyring: Keyring,
  request: OnceRequest,
  mark: RequestMark,
  sealed: Buffer,
): Promise<KeptAnswer> {
  // Written by `sealAnswer`, and bound to this place.
  return JSON.parse(
    unseal(await answerKey(keyring, request), placeOf(mark), sealed).toString(),
  ) as KeptAnswer;
}

async function answerKey(keyring: Keyring, { accountId, key }: OnceRequest) {
  return deriveKey(await keyring.accountPurposeKey(accountId, `idempotent-answer/${key}`), 1);
}

function placeOf({ accountId, callerId, keyMac }: RequestMark) {
  return { account: accountId, object: callerId, record: keyMac.toString('hex'), field: 'answer' };
}
