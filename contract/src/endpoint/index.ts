import type { Authorisation } from '../access/authorisations.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { Static, TSchema } from '../shared/index.ts';

/**
 * Who may call an endpoint. The server refuses everyone else before the handler runs (B1, B2):
 *
 * - `anyone`: no sign-in;
 * - `visitor`: a visitor session of the site in the path, on an origin that site allows;
 * - `signed-in`: any user with a session;
 * - `member`: a user with a session who belongs to the account in the path;
 * - an authorisation: a member who holds it, whatever the scope. Scope decides which rows are seen.
 *
 * For the last two a program with a key of the account is a member too (C8), except where the endpoint is `notForKeys`.
 */
export type Access = 'anyone' | 'visitor' | 'signed-in' | 'member' | { readonly holding: Authorisation };

/**
 * Which calls need an elevated session (C3): all of them, or those whose body says so. `own-sign-in` is for what a person
 * changes about their own signing in: there the password is proof enough as long as they have nothing better.
 */
export type Sensitivity = true | 'own-sign-in' | ((body: unknown) => boolean);

export interface Endpoint {
  /** `feature.operation`, unique. The operationId of the OpenAPI document and the name in logs. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with `{name}` for each path parameter (RFC 6570, level 1). */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /**
   * It changes what protects data or who may reach it, or shows what stays hidden otherwise: refused with
   * `signin.elevation-required` unless the session was elevated within the last hour.
   */
  readonly sensitive?: Sensitivity;
  /** What it does is a person’s own: to be present, to take conversations up, to make keys. No key is admitted (C8). */
  readonly notForKeys?: true;
  /** Where access is `signed-in`: an operator whom an account has let in is admitted as well (B4). */
  readonly forOperators?: true;
  /** Where access is `visitor`: whose session ended so many minutes ago at most is admitted as well. Only for what reads nothing. */
  readonly minutesAfterSession?: number;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** A request may come without a body, too. */
  readonly bodyOptional?: true;
  /**
   * The body is a file as it is (application/octet-stream), streamed and weighed by the handler; its name is in the header
   * that the feature `media` names.
   */
  readonly takesFile?: true;
  /**
   * Speaks OAuth 2.0 (RFC 6749): the body is a form (application/x-www-form-urlencoded), and refusals are in that protocol’s
   * shape.
   */
  readonly oauth?: true;
  /** Speaks SCIM 2.0 (RFC 7644): bodies, answers and refusals are application/scim+json; JSON is taken as well. */
  readonly scim?: true;
  /** The answer holds a secret that is shown this once: it is not kept to be given again to the same Idempotency-Key. */
  readonly answersOnce?: true;
  readonly status: 200 | 201 | 204;
  /** Absent exactly when the status is 204 or the answer is a file. */
  readonly response?: TSchema;
  /** The media types of a file that is streamed as the answer, where that is not JSON of a schema. */
  readonly media?: readonly [string, ...string[]];
  /** The refusals particular to this endpoint; those of its access and of validation go without saying. */
  readonly errors?: readonly ErrorCode[];
}

/** Writes an endpoint down once; the route, the client, the tests and the OpenAPI document all read it. */
export function endpoint<const Declared extends Endpoint>(declared: Declared): Declared {
  return declared;
}

type PartOf<
  Declared extends Endpoint,
  Part extends 'params' | 'query' | 'body' | 'response',
> = Declared[Part] extends TSchema ? Static<Declared[Part]> : undefined;

export type ParamsOf<Declared extends Endpoint> = PartOf<Declared, 'params'>;
export type QueryOf<Declared extends Endpoint> = PartOf<Declared, 'query'>;
export type BodyOf<Declared extends Endpoint> =
  | PartOf<Declared, 'body'>
  | (Declared['bodyOptional'] extends true ? undefined : never);
export type ResponseOf<Declared extends Endpoint> = PartOf<Declared, 'response'>;

/** What a caller gives: only the parts that the endpoint has. */
export type InputOf<Declared extends Endpoint> = (Declared['params'] extends TSchema
  ? { params: Static<Declared['params']> }
  : object) &
  (Declared['query'] extends TSchema ? { query?: Static<Declared['query']> } : object) &
  (Declared['body'] extends TSchema
    ? Declared['bodyOptional'] extends true
      ? { body?: Static<Declared['body']> }
      : { body: Static<Declared['body']> }
    : object);

/** The path below the origin for these parameters and this query. */
export function urlOf(
  declared: Pick<Endpoint, 'path'>,
  input: { params?: unknown; query?: unknown } = {},
): string {
  const params = (input.params ?? {}) as Record<string, string>;
  const path = declared.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== null) query.append(name, String(value));
  }
  const search = query.toString();
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`;
}
