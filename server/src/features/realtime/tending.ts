import { realtime } from '@samtal/contract/realtime';
import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { vouchForAgents } from '../routing/index.ts';
import { prolongVisitorSessions } from '../widget/index.ts';
import { AccessWatch } from './access-watch.ts';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { placesOf, vouchForVisitors } from './visitor-links.ts';

const tendMs = 250;
/** Both are shorter than the grace after a close, since another node may have seen one: this one’s word must come first. */
const vouchMs = 3_000;
const agentsMs = 10_000;
const sessionsMs = 60_000;
const placesMs = 2_000;
/** With the look at what is followed, less than two seconds until somebody who lost a role reads no further. */
const accessMs = 1_000;

/** What this node does for its connections at regular times, for all of an account's in one go. */
export class Tending {
  readonly #hub: Hub<Connection>;
  readonly #database: Database;
  readonly #log: Log;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #places = new Map<string, number>();
  readonly #access: AccessWatch;

  constructor({ hub, database, log }: { hub: Hub<Connection>; database: Database; log: Log }) {
    this.#hub = hub;
    this.#database = database;
    this.#log = log;
    this.#access = new AccessWatch(database);
  }

  start(): void {
    this.#every(tendMs, () => this.#tend());
    this.#every(vouchMs, () => this.#vouchForVisitors());
    this.#every(agentsMs, () => this.#vouchForAgents());
    this.#every(sessionsMs, () => this.#prolongSessions());
    this.#every(sessionsMs, () => this.#recheck());
    this.#every(placesMs, () => this.#tellPlaces());
    this.#every(accessMs, () => this.#watchAccess());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #every(ms: number, work: () => void | Promise<void>): void {
    let busy = false;
    const turn = async () => {
      if (busy) return;
      busy = true;
      try {
        await work();
      } catch (error) {
        this.#log.warn('tending-failed', {}, error);
      } finally {
        busy = false;
      }
    };
    this.#timers.push(setInterval(() => void turn(), ms));
  }

  #tend(): void {
    const now = Date.now();
    for (const connection of this.#hub.connections) {
      const { endsAt } = connection.party;
      if (endsAt !== undefined && now >= endsAt.getTime()) connection.end('signin.required', 1008);
      connection.tend(now);
      if (connection.pingDue(now, realtime.heartbeatMs)) connection.ping(now);
    }
  }

  async #vouchForVisitors(): Promise<void> {
    const now = Date.now();
    for (const [account, connections] of this.#by('visitor')) {
      const best = new Map<string, 'ok' | 'weak' | 'lost'>();
      for (const connection of connections) {
        const known = best.get(connection.session);
        const quality = connection.heartbeat.quality(now);
        // Of several tabs the best counts.
        if (known === undefined || rank[quality] > rank[known]) best.set(connection.session, quality);
      }
      const heard = [...best].map(([visitorId, quality]) => ({ visitorId, quality }));
      if (heard.length > 0) await vouchForVisitors(this.#database, account, heard);
    }
  }

  async #vouchForAgents(): Promise<void> {
    for (const [account, connections] of this.#by('agent')) {
      const users = [
        ...new Set(connections.map((connection) => connection.party.userId).filter((id) => id !== null)),
      ];
      if (users.length > 0)
        await this.#database.transaction(account, async (tx) => await vouchForAgents(tx, account, users));
    }
  }

  /** A connection that is heard is contact: the visitor's session goes on. */
  async #prolongSessions(): Promise<void> {
    for (const [account, connections] of this.#by('visitor')) {
      const sessions = connections.flatMap(({ party }) =>
        party.sessionLifeMinutes === undefined
          ? []
          : [{ visitorId: party.session, sessionLifeMinutes: party.sessionLifeMinutes }],
      );
      if (sessions.length > 0) await prolongVisitorSessions(this.#database, account, sessions);
    }
  }

  async #recheck(): Promise<void> {
    for (const connection of this.#hub.connections) await connection.recheck();
  }

  /** Where access changed, agents are held against what they may do now (B1). */
  async #watchAccess(): Promise<void> {
    const agents = this.#by('agent');
    for (const account of await this.#access.changedIn([...agents.keys()])) {
      for (const connection of agents.get(account) ?? []) await connection.accessChanged();
    }
  }

  async #tellPlaces(): Promise<void> {
    for (const [account, connections] of this.#by('visitor')) {
      const waiting = connections.filter((connection) => connection.mayWait);
      if (waiting.length === 0) continue;
      const places = await placesOf(this.#database, account, [
        ...new Set(waiting.map((each) => each.session)),
      ]);
      const byVisitor = new Map(places.map((place) => [place.visitorId, place]));
      for (const connection of waiting) {
        const place = byVisitor.get(connection.session);
        if (place === undefined || this.#places.get(connection.id) === place.ahead) continue;
        this.#places.set(connection.id, place.ahead);
        connection.sendEphemeral({
          t: 'place',
          stream: `${place.conversationId}:public`,
          ahead: place.ahead,
        });
      }
    }
    const live = new Set([...this.#hub.connections].map((connection) => connection.id));
    for (const id of this.#places.keys()) if (!live.has(id)) this.#places.delete(id);
  }

  #by(kind: 'agent' | 'visitor'): Map<string, Connection[]> {
    const connections = [...this.#hub.connections].filter((connection) => connection.party.kind === kind);
    return Map.groupBy(connections, (connection) => connection.party.account);
  }
}

const rank = { lost: 0, weak: 1, ok: 2 } as const;
