import { urlOf, type Endpoint, type ParamsOf, type ResponseOf } from '@samtal/contract/endpoint';
import { fileNameHeader } from '@samtal/contract/media/types';
import { changeHeaders, renewCsrfToken } from './client.ts';
import { frameHeaders } from './embedded.ts';
import { Refusal, refusalOf } from './refusal.ts';

export interface FileSending {
  readonly file: File;
  readonly signal: AbortSignal;
  /** How much of it has left, 0 to 1. */
  onProgress(sent: number): void;
}

/** Sends a file as the body of an endpoint that takes one, and gives what it answers. Rejects with a `Refusal`. */
export async function sendFile<Declared extends Endpoint & { takesFile: true }>(
  declared: Declared,
  params: ParamsOf<Declared>,
  sending: FileSending,
): Promise<ResponseOf<Declared>> {
  let answer = await attempt(declared, params, sending);
  if (answer instanceof Refusal && answer.code === 'request.csrf') {
    await renewCsrfToken();
    answer = await attempt(declared, params, sending);
  }
  if (answer instanceof Refusal) throw answer;
  return (answer === '' ? undefined : JSON.parse(answer)) as ResponseOf<Declared>;
}

/** The content of a file that an endpoint answers with. */
export async function openFile<Declared extends Endpoint & { media: readonly string[] }>(
  declared: Declared,
  params: ParamsOf<Declared>,
): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(urlOf(declared, { params }), {
      headers: frameHeaders,
      credentials: 'same-origin',
      cache: 'no-store',
    });
    if (answer.ok) return await answer.blob();
  } catch {
    throw new Refusal('network');
  }
  throw await refusalOf(answer);
}

/** What was answered when it was taken, as JSON. Only the older interface tells how much has left. */
async function attempt(
  declared: Endpoint,
  params: unknown,
  { file, signal, onProgress }: FileSending,
): Promise<Refusal | string> {
  return await new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(declared.method, urlOf(declared, { params }));
    for (const [name, value] of Object.entries(changeHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader(fileNameHeader, encodeURIComponent(file.name.toWellFormed()));
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : loaded / total),
    );
    request.addEventListener('load', () => {
      if (request.status < 300) return resolve(request.responseText);
      const type = request.getResponseHeader('content-type') ?? '';
      const answer = new Response(request.responseText, { headers: { 'content-type': type } });
      void refusalOf(answer).then(resolve);
    });
    for (const end of ['error', 'abort'])
      request.addEventListener(end, () => resolve(new Refusal('network')));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
