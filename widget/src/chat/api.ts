import { urlOf } from '@samtal/contract/endpoint';
import type { ResponseOf } from '@samtal/contract/endpoint';
import type { Problem } from '@samtal/contract/errors';
import type { Attributes } from '../frame.ts';
import type { EntryPage, Score } from '@samtal/contract/conversations';
import type { getVisitorConversation, VisitorConversation, VisitorSession } from '@samtal/contract/widget';
import { openVisitorFileRoute, sendVisitorFileRoute } from '@samtal/contract/media/routes';
import { fileNameHeader } from '@samtal/contract/media/types';
import {
  endConversationRoute,
  endSessionRoute,
  getConversationRoute,
  identifyVisitorRoute,
  rateConversationRoute,
  readEntriesRoute,
  redeemTicketRoute,
  startConversationRoute,
  startSessionRoute,
} from '@samtal/contract/widget/routes';

/** The server's refusal (RFC 9457). `code` is empty when something between here and the server answered instead of it. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, retryAfterMs: number | null) {
    super(`refused with ${status} ${code}`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get passes(): boolean {
    return this.status === 429 || this.status >= 500;
  }

  /** The account has changed what it declares since the page was loaded (D2), or a value is too long. */
  get saysTooMuch(): boolean {
    return this.code === 'visitors.undeclared-attribute' || this.code === 'request.invalid';
  }

  /** Whoever writes here signs in on the page first (C9). */
  get wantsSignIn(): boolean {
    return this.code.startsWith('tickets.');
  }

  get sessionEnded(): boolean {
    return this.status === 401;
  }
}

interface Request {
  token?: string;
  params?: { conversationId: string };
  query?: Record<string, number>;
  body?: object;
}

/** The widget's requests. Each throws `Refused`, or what `fetch` throws when nobody could be reached. */
export interface Api {
  startSession(): Promise<VisitorSession>;
  redeemTicket(
    token: string | undefined,
    redemption: { ticket: string; verifier: string },
  ): Promise<VisitorSession>;
  endSession(token: string): Promise<void>;
  startConversation(
    token: string,
    post: { cid: string; text: string },
    attributes: Attributes,
  ): Promise<VisitorConversation>;
  identify(token: string, attributes: Attributes): Promise<void>;
  getConversation(token: string): Promise<ResponseOf<typeof getVisitorConversation>>;
  readEntries(token: string, after: number): Promise<EntryPage>;
  endConversation(token: string): Promise<VisitorConversation>;
  sendFile(token: string, sending: FileSending): Promise<void>;
  openFile(token: string, mediaId: string): Promise<Blob>;
  rate(token: string, conversationId: string, score: Score): Promise<void>;
}

export interface FileSending {
  readonly cid: string;
  readonly file: File;
  readonly signal: AbortSignal;
  /** How much of it has left, 0 to 1. */
  onProgress(sent: number): void;
}

const timeoutMs = 15_000;

export function apiOf(host: string, siteKey: string): Api {
  const call = async <Answer>(
    route: { method: string; path: string },
    request: Request = {},
  ): Promise<Answer> => {
    const { token, params, query, body } = request;
    const response = await fetch(host + urlOf(route, { params: { siteKey, ...params }, query }), {
      method: route.method,
      credentials: 'omit',
      // A request that is under way when the visitor leaves the page still arrives.
      keepalive: body !== undefined,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await refusalOf(response);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  };
  return {
    startSession: () => call(startSessionRoute),
    redeemTicket: (token, body) =>
      call(redeemTicketRoute, { ...(token === undefined ? {} : { token }), body }),
    endSession: (token) => call(endSessionRoute, { token }),
    startConversation: (token, { cid, text }, attributes) =>
      call(startConversationRoute, { token, body: { cid, text, attributes } }),
    identify: (token, attributes) => call(identifyVisitorRoute, { token, body: { attributes } }),
    getConversation: (token) => call(getConversationRoute, { token }),
    readEntries: (token, after) => call(readEntriesRoute, { token, query: { after, limit: 500 } }),
    endConversation: (token) => call(endConversationRoute, { token }),
    rate: (token, conversationId, score) =>
      call(rateConversationRoute, { token, params: { conversationId }, body: { score } }),
    sendFile: async (token, sending) => {
      const params = { siteKey, cid: sending.cid };
      await upload(host + urlOf(sendVisitorFileRoute, { params }), token, sending);
    },
    async openFile(token, mediaId) {
      const response = await fetch(host + urlOf(openVisitorFileRoute, { params: { siteKey, mediaId } }), {
        credentials: 'omit',
        headers: { authorization: `Bearer ${token}` },
      });
      if (!response.ok) throw await refusalOf(response);
      return await response.blob();
    },
  };
}

/** Only the older interface tells how much has left. */
function upload(url: string, token: string, { file, signal, onProgress }: FileSending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(sendVisitorFileRoute.method, url);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader(fileNameHeader, encodeURIComponent(file.name.toWellFormed()));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      if (request.status < 300) return resolve();
      const code = /"code":"([\w.-]+)"/.exec(request.responseText)?.[1] ?? '';
      reject(new Refused(request.status, code, null));
    };
    request.onerror = request.onabort = () => reject(new Refused(0, '', null));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

async function refusalOf(response: Response): Promise<Refused> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return new Refused(response.status, problem.code ?? '', Number.isNaN(seconds) ? null : seconds * 1_000);
}
