import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptConversation,
  audienceOf,
  conversationOf,
  listMyConversations,
  readEntries,
  streamName,
  type Entry,
  type EntryPage,
  type StreamName,
} from '@samtal/contract/conversations';
import { urlOf, type Endpoint, type InputOf, type ResponseOf } from '@samtal/contract/endpoint';
import {
  createRealtimeTicket,
  Link,
  memoryOutbox,
  type ServerFrame,
  type Socket,
} from '@samtal/contract/realtime';
import { signIn, type Session } from '@samtal/contract/signin';
import { readVisitorEntries, startConversation, startVisitorSession } from '@samtal/contract/widget';
import { WebSocket } from 'ws';

/** An acknowledgement as it came over the wire. */
export interface Acknowledged {
  readonly cid: string;
  readonly stream: StreamName;
  readonly seq: number;
}

/** What visitors and agents have in common: they talk to one server, and try again for as long as it is away. */
abstract class Talker {
  readonly url: URL;
  readonly link: Link;
  /** Every acknowledgement that came, also of posts that were acknowledged twice. */
  readonly acknowledged: Acknowledged[] = [];
  /** Everything posted, by stream, in the order it was written. */
  readonly posted = new Map<StreamName, { cid: string; text: string }[]>();
  /** Every frame that came, as it came. */
  readonly heard: string[] = [];
  refused: string | null = null;
  /** Session data as it came last: the key to seal it to, and what was sealed. */
  showKey: string | null = null;
  shown: string | null = null;
  #hasLeft = false;
  readonly #unanswered = new Set<string>();

  protected constructor(url: URL) {
    this.url = url;
    this.link = new Link({
      connect: async () => await this.connect(),
      loadPage: async (stream, after) => await this.loadPage(stream, after),
      outbox: memoryOutbox(),
      listener: {
        onRefused: (code) => void (this.refused = code),
        onShowKey: (_stream, key) => void (this.showKey = key),
        onShow: (_stream, _from, sealed) => void (this.shown = sealed),
      },
      backoffCapMs: 1_000,
      newId: () => randomUUID(),
    });
  }

  protected abstract connect(): Promise<{ socket: Socket; credential: string }>;
  protected abstract loadPage(stream: StreamName, after: number): Promise<EntryPage>;

  post(stream: StreamName, kind: 'message' | 'note', text: string): void {
    const { cid } = this.link.post(stream, kind, text);
    this.posted.set(stream, [...(this.posted.get(stream) ?? []), { cid, text }]);
    this.#unanswered.add(cid);
  }

  /** How many posts nobody has acknowledged yet. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** Hangs up, and gives up what is being tried. */
  leave(): void {
    this.#hasLeft = true;
    this.link.stop();
  }

  /** Whether everything posted has come back as an entry. */
  get isSettled(): boolean {
    return [...this.posted].every(([stream, posts]) => {
      const known = new Set(this.link.thread(stream).entries.map((entry) => entry.cid));
      return posts.every(({ cid }) => known.has(cid));
    });
  }

  /** Opens a socket whose acknowledgements are written down before the link sees them. */
  protected open(path: string): Socket {
    const address = new URL(path, this.url);
    address.protocol = 'ws:';
    const socket = new WebSocket(address, { origin: this.url.origin });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const text = (data as Buffer).toString();
      this.heard.push(text);
      const frame = JSON.parse(text) as ServerFrame;
      if (frame.t !== 'ack') return;
      this.acknowledged.push({ cid: frame.cid, stream: frame.stream, seq: frame.seq });
      this.#unanswered.delete(frame.cid);
    });
    return socket as unknown as Socket;
  }

  /** Calls until there is an answer that is none of a server in trouble. */
  protected async persist<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
    headers: Record<string, string>,
  ): Promise<{ status: number; body: ResponseOf<Called>; headers: Headers }> {
    for (;;) {
      if (this.#hasLeft) throw new Error('Has left');
      try {
        const { body, ...address } = input as { body?: unknown; params?: unknown; query?: unknown };
        const response = await fetch(new URL(urlOf(endpoint, address), this.url), {
          method: endpoint.method,
          headers: {
            origin: this.url.origin,
            ...headers,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          signal: AbortSignal.timeout(10_000),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.status < 500) {
          return {
            status: response.status,
            body: (text === '' ? undefined : JSON.parse(text)) as ResponseOf<Called>,
            headers: response.headers,
          };
        }
      } catch {
        // The server is away, or was killed before it had answered.
      }
      await sleep(100);
    }
  }
}

/** A visitor with one conversation. */
export class TalkingVisitor extends Talker {
  stream: StreamName = ':public';
  readonly #siteKey: string;
  #token = '';

  constructor(url: URL, siteKey: string) {
    super(url);
    this.#siteKey = siteKey;
  }

  get #params() {
    return { siteKey: this.#siteKey };
  }

  /** Writes the first message, and follows the conversation from then on. */
  async begin(text: string, attributes: Record<string, string> = {}): Promise<void> {
    const { body: session } = await this.persist(startVisitorSession, { params: this.#params }, {});
    this.#token = session.token;
    const cid = randomUUID();
    const { body: conversation } = await this.persist(
      startConversation,
      { params: this.#params, body: { cid, text, attributes } },
      this.#headers,
    );
    this.stream = streamName(conversation.id, 'public');
    this.posted.set(this.stream, [{ cid, text }]);
    this.link.follow(this.stream);
    await this.link.start();
  }

  get #headers() {
    return { authorization: `Bearer ${this.#token}` };
  }

  protected override async connect() {
    return { socket: this.open(`/api/v1/realtime/visitor?site=${this.#siteKey}`), credential: this.#token };
  }

  protected override async loadPage(_stream: StreamName, after: number): Promise<EntryPage> {
    const { body } = await this.persist(
      readVisitorEntries,
      { params: this.#params, query: { after, limit: 500 } },
      this.#headers,
    );
    return body;
  }

  /** The whole stream, as the server has it. */
  async read(): Promise<Entry[]> {
    return await readAll(async (after) => await this.loadPage(this.stream, after));
  }
}

/** An agent, who accepts whatever is offered. */
export class TalkingAgent extends Talker {
  readonly accountId: string;
  readonly conversations = new Set<string>();
  #headers: Record<string, string> = {};

  constructor(url: URL, accountId: string) {
    super(url);
    this.accountId = accountId;
  }

  async begin(person: { email: string; password: string }): Promise<void> {
    const { email, password } = person;
    const answer = await this.persist(signIn, { body: { email, password } }, {});
    if (answer.status !== 201) throw new Error(`Signing in was answered ${answer.status}`);
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    this.#headers = { cookie, 'x-csrf-token': (answer.body as Session).csrfToken };
    await this.link.start();
  }

  /** Accepts what is offered now, and follows it. */
  async acceptOffers(): Promise<void> {
    const params = { accountId: this.accountId };
    const { body } = await this.persist(listMyConversations, { params }, this.#headers);
    for (const { id, state } of body.items) {
      if (state === 'offered')
        await this.persist(acceptConversation, { params: { ...params, conversationId: id } }, this.#headers);
      else if (!this.conversations.has(id)) {
        this.conversations.add(id);
        for (const audience of ['public', 'internal'] as const) this.link.follow(streamName(id, audience));
      }
    }
  }

  protected override async connect() {
    const { body, status } = await this.persist(
      createRealtimeTicket,
      { params: { accountId: this.accountId } },
      this.#headers,
    );
    if (status !== 201) throw new Error(`A ticket was answered ${status}`);
    return { socket: this.open('/api/v1/realtime/agent'), credential: body.ticket };
  }

  protected override async loadPage(stream: StreamName, after: number): Promise<EntryPage> {
    const params = { accountId: this.accountId, conversationId: conversationOf(stream) };
    const query = { audience: audienceOf(stream), after, limit: 500 };
    return (await this.persist(readEntries, { params, query }, this.#headers)).body;
  }

  async read(stream: StreamName): Promise<Entry[]> {
    return await readAll(async (after) => await this.loadPage(stream, after));
  }
}

async function readAll(load: (after: number) => Promise<EntryPage>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const page = await load(entries.at(-1)?.seq ?? 0);
    entries.push(...page.entries);
    if (page.entries.length === 0 || (entries.at(-1)?.seq ?? 0) >= page.head) return entries;
  }
}
