import { IconEye, IconHeadset, IconMoodSmile, IconStack2, type Icon } from '@tabler/icons-react';
import type { Dimension, Subject } from './metrics.ts';

/** How the figures of a subject are laid out on its page. */
export interface SubjectView {
  readonly icon: Icon;
  /** The metrics that stand on top, and in tables that do not show all of them. The first is drawn until another is chosen. */
  readonly main: readonly string[];
  /** Where more, or less, is better. Of the rest nobody can say. */
  readonly better: Readonly<Record<string, 'more' | 'less'>>;
  /** Parts of one whole, drawn beside each other. */
  readonly parts: readonly string[];
  /** By what it can be narrowed. */
  readonly filters: readonly Dimension[];
  /** What it is made up of: first by the first of these that it is not narrowed by. */
  readonly by: readonly { readonly subject: Subject; readonly by: Dimension }[];
}

export const subjectViews: Readonly<Record<Subject, SubjectView>> = {
  queues: {
    icon: IconStack2,
    main: [
      'offered',
      'answer_rate',
      'abandon_rate',
      'service_level',
      'waiting_time_mean_s',
      'waiting_time_p90_s',
    ],
    better: {
      answer_rate: 'more',
      abandon_rate: 'less',
      service_level: 'more',
      waiting_time_mean_s: 'less',
      waiting_time_p90_s: 'less',
    },
    parts: ['answered', 'abandoned', 'flowed_out'],
    filters: ['queue', 'site'],
    by: [
      { subject: 'queues', by: 'queue' },
      { subject: 'agents', by: 'agent' },
    ],
  },
  agents: {
    icon: IconHeadset,
    main: [
      'handled',
      'accept_rate',
      'missed',
      'first_response_time_median_s',
      'handle_time_mean_s',
      'occupancy',
    ],
    better: { accept_rate: 'more', missed: 'less', first_response_time_median_s: 'less' },
    parts: ['available_time_s', 'away_time_s'],
    filters: ['queue', 'agent', 'site'],
    by: [
      { subject: 'agents', by: 'agent' },
      { subject: 'agents', by: 'queue' },
    ],
  },
  visitors: {
    icon: IconEye,
    main: ['sessions', 'conversations', 'conversation_rate'],
    better: {},
    parts: [],
    filters: ['site'],
    by: [{ subject: 'visitors', by: 'site' }],
  },
  satisfaction: {
    icon: IconMoodSmile,
    main: ['rating_mean', 'ratings', 'rating_response_rate', 'ratings_asked'],
    better: { rating_mean: 'more', rating_response_rate: 'more' },
    parts: ['ratings_5', 'ratings_4', 'ratings_3', 'ratings_2', 'ratings_1'],
    filters: ['queue', 'agent', 'site'],
    by: [
      { subject: 'satisfaction', by: 'queue' },
      { subject: 'satisfaction', by: 'agent' },
    ],
  },
};

/** What the figures of a page are broken down to: what they are not narrowed by already. */
export function partOf(
  subject: Subject,
  narrowed: Partial<Record<Dimension, unknown>>,
): SubjectView['by'][number] | undefined {
  return subjectViews[subject].by.find(({ by }) => narrowed[by] === undefined);
}
