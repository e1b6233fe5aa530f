const dayMs = 86_400_000;

/** How long a key is to live, as somebody chooses it; `longest` leaves it to the account’s setting. */
export const lives = {
  longest: { from: () => ({}) },
  'days-30': { from: (now: number) => ({ expiresAt: new Date(now + 30 * dayMs).toISOString() }) },
  'days-90': { from: (now: number) => ({ expiresAt: new Date(now + 90 * dayMs).toISOString() }) },
} as const;
export type Life = keyof typeof lives;

/** How long the old secret goes on. */
export const overlaps = {
  none: { until: () => null },
  'hours-1': { until: (now: number) => new Date(now + dayMs / 24).toISOString() },
  'days-1': { until: (now: number) => new Date(now + dayMs).toISOString() },
  'days-7': { until: (now: number) => new Date(now + 7 * dayMs).toISOString() },
} as const;
export type Overlap = keyof typeof overlaps;
