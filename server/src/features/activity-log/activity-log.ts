import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import { dayOf, type Activity, type ActivityEntry } from './activity.ts';
import { DayKeys } from './activity-keys.ts';
import { agentClass } from './agent-class.ts';
import { keptPath } from './kept-path.ts';
import { normalAddress } from './normal-address.ts';
import { insertDay } from './queries.ts';

const everyMs = 1_000;
/** More than this waits for nobody: what comes then is counted and dropped. */
const mostWaiting = 50_000;
/** What could not be written for so long is given up. */
const triedMs = 60_000;

export interface ActivityLogParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly log: Log;
  /** Masks the path of a page as the site's rules say (G1). Called outside of transactions. */
  readonly maskPath: (account: string, siteId: string, path: string) => Promise<string>;
}

/**
 * Keeps what visitors' browsers did (G6, G10), as far as the settings of account and site want it. Whoever notes something
 * waits for nothing: it is gathered in memory and written once a second. A crash loses at most that second.
 */
export class ActivityLog {
  readonly #parts: ActivityLogParts;
  readonly #keys: DayKeys;
  #waiting: Activity[] = [];
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: ActivityLogParts) {
    this.#parts = parts;
    this.#keys = new DayKeys(parts.keyring);
  }

  note(activity: Activity): void {
    if (this.#waiting.length >= mostWaiting) this.#dropped += 1;
    else this.#waiting.push(activity);
    this.#writeSoon();
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => await this.#write());
    await this.#writing;
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.flush(), everyMs);
  }

  async #write(): Promise<void> {
    const waiting = Map.groupBy(this.#waiting, (activity) => activity.account);
    this.#waiting = [];
    for (const [account, activities] of waiting) {
      try {
        await this.#writeAccount(account, activities);
      } catch (error) {
        this.#parts.log.warn('activity-not-written', { accountId: account, count: activities.length }, error);
        const since = Date.now() - triedMs;
        this.#waiting.push(...activities.filter((activity) => activity.at.getTime() > since));
      }
    }
    if (this.#dropped > 0) this.#parts.log.warn('activity-dropped', { count: this.#dropped });
    this.#dropped = 0;
    if (this.#waiting.length > 0) this.#writeSoon();
  }

  async #writeAccount(account: string, activities: readonly Activity[]): Promise<void> {
    const { database } = this.#parts;
    for (const day of new Set(activities.map((activity) => dayOf(activity.at)))) {
      await this.#keys.make(account, day);
    }
    const entries: ActivityEntry[] = [];
    for (const activity of activities) entries.push(await this.#entryOf(activity));
    await database.transaction(account, async (tx) => {
      const wanted: ActivityEntry[] = [];
      for (const [siteId, ofSite] of Map.groupBy(entries, (entry) => entry.siteId)) {
        const { 'activity-log.level': level } = await readSettings(tx, account, siteId);
        if (level === 'off') continue;
        wanted.push(...ofSite.filter(({ kind }) => kind !== 'page' || level === 'pages'));
      }
      for (const [day, ofDay] of Map.groupBy(wanted, (entry) => dayOf(entry.at))) {
        await insertDay(tx, this.#keys, account, { day, entries: ofDay });
      }
    });
  }

  async #entryOf(activity: Activity): Promise<ActivityEntry> {
    const { account, visitorId, kind, at, siteId, conversationId = null, path } = activity;
    return {
      id: randomUUID(),
      visitorId,
      kind,
      at,
      address: normalAddress(activity.address) ?? '',
      agent: agentClass(activity.userAgent),
      siteId,
      conversationId,
      path: path === undefined ? null : await this.#parts.maskPath(account, siteId, keptPath(path)),
    };
  }
}
