import { agentMetrics } from './agent-metrics.ts';
import type { BaseMeasures } from './base.ts';
import type { Metric, MetricParameters, StatisticsSubject } from './metric.ts';
import { conversationMetrics, satisfactionMetrics, visitorMetrics } from './other-metrics.ts';
import { queueMetrics } from './queue-metrics.ts';

/** Every metric there is, in the order of columns (I1). The console, files, the interface and the document of metrics come from it. */
export const metrics: readonly Metric[] = [
  ...visitorMetrics,
  ...queueMetrics,
  ...agentMetrics,
  ...conversationMetrics,
  ...satisfactionMetrics,
];

export function metricsOf(subject: StatisticsSubject): readonly Metric[] {
  return metrics.filter((metric) => metric.subject === subject);
}

/** The values of these metrics, by name. */
export function measure(
  wanted: readonly Metric[],
  base: BaseMeasures,
  parameters: MetricParameters,
): Record<string, number | string | null> {
  return Object.fromEntries(wanted.map(({ name, of }) => [name, of(base, parameters)]));
}
