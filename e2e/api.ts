import {
  readEntries,
  findConversations,
  type Conversation,
  type Entry,
} from '@samtal/contract/conversations';
import { urlOf, type Endpoint, type InputOf, type ResponseOf } from '@samtal/contract/endpoint';
import { elevate, signIn, type Session } from '@samtal/contract/signin';
import type { DemoPerson } from './platform.ts';

/** A person of the demo who uses the REST interface instead of a browser. */
export class Api {
  readonly accountId: string;
  readonly #origin: string;
  readonly #cookie: string;
  readonly #csrfToken: string;

  private constructor(origin: string, accountId: string, cookie: string, csrfToken: string) {
    this.#origin = origin;
    this.accountId = accountId;
    this.#cookie = cookie;
    this.#csrfToken = csrfToken;
  }

  /** Signs in, and shows anew who it is, so that sensitive work can be done (C3). */
  static async signIn(origin: string, { email, password, accountId }: DemoPerson): Promise<Api> {
    const response = await send(origin, signIn, { body: { email, password } });
    const [cookie = ''] = response.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
    const { csrfToken } = (await response.json()) as Session;
    const api = new Api(origin, accountId, cookie, csrfToken);
    await api.call(elevate, { body: { kind: 'password', password } });
    return api;
  }

  /** Calls an endpoint. Throws when it is refused, with what the server said. */
  async call<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
  ): Promise<ResponseOf<Called>> {
    const headers = { cookie: this.#cookie, 'x-csrf-token': this.#csrfToken };
    const response = await send(this.#origin, endpoint, input, headers);
    return (response.status === 204 ? undefined : await response.json()) as ResponseOf<Called>;
  }

  /** The whole public stream of a conversation. */
  async publicEntries(conversationId: string): Promise<Entry[]> {
    const params = { accountId: this.accountId, conversationId };
    const entries: Entry[] = [];
    for (;;) {
      const after = entries.at(-1)?.seq ?? 0;
      const page = await this.call(readEntries, { params, query: { audience: 'public', after } });
      entries.push(...page.entries);
      if (page.entries.length === 0 || entries.at(-1)?.seq === page.head) return entries;
    }
  }

  /** The latest conversations that are not resolved. */
  async openConversations(): Promise<Conversation[]> {
    const params = { accountId: this.accountId };
    const { items } = await this.call(findConversations, { params, query: { limit: 100 } });
    return items.filter(({ state }) => state !== 'resolved');
  }
}

interface RequestParts {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

async function send(
  origin: string,
  endpoint: Endpoint,
  input: RequestParts,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = input.body === undefined ? {} : { body: JSON.stringify(input.body) };
  const response = await fetch(origin + urlOf(endpoint, input), {
    method: endpoint.method,
    headers: {
      origin,
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...body,
  });
  if (!response.ok)
    throw new Error(`${endpoint.id} was refused with ${response.status}: ${await response.text()}`);
  return response;
}
