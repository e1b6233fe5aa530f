import { urlOf, type Endpoint, type InputOf, type ResponseOf } from '@samtal/contract/endpoint';
import { getSession, unattendedHeader } from '@samtal/contract/signin';
import { isAttended } from './attendance.ts';
import { frameHeaders } from './embedded.ts';
import { becomeElevated } from './elevation.ts';
import { Refusal, refusalOf, type RefusalCode } from './refusal.ts';

let csrfToken: string | null = null;

/** Keeps the session’s token, which every changing request must carry (C7). */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Asks for a token of the session that the cookie stands for now. */
export async function renewCsrfToken(): Promise<void> {
  rememberCsrfToken((await call(getSession)).csrfToken);
}

/** The headers of a request that changes something. */
export function changeHeaders(): Record<string, string> {
  return {
    ...frameHeaders,
    accept: 'application/json',
    ...(csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
  };
}

interface Given {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

/** Calls one endpoint of the contract. Rejects with a `Refusal`. */
export async function call<Declared extends Endpoint>(
  declared: Declared,
  ...[input]: keyof InputOf<Declared> extends never ? [] : [InputOf<Declared>]
): Promise<ResponseOf<Declared>> {
  const answer = await answerOf(declared, input ?? {});
  return (answer.status === 204 ? undefined : await answer.json()) as ResponseOf<Declared>;
}

/** Fetches a file that an endpoint answers with, and hands it to the browser to be saved. Rejects with a `Refusal`. */
export async function save<Declared extends Endpoint>(
  declared: Declared,
  fileName: string,
  input: InputOf<Declared>,
): Promise<void> {
  const answer = await answerOf(declared, input);
  let file: Blob;
  try {
    file = await answer.blob();
  } catch {
    // It was cut off on the way: what came is not the whole.
    throw new Refusal('network');
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function answerOf(declared: Endpoint, given: Given): Promise<Response> {
  let answer = await send(declared, given);
  if (answer.status === 403 && (await isFor(answer, 'request.csrf'))) {
    // Another tab has signed in anew: the cookie is good, only the token we keep is old.
    await renewCsrfToken();
    answer = await send(declared, given);
  }
  if (
    answer.status === 403 &&
    (await isFor(answer, 'signin.elevation-required')) &&
    (await becomeElevated(declared.sensitive === 'own-sign-in'))
  ) {
    answer = await send(declared, given);
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

async function send(declared: Endpoint, input: Given) {
  const headers =
    declared.method === 'GET' ? { ...frameHeaders, accept: 'application/json' } : changeHeaders();
  try {
    return await fetch(urlOf(declared, input), {
      method: declared.method,
      headers: {
        ...headers,
        ...(isAttended() ? {} : { [unattendedHeader]: '1' }),
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      credentials: 'same-origin',
      cache: 'no-store',
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    });
  } catch {
    throw new Refusal('network');
  }
}

async function isFor(answer: Response, code: RefusalCode): Promise<boolean> {
  return (await refusalOf(answer.clone())).code === code;
}
