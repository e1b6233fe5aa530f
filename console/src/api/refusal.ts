import { refusals, type ErrorCode, type Problem } from '@samtal/contract/errors';

/** `network`: no answer came at all. */
export type RefusalCode = ErrorCode | 'network';

export type RefusedField = NonNullable<Problem['fields']>[number];

/** Why a request was not carried out. Its text for people is `problem.<code>` of the catalogue. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The inputs that did not fit: where, and what about them. */
  readonly fields: readonly RefusedField[];
  /** The request id, to find the request in the logs; null when there was no answer. */
  readonly requestId: string | null;

  constructor(code: RefusalCode, fields: readonly RefusedField[] = [], requestId: string | null = null) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.fields = fields;
    this.requestId = requestId;
  }

  /** Whether the same request may well succeed a little later. */
  get passing(): boolean {
    return this.code === 'network' || this.code === 'unavailable' || this.code === 'internal';
  }
}

/** The refusal that an answer carries. Something that is not a problem of ours (a proxy’s page) counts as `unavailable`. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  if (!(answer.headers.get('content-type') ?? '').includes('json')) return new Refusal('unavailable');
  const problem = (await answer.json()) as Partial<Problem>;
  const code = isErrorCode(problem.code) ? problem.code : 'internal';
  return new Refusal(code, problem.fields ?? [], problem.instance ?? null);
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(refusals, code);
}
