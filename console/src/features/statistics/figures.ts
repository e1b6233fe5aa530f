/* What pages of figures share with others. Apart from `index.ts`, of which the first thing that a browser loads is made. */
export { ExplainedMetric } from './explained.tsx';
export { useFormat, useMetricText } from './metrics.ts';
export { UncountedNote } from './uncounted-note.tsx';
