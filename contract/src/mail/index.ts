import { Text } from '../conversations/entries.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { MailAddress } from './address.ts';
import { mailStates } from './states.ts';

export { mailAddressForm } from './address.ts';

/** No conversation is forwarded more often than this. */
export const maxForwardings = 20;

/** Why a conversation leaves the platform: kept with the forwarding, and not sent. */
const ForwardingReason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

/** A conversation sent to somebody by mail. */
export const Forwarding = closed({
  id: Id,
  to: Type.String(),
  /** What was written to the recipient; empty for nothing. */
  note: Type.String(),
  reason: Type.String(),
  /** Null when the user is no member any more. */
  byName: nullable(Type.String()),
  at: Instant,
  state: oneOf(...mailStates),
  endedAt: nullable(Instant),
  /** Why it was not sent (yet), in a word such as `timeout` or `answered-550`. */
  failure: nullable(Type.String()),
});
export type Forwarding = Static<typeof Forwarding>;

const one = closed({ accountId: Id, conversationId: Id });

export const forwardConversation = endpoint({
  id: 'mail.forwardConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/forwardings',
  summary: 'Forward a conversation to somebody by mail',
  description:
    'Sends what visitor and agents wrote, as it is stored: masked. For whoever may read it and holds `conversations.forward` where it is. ' +
    'To addresses that the account lists, and with details of the customer, only as settings allow (E11).',
  access: { holding: 'conversations.forward' },
  params: one,
  body: closed({ to: MailAddress, note: Type.Optional(Text), reason: ForwardingReason }),
  status: 201,
  response: Forwarding,
  errors: ['mail.not-set-up', 'mail.not-listed', 'mail.blocked', 'mail.too-many', 'not-found'],
});

export const listForwardings = endpoint({
  id: 'mail.listForwardings',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}/forwardings',
  summary: 'To whom a conversation was forwarded, newest first',
  description: 'For whoever may read the conversation.',
  access: 'member',
  params: one,
  status: 200,
  response: closed({
    /** Whether operators have set up a mail server. */
    ready: Type.Boolean(),
    /** Whether mail about this conversation says what is known about the customer. */
    details: Type.Boolean(),
    /** Where it may go; empty: anywhere. */
    listed: Type.Array(Type.String()),
    items: Type.Array(Forwarding),
  }),
  errors: ['not-found'],
});
