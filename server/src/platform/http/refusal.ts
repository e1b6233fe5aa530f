import { refusals, type ErrorCode, type Problem } from '@samtal/contract/errors';

/** A request that is refused. Actions throw it; only the edge turns it into HTTP or a socket frame. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly fields: { pointer: string; problem: string }[];
  /** Seconds to wait, where waiting helps (RFC 9110, Retry-After). */
  readonly retryAfterS: number | null;

  constructor(
    code: ErrorCode,
    more: { fields?: { pointer: string; problem: string }[]; retryAfterS?: number } = {},
  ) {
    super(refusals[code].title);
    this.code = code;
    this.fields = more.fields ?? [];
    this.retryAfterS = more.retryAfterS ?? null;
  }

  /** Of the answer over HTTP. */
  get status(): number {
    return refusals[this.code].status;
  }
}

/** Throws `not-found` when there is nothing: the same answer for what is absent and for what is not yours. */
export function found<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Refusal('not-found');
  return value;
}

/** What is being done, or null when it is refused with this code. */
export async function unlessRefused<Done>(code: ErrorCode, doing: Promise<Done>): Promise<Done | null> {
  try {
    return await doing;
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return null;
    throw error;
  }
}

/** Problem details (RFC 9457). */
export function problemOf(refusal: Refusal, requestId: string): Problem {
  const { status, title } = refusals[refusal.code];
  return {
    type: `urn:samtal:problem:${refusal.code}`,
    title,
    status,
    code: refusal.code,
    instance: requestId,
    ...(refusal.fields.length > 0 ? { fields: refusal.fields } : {}),
  };
}
