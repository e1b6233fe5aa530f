import type { IncomingMessage, Server } from 'node:http';
import { createRealtimeTicket } from '@samtal/contract/realtime';
import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { Refusal, type HttpServer, type SignedIn } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { ActivityLog } from '../activity-log/index.ts';
import type { AgentsMasking, ConversationLog, PostQueue } from '../conversations/index.ts';
import type { Masker } from '../masking/index.ts';
import { releaseAgent, vouchForAgents } from '../routing/index.ts';
import { checkOrigin, openSite, prolongVisitorSessions, sessionOf } from '../widget/index.ts';
import { agentParty, type UserSessions } from './agent-party.ts';
import { Connection } from './connection.ts';
import { Hub } from './hub.ts';
import type { Line } from './line.ts';
import type { Party } from './party.ts';
import { Receipts } from './receipts.ts';
import { Sockets, type Admission, type Admitted } from './sockets.ts';
import { Tending } from './tending.ts';
import { createTicket, redeemTicket } from './tickets.ts';
import { visitorParty } from './visitor-party.ts';
import { releaseVisitor, vouchForVisitors } from './visitor-links.ts';

export interface RealtimeParts {
  readonly database: Database;
  readonly log: ConversationLog;
  readonly posts: PostQueue;
  readonly masker: Masker;
  readonly agentsMasking: AgentsMasking;
  readonly fanout: Fanout;
  readonly logger: Log;
  readonly publicUrl: URL;
  readonly sessions: UserSessions;
  readonly activity: Pick<ActivityLog, 'note'>;
  /** Where a request comes from, by the rule for trusted proxies. */
  readonly addressOf: (request: IncomingMessage) => string;
}

/** The sockets of one node: who is connected, what they follow, and what they are told. */
export class Realtime {
  readonly #parts: RealtimeParts;
  readonly #hub: Hub<Connection>;
  readonly #receipts: Receipts;
  readonly #tending: Tending;
  readonly #sockets: Sockets;

  constructor(parts: RealtimeParts) {
    const { database, fanout, logger } = parts;
    this.#parts = parts;
    this.#hub = new Hub<Connection>({ database, fanout, log: logger });
    this.#receipts = new Receipts({ database, fanout, log: logger });
    this.#tending = new Tending({ hub: this.#hub, database, log: logger });
    const admissions = { agent: this.#agents(), visitor: this.#visitors() };
    this.#sockets = new Sockets({ admissions, node: fanout.node, log: logger });
  }

  routes(http: HttpServer): void {
    http.serve(
      createRealtimeTicket,
      async ({ caller }) =>
        await this.#parts.database.transaction(
          caller.accountId,
          async (tx) => await createTicket(tx, caller),
        ),
    );
  }

  start(server: Server): void {
    this.#sockets.attach(server);
    this.#hub.start();
    this.#tending.start();
  }

  /** Sends everyone elsewhere, and finishes what is under way. */
  async stop(withinMs: number): Promise<void> {
    await this.#sockets.drain(withinMs);
    this.#tending.stop();
    this.#hub.stop();
    await this.#receipts.stop();
  }

  get connections(): number {
    return this.#hub.connections.size;
  }

  #agents(): Admission {
    const { database, posts, publicUrl, sessions, agentsMasking: masking, addressOf } = this.#parts;
    return {
      knock: async (request) => {
        if (request.headers.origin !== publicUrl.origin) throw new Refusal('request.origin');
        const from = { address: addressOf(request), origin: publicUrl.origin };
        return async (line, credential) => {
          const ticket = await redeemTicket(database, credential);
          if (ticket === null || !(await sessions.stands(ticket.sessionId)))
            throw new Refusal('signin.required');
          const { accountId } = ticket;
          const person: SignedIn = { ...ticket, ...from };
          const member = await database.transaction(accountId, async (tx) => {
            const found = await sessions.member(tx, person, accountId);
            if (found?.actor.kind === 'user') await vouchForAgents(tx, accountId, [found.userId]);
            return found;
          });
          if (member === null) throw new Refusal('signin.required');
          const party = agentParty(member, { database, posts, receipts: this.#receipts, sessions, masking });
          this.#parts.fanout.announce({ kind: 'lists', account: accountId, lists: ['presence'] });
          return await this.#connect(line, party, async () => await this.#agentLeft(party));
        };
      },
    };
  }

  #visitors(): Admission {
    const { database, posts, masker, activity, addressOf } = this.#parts;
    return {
      knock: async (request: IncomingMessage, url) => {
        const site = await openSite(database, url.searchParams.get('site') ?? '');
        checkOrigin(site, request.headers.origin ?? null, false);
        const from = { address: addressOf(request), userAgent: request.headers['user-agent'] };
        return async (line, credential) => {
          const session = await sessionOf(database, site, { token: credential });
          if (session === null) throw new Refusal('visitors.session-ended');
          await vouchForVisitors(database, site.accountId, [{ visitorId: session.visitorId, quality: 'ok' }]);
          const { sessionLifeMinutes } = site;
          // To connect is contact: the session’s life counts from now.
          await prolongVisitorSessions(database, site.accountId, [
            { visitorId: session.visitorId, sessionLifeMinutes },
          ]);
          const note = (kind: 'connected' | 'disconnected' | 'page', path?: string) =>
            activity.note({
              account: site.accountId,
              ...session,
              ...from,
              kind,
              at: new Date(),
              ...(path === undefined ? {} : { path }),
            });
          const party = visitorParty(
            { ...session, sessionLifeMinutes },
            {
              database,
              posts,
              masker,
              receipts: this.#receipts,
              visited: (path) => note('page', path),
            },
          );
          note('connected');
          return await this.#connect(line, party, async () => {
            note('disconnected');
            if (this.#others(party).length === 0)
              await releaseVisitor(database, party.account, party.session);
          });
        };
      },
    };
  }

  async #connect(line: Line, party: Party, left: () => Promise<void>): Promise<Admitted> {
    const { database, log, fanout, logger } = this.#parts;
    const connection = new Connection(line, party, { database, log, fanout, hub: this.#hub, logger });
    this.#hub.connections.add(connection);
    // Of what ended since the session was read only those were told that were here: nobody is welcomed on what has ended.
    await connection.recheck();
    return {
      receive: (text) => connection.receive(text),
      closed: () => {
        this.#hub.connections.delete(connection);
        connection.closed();
        left().catch((error: unknown) => logger.warn('leaving-failed', { accountId: party.account }, error));
      },
    };
  }

  /** The same party's other connections to this node. */
  #others(party: Party): Connection[] {
    const same = (other: Party) =>
      party.userId === null ? other.session === party.session : other.userId === party.userId;
    return [...this.#hub.connections].filter(
      (connection) =>
        connection.party !== party && connection.party.account === party.account && same(connection.party),
    );
  }

  async #agentLeft(party: Party): Promise<void> {
    const { userId } = party;
    if (userId === null || this.#others(party).length > 0) return;
    await this.#parts.database.transaction(
      party.account,
      async (tx) => await releaseAgent(tx, party.account, userId),
    );
  }
}
