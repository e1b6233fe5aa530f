import { countOf, listOfBase, meanSeconds, quotient, rankSeconds, type BaseMeasures } from './base.ts';
import type { Metric, MetricParameters } from './metric.ts';
import { count, sum, type MetricText } from './metric-forms.ts';

/*
 * Base measures of a queue and a site: `offered`, `transferredIn`, `flowedOut`, `inactivityEnds`, `connectionsWeak`, `connectionsLost`,
 * `connectionsBack` (counts); `waits` of those who were answered, `abandons`, `resolutions` (lists of milliseconds).
 */
const subject = 'queues';

export const queueMetrics: readonly Metric[] = [
  count(subject, 'offered', 'offered', {
    title: 'Offered',
    says: 'Conversations that entered the queue to wait for an agent, for the first time, by a transfer, or back from an agent who did not take them over.',
    source: ['queued'],
  }),
  count(subject, 'transferred_in', 'transferredIn', {
    title: 'Transferred in',
    says: 'Those of the offered that came by a transfer.',
    source: ['queued'],
  }),
  count(subject, 'answered', 'waits', {
    title: 'Answered',
    says: 'Conversations that an agent joined for the first time since they entered the queue, counted when the agent joined.',
    source: ['answered'],
  }),
  share(
    'answer_rate',
    {
      formula: 'answered / offered',
      title: 'Answer rate',
      says: 'Answered per offered.',
      source: ['answered', 'queued'],
    },
    (base) => quotient(countOf(base, 'waits'), countOf(base, 'offered')),
  ),
  count(subject, 'abandoned', 'abandons', {
    title: 'Abandoned',
    says: 'Conversations whose visitor left, or whose session ended, before an agent joined.',
    source: ['abandoned'],
  }),
  share(
    'abandon_rate',
    {
      formula: 'abandoned / offered',
      title: 'Abandon rate',
      says: 'Abandoned per offered.',
      source: ['abandoned', 'queued'],
    },
    (base) => quotient(countOf(base, 'abandons'), countOf(base, 'offered')),
  ),
  {
    subject,
    name: 'short_abandoned',
    unit: 'count',
    version: 1,
    title: 'Abandoned at once',
    says: 'Those of the abandoned whose visitor left within the seconds that the account has chosen.',
    formula: 'abandoned after at most the chosen seconds',
    source: ['abandoned'],
    additive: true,
    of: shortAbandoned,
  },
  count(subject, 'flowed_out', 'flowedOut', {
    title: 'Flowed out',
    says: 'Conversations that left the queue unanswered in another way: transferred to another queue, or ended by somebody else than the visitor.',
    source: ['flowed-out'],
  }),
  waiting('waiting_time_mean_s', 'Waiting time, mean', 'sum of waiting times / answered', (waits) =>
    meanSeconds(sum(waits), waits.length),
  ),
  waiting('waiting_time_median_s', 'Waiting time, median', 'nearest rank at 0.5', (waits) =>
    rankSeconds(waits, 0.5),
  ),
  waiting('waiting_time_p90_s', 'Waiting time, 90th percentile', 'nearest rank at 0.9', (waits) =>
    rankSeconds(waits, 0.9),
  ),
  waiting('waiting_time_max_s', 'Waiting time, longest', 'greatest waiting time', (waits) =>
    rankSeconds(waits, 1),
  ),
  {
    subject,
    name: 'time_to_abandon_mean_s',
    unit: 's',
    version: 1,
    title: 'Time to abandon, mean',
    says: 'How long visitors who left before an agent joined had waited since they entered the queue.',
    formula: 'sum of times to abandon / abandoned',
    source: ['abandoned'],
    additive: false,
    of: (base) => meanSeconds(sum(listOfBase(base, 'abandons')), countOf(base, 'abandons')),
  },
  {
    subject,
    name: 'answered_in_time',
    unit: 'count',
    version: 1,
    title: 'Answered in time',
    says: 'Those of the answered who waited at most the seconds that the account has chosen for its service level.',
    formula: 'answered after at most the chosen seconds',
    source: ['answered'],
    additive: true,
    of: answeredInTime,
  },
  share(
    'service_level',
    {
      formula:
        'answered in time / (answered + abandoned − abandoned at once), or / answered, or / offered, as the account has chosen',
      title: 'Service level',
      says: 'The share that was answered in time, of what the account has chosen to hold it against.',
      source: ['answered', 'abandoned', 'queued'],
    },
    (base, parameters) => quotient(answeredInTime(base, parameters), heldAgainst(base, parameters)),
  ),
  count(subject, 'resolved', 'resolutions', {
    title: 'Resolved',
    says: 'Conversations that ended, in the queue that they were in last.',
    source: ['resolved'],
  }),
  resolution('resolution_time_mean_s', 'Time to resolve, mean', 'sum of durations / resolved', (durations) =>
    meanSeconds(sum(durations), durations.length),
  ),
  resolution('resolution_time_median_s', 'Time to resolve, median', 'nearest rank at 0.5', (durations) =>
    rankSeconds(durations, 0.5),
  ),
  resolution(
    'resolution_time_p90_s',
    'Time to resolve, 90th percentile',
    'nearest rank at 0.9',
    (durations) => rankSeconds(durations, 0.9),
  ),
  count(subject, 'inactivity_ends', 'inactivityEnds', {
    title: 'Ended by inactivity',
    says: 'Those of the resolved that ended because nobody wrote any more.',
    source: ['resolved'],
  }),
  ...(
    [
      ['connections_weak', 'connectionsWeak', 'Weak connections', 'became weak'],
      ['connections_lost', 'connectionsLost', 'Lost connections', 'was lost'],
      ['connections_recovered', 'connectionsBack', 'Recovered connections', 'was good again'],
    ] as const
  ).map(([name, measure, title, what]) =>
    count(subject, name, measure, {
      title,
      says: `How often the connection of a visitor in a conversation ${what}.`,
      source: ['link'],
    }),
  ),
];

function answeredInTime(base: BaseMeasures, { serviceLevelSeconds }: MetricParameters): number {
  return listOfBase(base, 'waits').filter((ms) => ms <= serviceLevelSeconds * 1000).length;
}

function shortAbandoned(base: BaseMeasures, { shortAbandonSeconds }: MetricParameters): number {
  return listOfBase(base, 'abandons').filter((ms) => ms <= shortAbandonSeconds * 1000).length;
}

function heldAgainst(base: BaseMeasures, parameters: MetricParameters): number {
  if (parameters.serviceLevelOf === 'offered') return countOf(base, 'offered');
  if (parameters.serviceLevelOf === 'answered') return countOf(base, 'waits');
  return countOf(base, 'waits') + countOf(base, 'abandons') - shortAbandoned(base, parameters);
}

function share(name: string, text: MetricText & Pick<Metric, 'formula'>, of: Metric['of']): Metric {
  return { subject, name, unit: 'share', version: 1, additive: false, of, ...text };
}

function waiting(
  name: string,
  title: string,
  formula: string,
  of: (waits: readonly number[]) => number | null,
): Metric {
  return {
    subject,
    name,
    unit: 's',
    version: 1,
    title,
    says: 'How long those who were answered had waited, from entering the queue until the first agent joined.',
    formula,
    source: ['answered'],
    additive: false,
    of: (base) => of(listOfBase(base, 'waits')),
  };
}

function resolution(
  name: string,
  title: string,
  formula: string,
  of: (durations: readonly number[]) => number | null,
): Metric {
  return {
    subject,
    name,
    unit: 's',
    version: 1,
    title,
    says: 'How long conversations took from their beginning until they ended.',
    formula,
    source: ['resolved'],
    additive: false,
    of: (base) => of(listOfBase(base, 'resolutions')),
  };
}
