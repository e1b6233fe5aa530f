import { countOf, quotient, seconds, type BaseMeasures } from './base.ts';
import type { Metric, StatisticsSubject } from './metric.ts';
import { count, type MetricText } from './metric-forms.ts';

/* Base measures of a site: `sessions`, `conversations` (counts). */
export const visitorMetrics: readonly Metric[] = [
  count('visitors', 'sessions', 'sessions', {
    title: 'Sessions',
    says: 'Sessions of visitors that began when somebody opened the chat.',
    source: ['session-begun'],
  }),
  count('visitors', 'conversations', 'conversations', {
    title: 'Conversations',
    says: 'Conversations that visitors began.',
    source: ['queued'],
  }),
  share(
    'visitors',
    'conversation_rate',
    {
      formula: 'conversations / sessions',
      title: 'Conversations per session',
      says: 'Conversations that visitors began, per session that began.',
      source: ['queued', 'session-begun'],
    },
    (base) => quotient(countOf(base, 'conversations'), countOf(base, 'sessions')),
  ),
];

/* Of one conversation: instants in milliseconds since 1970, durations in milliseconds, counts, and how it ended as a number in `endings`. */
export const conversationEndings = ['visitor', 'agent', 'inactivity', 'session-ended', 'erased'] as const;

export const conversationMetrics: readonly Metric[] = [
  ofConversation('started_at', 'instant', ['Began', 'When the visitor began it.'], instant('startedAt')),
  ofConversation('resolved_at', 'instant', ['Ended', 'When it ended.'], instant('resolvedAt')),
  ofConversation(
    'outcome',
    'word',
    [
      'How it ended',
      'Who ended it: the visitor, an agent, inactivity, the end of the visitor’s session, or an erasure.',
    ],
    (base) => conversationEndings[countOf(base, 'ending')] ?? null,
  ),
  ofConversation('duration_s', 's', ['Duration', 'From its beginning until its end.'], time('durationMs')),
  ofConversation(
    'waiting_time_s',
    's',
    ['Waiting time', 'From its beginning until the first agent joined; empty where none did.'],
    time('waitedMs'),
  ),
  ofConversation(
    'first_response_time_s',
    's',
    [
      'First response time',
      'From the visitor’s first message until the first one of an agent; empty where there was none.',
    ],
    time('firstResponseMs'),
  ),
  ...(
    [
      ['agents', 'agents', 'Agents', 'How many agents joined it, each counted once.'],
      ['transfers', 'transfers', 'Transfers', 'How often it was transferred to a queue or an agent.'],
      [
        'visitor_messages',
        'visitorMessages',
        'Messages of the visitor',
        'Messages and files of the visitor.',
      ],
      ['agent_messages', 'agentMessages', 'Messages of agents', 'Messages and files of agents.'],
    ] as const
  ).map(([name, measure, ...text]) => ofConversation(name, 'count', text, (base) => countOf(base, measure))),
];

/* Base measures of a queue, a site and an agent: `asked`, `points`, `rated1` … `rated5` (counts). */
export const satisfactionMetrics: readonly Metric[] = [
  count('satisfaction', 'ratings_asked', 'asked', {
    title: 'Asked',
    says: 'Visitors who were asked how they were served.',
    source: ['rating-asked'],
  }),
  {
    ...count('satisfaction', 'ratings', 'ratings', {
      title: 'Ratings',
      says: 'Visitors who said how they were served, from 1 to 5.',
      source: ['rated'],
    }),
    of: ratings,
  },
  share(
    'satisfaction',
    'rating_response_rate',
    {
      formula: 'ratings / asked',
      title: 'Response rate',
      says: 'Ratings per visitor who was asked.',
      source: ['rated', 'rating-asked'],
    },
    (base) => quotient(ratings(base), countOf(base, 'asked')),
  ),
  {
    subject: 'satisfaction',
    name: 'rating_mean',
    unit: 'points',
    version: 1,
    title: 'Rating, mean',
    says: 'The mean of the ratings, from 1 to 5.',
    formula: 'sum of ratings / ratings',
    source: ['rated'],
    additive: false,
    of: (base) => quotient(countOf(base, 'points'), ratings(base)),
  },
  ...[1, 2, 3, 4, 5].map((points) =>
    count('satisfaction', `ratings_${points}`, `rated${points}`, {
      title: `Ratings of ${points}`,
      says: `Visitors who gave ${points} of 5.`,
      source: ['rated'],
    }),
  ),
];

function ratings(base: BaseMeasures): number {
  return [1, 2, 3, 4, 5].reduce((sum, points) => sum + countOf(base, `rated${points}`), 0);
}

function share(
  subject: StatisticsSubject,
  name: string,
  text: MetricText & Pick<Metric, 'formula'>,
  of: Metric['of'],
): Metric {
  return { subject, name, unit: 'share', version: 1, additive: false, of, ...text };
}

function ofConversation(
  name: string,
  unit: Metric['unit'],
  [title, says]: readonly [string, string],
  of: Metric['of'],
): Metric {
  return {
    subject: 'conversations',
    name,
    unit,
    version: 1,
    title,
    says,
    formula: 'as it was',
    source: ['resolved'],
    additive: false,
    of,
  };
}

function instant(measure: string): Metric['of'] {
  return (base) => new Date(countOf(base, measure)).toISOString();
}

function time(measure: string): Metric['of'] {
  return (base) => (measure in base ? seconds(countOf(base, measure)) : null);
}
