import { randomBytes, randomUUID } from 'node:crypto';
import { embeddedHeader } from '@samtal/contract/signin';
import type { BuiltInRole, Scope } from '@samtal/contract/access';
import { createApiKey } from '@samtal/contract/api-keys';
import { urlOf, type Endpoint, type InputOf, type ResponseOf } from '@samtal/contract/endpoint';
import { fileNameHeader } from '@samtal/contract/media';
import { createVisitorSession } from '../src/features/widget/visitor-sessions.ts';
import { createAccount } from '../src/features/accounts/index.ts';
import { createSite, readSites } from '../src/features/sites/index.ts';
import { elevateSession } from '../src/features/signin/elevation.ts';
import { startSession } from '../src/features/signin/sessions.ts';
import type { TestDatabase } from './database.ts';

/** An account with a queue, ready to talk. */
export interface TestAccount {
  readonly id: string;
  readonly queueId: string;
  readonly siteId: string;
  readonly siteKey: string;
  /** The origin that its site allows. */
  readonly origin: string;
}

/** A file to be sent as the body. */
export interface FileToSend {
  readonly name: string;
  readonly content: Buffer;
}

/** An answer, whatever its status. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** The body as it came. */
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Headers;
}

export async function makeAccount(
  db: TestDatabase,
  { origin, assignment = 'offer' }: { origin: string; assignment?: 'offer' | 'assign' },
): Promise<TestAccount> {
  const actor = { kind: 'operator' } as const;
  const id = await db.database.transaction(
    'platform',
    async (tx) =>
      await createAccount(tx, db.keyring, { name: `Account ${randomBytes(4).toString('hex')}`, actor }),
  );
  const queueId = randomUUID();
  const site = await db.database.transaction(id, async (tx) => {
    await tx.sql
      .insertInto('queue')
      .values({ account_id: id, id: queueId, name: 'General', assignment, offer_seconds: 30 })
      .execute();
    await createSite(tx, id, { actor, site: { name: 'Site', origins: [origin], queueId } });
    return (await readSites(tx, id))[0];
  });
  if (site === undefined) throw new Error('The site is not there');
  return { id, queueId, siteId: site.id, siteKey: site.siteKey, origin };
}

/** Someone with a session, who calls endpoints as the console would. */
export class Person {
  readonly userId: string;
  readonly accountId: string;
  readonly name: string;
  readonly #url: URL;
  readonly #cookie: string;
  /** What each request says that comes from a frame. */
  readonly #frame: Record<string, string>;
  #csrf: string | null = null;

  constructor(options: {
    userId: string;
    accountId: string;
    name: string;
    url: URL;
    token: string;
    framed?: boolean;
  }) {
    this.userId = options.userId;
    this.accountId = options.accountId;
    this.name = options.name;
    this.#url = options.url;
    const framed = options.framed === true;
    this.#cookie = `__Host-samtal${framed ? '-embedded' : ''}=${options.token}`;
    this.#frame = framed ? { [embeddedHeader]: options.accountId } : {};
  }

  /** The same person, on another node. */
  at(url: URL): Person {
    const token = this.#cookie.slice(this.#cookie.indexOf('=') + 1);
    return new Person({ userId: this.userId, accountId: this.accountId, name: this.name, url, token });
  }

  get url(): URL {
    return this.#url;
  }

  async call<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
  ): Promise<ResponseOf<Called>> {
    const answer = await this.try(endpoint, input);
    if (answer.status >= 400)
      throw new Error(`${endpoint.id} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as ResponseOf<Called>;
  }

  /** Headers given replace those that the console would send; '' leaves one out. */
  async try<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
    given: Record<string, string> = {},
  ): Promise<Answer<unknown>> {
    const { params, query, body, file } = input as {
      params?: object;
      query?: object;
      body?: unknown;
      file?: FileToSend;
    };
    const headers: Record<string, string> = { cookie: this.#cookie, ...this.#frame };
    if (endpoint.method !== 'GET') {
      headers['origin'] = this.#url.origin;
      headers['x-csrf-token'] = await this.csrfToken();
    }
    const sent = { params, query, body, ...(file === undefined ? {} : { file }) };
    return await request(this.#url, endpoint, { ...sent, headers: { ...headers, ...given } });
  }

  get cookie(): string {
    return this.#cookie;
  }

  async csrfToken(): Promise<string> {
    if (this.#csrf === null) {
      const response = await fetch(new URL('/api/v1/session', this.#url), {
        headers: { cookie: this.#cookie, ...this.#frame },
      });
      this.#csrf = ((await response.json()) as { csrfToken: string }).csrfToken;
    }
    return this.#csrf;
  }
}

/** Makes a user of the account with these roles, signed in. */
export async function makePerson(
  db: TestDatabase,
  account: Pick<TestAccount, 'id'>,
  {
    url,
    roles,
    name = `Person ${randomBytes(3).toString('hex')}`,
    scope = {},
    maxConversations = 4,
    elevated = true,
  }: {
    url: URL;
    roles: BuiltInRole[];
    name?: string;
    scope?: Scope;
    maxConversations?: number;
    /** Whether sensitive work can be done at once (C3). */
    elevated?: boolean;
  },
): Promise<Person> {
  const userId = randomUUID();
  const email = `${randomBytes(6).toString('hex')}@example.org`;
  const token = await db.database.transaction('platform', async (tx) => {
    await tx.sql
      .insertInto('identity')
      .values({
        id: userId,
        email,
        email_folded: email,
        name,
        password_hash: null,
        password_changed_at: null,
      })
      .execute();
    const session = await startSession(tx, userId);
    if (elevated) await elevateSession(tx, session.sessionId, 'password');
    return session.token;
  });
  await db.database.transaction(account.id, async (tx) => {
    await tx.sql
      .insertInto('membership')
      .values({
        account_id: account.id,
        user_id: userId,
        email,
        name,
        status: 'active',
        max_conversations: maxConversations,
        last_sign_in_at: null,
      })
      .execute();
    for (const built_in of roles) {
      const role = await tx.sql
        .selectFrom('role')
        .select('id')
        .where('account_id', '=', account.id)
        .where('built_in', '=', built_in)
        .executeTakeFirstOrThrow();
      await tx.sql
        .insertInto('role_grant')
        .values({
          account_id: account.id,
          id: randomUUID(),
          user_id: userId,
          role_id: role.id,
          scope: JSON.stringify(scope),
        })
        .execute();
    }
  });
  return new Person({ userId, accountId: account.id, name, url, token });
}

/** The same person in another session, in which nothing sensitive can be done yet. */
export async function inAnotherSession(db: TestDatabase, person: Person): Promise<Person> {
  const { userId, accountId, name, url } = person;
  const { token } = await db.database.transaction('platform', (tx) => startSession(tx, userId));
  return new Person({ userId, accountId, name, url, token });
}

/** The same person in a frame of another page (C10). */
export async function inFrame(db: TestDatabase, person: Person): Promise<Person> {
  const { userId, accountId, name, url } = person;
  const { token } = await db.database.transaction('platform', (tx) =>
    startSession(tx, userId, { embeddedIn: accountId }),
  );
  return new Person({ userId, accountId, name, url, token, framed: true });
}

/** A program with a key of an account, which calls endpoints as an integration would. */
export class Program {
  readonly #url: URL;
  /** Its key, or a token that it got for one. */
  readonly bearer: string;

  constructor(url: URL, bearer: string) {
    this.#url = url;
    this.bearer = bearer;
  }

  async call<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
  ): Promise<ResponseOf<Called>> {
    const answer = await this.try(endpoint, input);
    if (answer.status >= 400)
      throw new Error(`${endpoint.id} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as ResponseOf<Called>;
  }

  async try(
    endpoint: Endpoint,
    input: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<unknown>> {
    const all = { authorization: `Bearer ${this.bearer}`, ...headers };
    return await request(this.#url, endpoint, { ...input, headers: all });
  }
}

/** Makes a key that a person owns, and a program with it. */
export async function makeProgram(
  person: Person,
  grants: readonly { readonly roleId: string; readonly scope: Scope }[],
): Promise<Program & { readonly keyId: string }> {
  const { key, secret } = await person.call(createApiKey, {
    params: { accountId: person.accountId },
    body: { name: `Key ${randomBytes(4).toString('hex')}`, purpose: 'A test', grants: [...grants] },
  });
  return Object.assign(new Program(person.url, secret), { keyId: key.id });
}

/** A visitor of the account's site, who calls endpoints as the widget would. */
export class VisitorClient {
  readonly token: string;
  readonly visitorId: string;
  readonly account: TestAccount;
  readonly #url: URL;

  constructor(options: { token: string; visitorId: string; account: TestAccount; url: URL }) {
    this.token = options.token;
    this.visitorId = options.visitorId;
    this.account = options.account;
    this.#url = options.url;
  }

  async call<const Called extends Endpoint>(
    endpoint: Called,
    input: object = {},
  ): Promise<ResponseOf<Called>> {
    const answer = await this.try(endpoint, input);
    if (answer.status >= 400)
      throw new Error(`${endpoint.id} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as ResponseOf<Called>;
  }

  async try(
    endpoint: Endpoint,
    input: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<unknown>> {
    return await request(this.#url, endpoint, {
      params: { siteKey: this.account.siteKey },
      ...input,
      headers: { authorization: `Bearer ${this.token}`, origin: this.account.origin, ...headers },
    });
  }
}

export async function makeVisitor(db: TestDatabase, account: TestAccount, url: URL): Promise<VisitorClient> {
  const session = await db.database.transaction(
    account.id,
    async (tx) =>
      await createVisitorSession(tx, {
        accountId: account.id,
        siteId: account.siteId,
        sessionLifeMinutes: 120,
      }),
  );
  return new VisitorClient({ ...session, account, url });
}

export async function request(
  url: URL,
  endpoint: Endpoint,
  {
    params,
    query,
    body,
    form,
    file,
    headers = {},
  }: {
    params?: unknown;
    query?: unknown;
    body?: unknown;
    /** The body as a form. */
    form?: Record<string, string>;
    file?: FileToSend;
    headers?: Record<string, string>;
  },
): Promise<Answer<unknown>> {
  const all = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(file === undefined
      ? {}
      : { 'content-type': 'application/octet-stream', [fileNameHeader]: encodeURIComponent(file.name) }),
    ...headers,
  };
  const response = await fetch(new URL(urlOf(endpoint, { params, query }), url), {
    method: endpoint.method,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // Says the type by itself.
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    ...(file === undefined ? {} : { body: new Uint8Array(file.content) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString();
  const isJson = /^application\/(?:problem\+|scim\+)?json(?:;|$)/.test(
    response.headers.get('content-type') ?? '',
  );
  return {
    status: response.status,
    body: isJson ? (JSON.parse(text) as unknown) : null,
    text,
    bytes,
    headers: response.headers,
  };
}
