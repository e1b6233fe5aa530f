import { countOf, listOfBase, meanSeconds, quotient, rankSeconds } from './base.ts';
import type { Metric } from './metric.ts';
import { count, duration, type MetricText } from './metric-forms.ts';

/*
 * Base measures of an agent in a queue and a site: `offers`, `accepted`, `declined`, `missed`, `withdrawn`, `joined`, `left`,
 * `transferredIn`, `transferredOut`, `messages`, `interactive` (counts); `handledMs` of conversations that they left, `conversationMs` of all,
 * cut at the hour; `firstResponses`, `responses` (lists of milliseconds).
 *
 * Of an agent as a whole, without a place: `availableMs`, `awayMs`, `engagedMs`, `idleMs`, `capacityMs`, `allConversationMs`, `allJoined`.
 * Who does not see everything that the agent may do does not get these.
 */
const subject = 'agents';

const whole = 'Only for who may see every place in which the agent can have conversations.';

export const agentMetrics: readonly Metric[] = [
  duration(subject, 'available_time_s', 'availableMs', {
    title: 'Available',
    says: `How long the agent was connected and available. ${whole}`,
    source: ['agent-state'],
  }),
  duration(subject, 'away_time_s', 'awayMs', {
    title: 'Away',
    says: `How long the agent was connected and away. ${whole}`,
    source: ['agent-state'],
  }),
  {
    subject,
    name: 'signed_in_time_s',
    unit: 's',
    version: 1,
    title: 'Signed in',
    says: `How long the agent was connected, available or away. ${whole}`,
    formula: 'available + away',
    source: ['agent-state'],
    additive: true,
    of: (base) => (isWhole(base) ? (countOf(base, 'availableMs') + countOf(base, 'awayMs')) / 1000 : null),
  },
  duration(subject, 'engaged_time_s', 'engagedMs', {
    title: 'Engaged',
    says: `How long the agent had at least one conversation. ${whole}`,
    source: ['joined', 'left'],
  }),
  {
    subject,
    name: 'conversation_time_s',
    unit: 's',
    version: 1,
    title: 'Conversation time',
    says: 'How long the agent was in conversations, from joining until leaving, each of them counted for itself. Of each hour, what lies in it.',
    formula: 'sum over conversations',
    source: ['joined', 'left'],
    additive: true,
    of: (base) => countOf(base, 'conversationMs') / 1000,
  },
  count(subject, 'offers', 'offers', {
    title: 'Offers',
    says: 'Conversations that were offered to the agent.',
    source: ['offered'],
  }),
  count(subject, 'accepted', 'accepted', {
    title: 'Accepted',
    says: 'Offers that the agent took up.',
    source: ['accepted'],
  }),
  count(subject, 'declined', 'declined', {
    title: 'Declined',
    says: 'Offers that the agent turned down.',
    source: ['declined'],
  }),
  count(subject, 'missed', 'missed', {
    title: 'Missed',
    says: 'Offers that ran out before the agent said anything.',
    source: ['missed'],
  }),
  count(subject, 'withdrawn', 'withdrawn', {
    title: 'Withdrawn',
    says: 'Offers that were taken back, because the conversation ended or went elsewhere.',
    source: ['withdrawn'],
  }),
  rate(
    'accept_rate',
    'share',
    {
      formula: 'accepted / (accepted + declined + missed)',
      title: 'Accept rate',
      says: 'Offers that the agent took up, per offer that was the agent’s to answer.',
      source: ['accepted', 'declined', 'missed'],
    },
    (base) =>
      quotient(
        countOf(base, 'accepted'),
        countOf(base, 'accepted') + countOf(base, 'declined') + countOf(base, 'missed'),
      ),
  ),
  count(subject, 'conversations', 'joined', {
    title: 'Conversations',
    says: 'Conversations that the agent joined.',
    source: ['joined'],
  }),
  count(subject, 'handled', 'left', {
    title: 'Handled',
    says: 'Conversations that the agent was in until they ended or went to somebody else.',
    source: ['left'],
  }),
  rate(
    'handle_time_mean_s',
    's',
    {
      formula: 'sum of conversation times / handled',
      title: 'Handle time, mean',
      says: 'How long the agent was in a conversation, from joining until leaving.',
      source: ['left'],
    },
    (base) => meanSeconds(countOf(base, 'handledMs'), countOf(base, 'left')),
  ),
  ...responses('first_response_time', 'firstResponses', {
    title: 'First response time',
    says: 'How long a visitor waited from the first message until the first one of an agent, who is this one. What programs write does not count.',
    source: ['responded'],
  }),
  ...responses('response_time', 'responses', {
    title: 'Response time',
    says: 'How long a visitor waited from writing until the agent’s next message, first ones included. What programs write does not count.',
    source: ['responded'],
  }),
  count(subject, 'transfers_in', 'transferredIn', {
    title: 'Handed over to the agent',
    says: 'Conversations that the agent joined because somebody handed them over to this agent.',
    source: ['joined'],
  }),
  count(subject, 'transfers_out', 'transferredOut', {
    title: 'Transferred away',
    says: 'Conversations that the agent left because they went to a queue or to another agent.',
    source: ['left'],
  }),
  count(subject, 'messages', 'messages', {
    title: 'Messages',
    says: 'Messages and files of the agent in conversations that they left in the period.',
    source: ['left'],
  }),
  rate(
    'messages_per_conversation',
    'ratio',
    {
      formula: 'messages / handled',
      title: 'Messages per conversation',
      says: 'Messages and files of the agent per conversation that they handled.',
      source: ['left'],
    },
    (base) => quotient(countOf(base, 'messages'), countOf(base, 'left')),
  ),
  rate(
    'interactive_share',
    'share',
    {
      formula: 'handled with a message / handled',
      title: 'Interactive share',
      says: 'The share of handled conversations in which the agent wrote at least once.',
      source: ['left'],
    },
    (base) => quotient(countOf(base, 'interactive'), countOf(base, 'left')),
  ),
  rate(
    'concurrency',
    'ratio',
    {
      formula: 'sum of conversation times / engaged',
      title: 'Concurrency',
      says: `How many conversations the agent had at once while they had any. ${whole}`,
      source: ['joined', 'left'],
    },
    (base) => quotient(countOf(base, 'allConversationMs'), countOf(base, 'engagedMs')),
  ),
  rate(
    'occupancy',
    'share',
    {
      formula: 'engaged / (engaged + available without a conversation)',
      title: 'Occupancy',
      says: `The share of their time in which the agent had a conversation, of that and of being available without one. ${whole}`,
      source: ['joined', 'left', 'agent-state'],
    },
    (base) => quotient(countOf(base, 'engagedMs'), countOf(base, 'engagedMs') + countOf(base, 'idleMs')),
  ),
  rate(
    'utilised_capacity',
    'share',
    {
      formula: 'sum of conversation times / (signed in × the most conversations that the agent may have)',
      title: 'Utilised capacity',
      says: `How much of what the agent could have had at once was had. ${whole}`,
      source: ['joined', 'left', 'agent-state'],
    },
    (base) => quotient(countOf(base, 'allConversationMs'), countOf(base, 'capacityMs')),
  ),
  rate(
    'conversations_per_signed_in_hour',
    'per-hour',
    {
      formula: 'conversations / signed in',
      title: 'Conversations per signed-in hour',
      says: `Conversations that the agent joined, per hour of being connected. ${whole}`,
      source: ['joined', 'agent-state'],
    },
    (base) =>
      quotient(
        countOf(base, 'allJoined') * 3_600_000,
        countOf(base, 'availableMs') + countOf(base, 'awayMs'),
      ),
  ),
];

function isWhole(base: object): boolean {
  return 'availableMs' in base;
}

function rate(
  name: string,
  unit: Metric['unit'],
  text: MetricText & Pick<Metric, 'formula'>,
  of: Metric['of'],
): Metric {
  return { subject, name, unit, version: 1, additive: false, of, ...text };
}

function responses(name: string, measure: string, { title, ...text }: MetricText): Metric[] {
  return [
    rate(
      `${name}_median_s`,
      's',
      { formula: 'nearest rank at 0.5', title: `${title}, median`, ...text },
      (base) => rankSeconds(listOfBase(base, measure), 0.5),
    ),
    rate(
      `${name}_p90_s`,
      's',
      { formula: 'nearest rank at 0.9', title: `${title}, 90th percentile`, ...text },
      (base) => rankSeconds(listOfBase(base, measure), 0.9),
    ),
  ];
}
