/** How a value of a metric is measured, which decides where the lines of a scale stand. */
export type Measure = 'count' | 'number' | 'seconds' | 'share' | 'points';

const roundTimes = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
];

/**
 * The lines of a scale that starts at nought and holds the greatest value: at most five, at round numbers. Times are round in
 * minutes and hours, shares go no further than the whole, what is counted has no halves, and points are from 1 to 5.
 */
export function scaleLines(greatest: number, measure: Measure): number[] {
  if (measure === 'points') return [1, 2, 3, 4, 5];
  const most = 4;
  const top = greatest > 0 ? greatest : 1;
  if (measure === 'share' && top > 0.5 && top <= 1) return [0, 0.25, 0.5, 0.75, 1];
  const step =
    measure === 'seconds'
      ? (roundTimes.find((each) => each * most >= top) ?? roundStep(top / most / 86_400) * 86_400)
      : Math.max(roundStep(top / most), measure === 'count' ? 1 : 0);
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor === 2.5 && power < 10 ? 5 * power : factor * power;
}

/** Which of the labels below a chart are written, so that they do not touch: evenly spaced, the first among them. */
export function everyNth(
  count: number,
  { width, labelWidth }: { width: number; labelWidth: number },
): number {
  const fits = Math.max(1, Math.floor(width / labelWidth));
  const nth = Math.ceil(count / fits);
  // Hours of a day and days of a week are read more easily in even steps.
  return [1, 2, 3, 4, 6, 7, 12, 14, 24, 28, 48].find((each) => each >= nth) ?? nth;
}
