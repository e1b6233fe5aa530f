import type { Entry } from '@samtal/contract/conversations';
import type { SettingValues } from '@samtal/contract/settings';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import { wordsOf, type Say } from '../../platform/words/index.ts';
import { readAccount } from '../accounts/index.ts';
import { findConversation, type ConversationLog, type ConversationRow } from '../conversations/index.ts';
import { readProfile } from '../visitors/index.ts';
import { openMailBody } from './mail-body.ts';
import type { MailRow } from './queries.ts';

export interface ComposerParts {
  readonly keys: ConversationKeys;
  readonly log: ConversationLog;
  readonly publicUrl: URL;
}

/** What a mail says. */
export interface Words {
  readonly subject: string;
  readonly text: string;
}

const pageSize = 500;
/** A mail says that there is more, and does not grow without end. */
const maxCharacters = 500_000;
const maxFirstWords = 200;

/**
 * Puts a forwarding into words, as things stand now: what visitor and agents wrote, as it is stored, which is masked and
 * redacted. What is known about the customer is in it only where `mail.customer-details` allows it (E11).
 */
export async function composeForwarding(
  tx: ReadTx,
  parts: ComposerParts,
  { row, settings }: { row: MailRow; settings: SettingValues },
): Promise<Words> {
  const { account_id: account, conversation_id: id } = row;
  const say = wordsOf(settings['mail.language']);
  const time = timesIn(settings['mail.language']);
  const conversation = await findConversation(tx, account, id);
  const { name } = found(await readAccount(tx, account));
  const { note } = openMailBody(await parts.keys.one(tx, account, id), row);
  const sections = [
    say('mail.forwarded', { account: name, case: conversation.case_id }),
    ...(note === '' ? [] : [`${say('mail.note')}\n${note}`]),
    facts(conversation, say, time),
    ...(settings['mail.customer-details'] ? await customer(tx, parts, { account, id, say }) : []),
    `${say('mail.transcript')}\n\n${await transcript(tx, parts, { account, id, say, time, settings })}`,
    say('mail.ending', { url: parts.publicUrl.origin }),
  ];
  return {
    subject: oneLine(say('mail.forwarded-subject', { account: name, case: conversation.case_id })),
    text: `${sections.join('\n\n')}\n`,
  };
}

/**
 * Says that somebody waits where nobody is there: which queue, since when, and a link. The first words and what is known
 * about the customer are in it only where `mail.customer-details` allows it (E11).
 */
export async function composeWaiting(
  tx: ReadTx,
  parts: ComposerParts,
  { row, settings }: { row: MailRow; settings: SettingValues },
): Promise<Words> {
  const { account_id: account, conversation_id: id } = row;
  const say = wordsOf(settings['mail.language']);
  const conversation = await findConversation(tx, account, id);
  const { queue_name: queue, site_name: site } = conversation;
  const time = timesIn(settings['mail.language'])(conversation.queued_at);
  const count = await countWaiting(tx, account, conversation.queue_id);
  const url = new URL(`/conversations/${id}`, parts.publicUrl).href;
  const sections = [
    say('mail.waiting', { site, queue, time }),
    say('mail.waiting-count', { count }),
    ...(settings['mail.customer-details']
      ? [
          ...(await firstWords(tx, parts, { account, id, say })),
          ...(await customer(tx, parts, { account, id, say })),
        ]
      : []),
    say('mail.waiting-open', { url }),
    say('mail.ending', { url: parts.publicUrl.origin }),
  ];
  return {
    subject: oneLine(say('mail.waiting-subject', { queue })),
    text: `${sections.join('\n\n')}\n`,
  };
}

async function firstWords(
  tx: ReadTx,
  { log }: ComposerParts,
  { account, id, say }: { account: string; id: string; say: Say },
): Promise<string[]> {
  const at = { conversationId: id, audience: 'public', after: 0, limit: 10 } as const;
  const { entries } = await log.read(tx, account, at);
  const first = entries.find((entry) => entry.kind === 'message');
  if (first === undefined) return [];
  const words = [...first.body.text];
  const shown = words.slice(0, maxFirstWords).join('');
  return [`${say('mail.first-words')}\n${shown}${words.length > maxFirstWords ? '…' : ''}`];
}

async function countWaiting(tx: ReadTx, account: string, queueId: string): Promise<number> {
  const { count } = await tx.sql
    .selectFrom('conversation')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', account)
    .where('queue_id', '=', queueId)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return count;
}

/** What the page has said about the visitor, where it has. */
async function customer(
  tx: ReadTx,
  { keys }: ComposerParts,
  { account, id, say }: { account: string; id: string; say: Say },
): Promise<string[]> {
  const profile = await readProfile(tx, keys, account, id);
  if (profile.length === 0) return [];
  return [[say('mail.customer'), ...profile.map(({ label, value }) => `${label}: ${value}`)].join('\n')];
}

/** A text as it can stand in a header. Names are written by accounts, and none of them ends a line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function facts(conversation: ConversationRow, say: Say, time: (at: Date) => string): string {
  const lines = [
    say('mail.site', { site: conversation.site_name }),
    say('mail.queue', { queue: conversation.queue_name }),
    say('mail.started', { time: time(conversation.started_at) }),
    ...(conversation.resolved_at === null
      ? []
      : [say('mail.resolved', { time: time(conversation.resolved_at) })]),
  ];
  return lines.join('\n');
}

async function transcript(
  tx: ReadTx,
  { log }: ComposerParts,
  about: {
    account: string;
    id: string;
    say: Say;
    time: (at: Date) => string;
    settings: SettingValues;
  },
): Promise<string> {
  const { account, id, say } = about;
  const lines: string[] = [];
  let characters = 0;
  for (let after = 0; ;) {
    const at = { conversationId: id, audience: 'public', after, limit: pageSize } as const;
    const { entries, head } = await log.read(tx, account, at);
    for (const entry of entries) {
      const line = spoken(entry, about);
      if (line === null) continue;
      characters += line.length;
      if (characters > maxCharacters) return [...lines, say('mail.more')].join('\n\n');
      lines.push(line);
    }
    after = entries.at(-1)?.seq ?? head;
    if (after >= head) return lines.length === 0 ? say('mail.nothing-written') : lines.join('\n\n');
  }
}

function spoken(
  entry: Entry,
  { say, time, settings }: { say: Say; time: (at: Date) => string; settings: SettingValues },
): string | null {
  const text = wordsIn(entry, say, settings);
  if (text === null) return null;
  const by = entry.actor.kind === 'agent' ? (entry.actor.name ?? say('mail.agent')) : say('mail.visitor');
  return `${time(new Date(entry.at))} · ${by}\n${text}`;
}

function wordsIn(entry: Entry, say: Say, settings: SettingValues): string | null {
  if (entry.kind === 'message') return entry.body.text;
  if (entry.kind === 'unreadable') return entry.actor.kind === 'system' ? null : say('mail.unreadable');
  if (entry.kind !== 'file') return null;
  // What somebody calls a file may be what it is about.
  return settings['mail.customer-details']
    ? say('mail.file-named', { name: entry.body.name })
    : say('mail.file');
}

function timesIn(language: SettingValues['mail.language']): (at: Date) => string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'sv-SE', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return (at) => `${format.format(at)} UTC`;
}
