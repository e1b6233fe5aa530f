import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { MailError, sendMail } from '../../platform/mail/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import { sendSms, SmsError } from '../../platform/sms/index.ts';
import { wordsOf } from '../../platform/words/index.ts';
import { isSetUp, readWayOut } from '../mail/index.ts';
import { readInstallationSettings } from '../settings/index.ts';
import { isNumberAllowed, readSmsWayOut } from './sms-server.ts';

export interface MessengerParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly outbound: Outbound;
  readonly publicUrl: URL;
  readonly log: Log;
}

/** What a message says: keys of the catalogue, and what stands in their places. */
export interface Wording {
  readonly key:
    | 'code'
    | 'renewal'
    | 'factor-added'
    | 'factor-removed'
    | 'factors-reset'
    | 'password-renewed'
    | 'new-device'
    | 'operator-request'
    | 'unused'
    | 'break-glass'
    | 'certificate-ends'
    | 'claim-refused'
    | 'export-passphrase'
    | 'export-key-left';
  readonly values?: Readonly<Record<string, string>>;
}

/**
 * Sends what people need to sign in: straight to the server that takes it. Nothing waits in a queue: a code or a link that lay
 * in the database, or in a backup of it, could be read there. What cannot be sent at once is asked for again.
 */
export class Messenger {
  readonly #parts: MessengerParts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: MessengerParts) {
    this.#parts = parts;
  }

  /** Refuses with `signin.code-not-sent` when it cannot be sent. */
  async mail(to: string, wording: Wording): Promise<void> {
    const { database, keyring, outbound, publicUrl } = this.#parts;
    try {
      const { way, words } = await database.read('platform', async (tx) => ({
        way: await readWayOut(tx, { keyring, ownName: publicUrl.hostname }),
        words: await this.#words(tx, wording),
      }));
      if (way === null) throw new MailError('not-set-up');
      await sendMail(outbound, way.server, { id: randomUUID(), from: way.from, to, ...words });
    } catch (error) {
      this.#refuse(error, MailError.from(error).code);
    }
  }

  /** Whether a mail server is set up. */
  async canMail(): Promise<boolean> {
    return await this.#parts.database.read('platform', async (tx) =>
      isSetUp(await readInstallationSettings(tx)),
    );
  }

  /** The same, for whoever does without where it cannot be sent: says whether it was. */
  async mailed(to: string, wording: Wording): Promise<boolean> {
    try {
      await this.mail(to, wording);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  /** The same by text message, to a number in a country that the operator has named. */
  async text(to: string, wording: Wording): Promise<void> {
    const { database, keyring, outbound } = this.#parts;
    try {
      const { way, words } = await database.read('platform', async (tx) => {
        await refuseTooManyTexts(tx, to);
        return { way: await readSmsWayOut(tx, keyring), words: await this.#words(tx, wording) };
      });
      if (way === null) throw new SmsError('not-set-up');
      await sendSms(outbound, way.server, { from: way.from, to, text: words.text.trim() });
    } catch (error) {
      this.#refuse(error, SmsError.from(error).code);
    }
  }

  /** By mail, and without anybody waiting for it: whether it went is in the log alone, and takes nobody’s time. */
  mailLater(to: string, wording: Wording): void {
    this.later(async () => await this.mail(to, wording));
  }

  /** The same of what people can do without: where no mail server is set up, nothing is sent, and nobody is told so. */
  noticeLater(to: string, wording: Wording): void {
    this.later(async () => {
      if (await this.canMail()) await this.mail(to, wording);
    });
  }

  /** Does what leads to a message after the answer was given: how long it takes tells nobody anything. */
  later(work: () => Promise<void>): void {
    const doing = work()
      .catch((error: unknown) => {
        // Why a message was not sent has been logged.
        if (!(error instanceof Refusal)) this.#parts.log.error('sign-in-message-failed', {}, error);
      })
      .finally(() => this.#underWay.delete(doing));
    this.#underWay.add(doing);
  }

  /** What is under way has been sent, or has failed. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #words(tx: ReadTx, { key, values = {} }: Wording): Promise<{ subject: string; text: string }> {
    const say = wordsOf((await readInstallationSettings(tx))['mail.language']);
    const all = { ...values, url: this.#parts.publicUrl.origin };
    return { subject: say(`signin-mail.${key}-subject`, all), text: `${say(`signin-mail.${key}`, all)}\n` };
  }

  #refuse(error: unknown, code: string): never {
    this.#parts.log.warn('sign-in-message-not-sent', { code }, error);
    throw new Refusal('signin.code-not-sent');
  }
}

/** Whoever earns by messages that go to numbers of theirs finds few that they can have sent (SMS pumping). */
async function refuseTooManyTexts(tx: ReadTx, to: string): Promise<void> {
  const settings = await readInstallationSettings(tx);
  if (!isNumberAllowed(to, settings)) throw new SmsError('country-not-allowed');
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from one_time_code where channel = 'sms' and created_at > now() - interval '1 hour'
      union all select from export_key_attempt where channel = 'sms' and created_at > now() - interval '1 hour'
    ) sent`.execute(tx.sql);
  if ((rows[0]?.count ?? 0) > settings['sms.most-per-hour']) throw new SmsError('too-many-per-hour');
}
