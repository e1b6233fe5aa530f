import { randomUUID } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tables } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { LeasedWork } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { MailError, sendMail } from '../../platform/mail/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import { readSettings } from '../settings/index.ts';
import { composeForwarding, composeWaiting, type ComposerParts, type Words } from './compose.ts';
import { openMailBody } from './mail-body.ts';
import { readWayOut } from './mail-server.ts';
import { refusalOf } from './recipients.ts';

/** Longer than an attempt takes, with what comes before and after it. */
const leaseSeconds = 120;
const longestWaitSeconds = 3_600;
/** What could not be sent for a day is not sent any more. */
const givenUpAfterMs = 24 * 3_600_000;

type Claimed = Pick<Selectable<Tables['mail']>, 'account_id' | 'id' | 'queued_at' | 'attempts' | 'lease'>;

export interface MailSenderParts extends ComposerParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly outbound: Outbound;
  readonly logger: Log;
}

/** What comes of a mail when its turn has come. */
type Turn = { readonly do: 'send'; readonly to: string; readonly words: Words } | Ending;
type Ending = { readonly do: 'sent' | 'dropped' } | { readonly do: 'given-up'; readonly failure: string };

/**
 * Sends what is queued. At least once: a mail that a server took the moment before this node died is sent again, with the
 * same Message-ID. One node at a time has the lease of a mail; what fails is tried again, later and later, for a day,
 * and holds back nothing else. What a mail says, and whether it may still go where it should, is decided when it is sent.
 */
export class MailSender {
  readonly #parts: MailSenderParts;
  readonly #work: LeasedWork<Claimed>;

  constructor(parts: MailSenderParts) {
    this.#parts = parts;
    this.#work = new LeasedWork({
      claim: async () => await claim(parts.database),
      tend: async (item) => await this.#tend(item),
      disturbed: (error) => parts.logger.warn('mail-disturbed', {}, error),
    });
  }

  start(): void {
    this.#work.start();
  }

  async stop(): Promise<void> {
    await this.#work.stop();
  }

  /** Never throws. */
  async #tend(mail: Claimed): Promise<void> {
    const { database, logger } = this.#parts;
    try {
      await end(database, mail, await this.#takeTurn(mail));
    } catch (error) {
      const { code, isFinal } = MailError.from(error);
      const isOld = Date.now() - mail.queued_at.getTime() > givenUpAfterMs;
      logger.warn('mail-failing', { accountId: mail.account_id, code, attempt: mail.attempts + 1 }, error);
      const next =
        isFinal || isOld
          ? end(database, mail, { do: 'given-up', failure: code })
          : postpone(database, mail, code);
      await next.catch((failed: unknown) =>
        logger.warn('mail-disturbed', { accountId: mail.account_id }, failed),
      );
    }
  }

  async #takeTurn(mail: Claimed): Promise<Ending> {
    const { database, keyring, outbound, publicUrl } = this.#parts;
    const turn = await this.#turnOf(mail);
    if (turn.do !== 'send') return turn;
    const way = await database.read(
      'platform',
      async (tx) => await readWayOut(tx, { keyring, ownName: publicUrl.hostname }),
    );
    if (way === null) throw new MailError('not-set-up');
    await sendMail(outbound, way.server, { id: mail.id, from: way.from, to: turn.to, ...turn.words });
    return { do: 'sent' };
  }

  /** As things stand now. A mail whose conversation has been erased is not there any more, and nothing is sent. */
  async #turnOf({ account_id: account, id, queued_at: queuedAt }: Claimed): Promise<Turn> {
    // A backup brings back what was queued when it was made.
    if (Date.now() - queuedAt.getTime() > givenUpAfterMs) return { do: 'given-up', failure: 'too-late' };
    return await this.#parts.database.read(account, async (tx): Promise<Turn> => {
      const row = await tx.sql
        .selectFrom('mail')
        .innerJoin('conversation', (join) =>
          join
            .onRef('conversation.account_id', '=', 'mail.account_id')
            .onRef('conversation.id', '=', 'mail.conversation_id'),
        )
        .selectAll('mail')
        .select(['conversation.site_id', 'conversation.state as conversation_state'])
        .where('mail.account_id', '=', account)
        .where('mail.id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return { do: 'dropped' };
      // Somebody has come meanwhile, or the visitor has gone.
      if (row.kind === 'waiting' && row.conversation_state !== 'waiting') return { do: 'dropped' };
      const settings = await readSettings(tx, account, row.site_id);
      const { to } = openMailBody(await this.#parts.keys.one(tx, account, row.conversation_id), row);
      const refusal = refusalOf(to, settings);
      if (refusal !== null) return { do: 'given-up', failure: refusal };
      const compose = row.kind === 'waiting' ? composeWaiting : composeForwarding;
      return { do: 'send', to, words: await compose(tx, this.#parts, { row, settings }) };
    });
  }
}

/** A mail that is due and that nobody else is sending; null when there is none. */
async function claim(database: Database): Promise<Claimed | null> {
  return await database.transaction('platform', async (tx) => {
    const { rows } = await sql<{ account_id: string; id: string }>`
      select account_id, id from mail
      where state = 'queued' and next_try_at <= now() and (leased_until is null or leased_until < now())
      order by next_try_at limit 1 for update skip locked`.execute(tx.sql);
    const [due] = rows;
    if (due === undefined) return null;
    return (
      (await tx.sql
        .updateTable('mail')
        .set({ lease: randomUUID(), leased_until: inSeconds(leaseSeconds) })
        .where('account_id', '=', due.account_id)
        .where('id', '=', due.id)
        .returning(['account_id', 'id', 'queued_at', 'attempts', 'lease'])
        .executeTakeFirst()) ?? null
    );
  });
}

/** Says on the trail what came of it, in the same transaction: unless it is gone, or somebody else has the lease. */
async function end(database: Database, mail: Claimed, ending: Ending): Promise<void> {
  const { account_id: account, id } = mail;
  const failure = ending.do === 'given-up' ? ending.failure : null;
  await database.transaction(account, async (tx) => {
    const ended = await tx.sql
      .updateTable('mail')
      .set({
        state: ending.do,
        failure,
        ended_at: sql<Date>`clock_timestamp()`,
        lease: null,
        leased_until: null,
      })
      .where('account_id', '=', account)
      .where('id', '=', id)
      .where('lease', '=', mail.lease)
      .returning(['conversation_id', 'kind'])
      .executeTakeFirst();
    if (ended === undefined) return;
    await recordAudit(tx, account, {
      action: `mail.${ending.do}`,
      actor: { kind: 'system' },
      subject: { kind: 'conversation', id: ended.conversation_id },
      details: { mail: id, kind: ended.kind, failure },
    });
  });
}

async function postpone(database: Database, mail: Claimed, code: string): Promise<void> {
  const attempts = mail.attempts + 1;
  const wait = Math.min(longestWaitSeconds, 15 * 2 ** Math.min(attempts, 10)) * (0.75 + Math.random() / 2);
  await database.transaction(mail.account_id, async (tx) => {
    await tx.sql
      .updateTable('mail')
      .set({ attempts, failure: code, next_try_at: inSeconds(wait), lease: null, leased_until: null })
      .where('account_id', '=', mail.account_id)
      .where('id', '=', mail.id)
      .where('lease', '=', mail.lease)
      .execute();
  });
}

function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
