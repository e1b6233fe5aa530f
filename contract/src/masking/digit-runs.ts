import { digitGroups } from './digit-groups.ts';
import type { Detector } from './span.ts';

/** Numbers with `least` digits or more (G2). Groups with one separator between them are one number: `070-123 45 67`. */
export function digitRunDetector(least: number): Detector {
  return (text, report) => {
    let start = 0;
    let end = 0;
    let digits = 0;
    const flush = () => {
      if (digits >= least) report(start, end);
    };
    for (const group of digitGroups(text)) {
      if (!group.tight) {
        flush();
        start = group.start;
        digits = 0;
      }
      digits += group.end - group.start;
      end = group.end;
    }
    flush();
  };
}
