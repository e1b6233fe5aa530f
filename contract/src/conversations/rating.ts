/** What a rating can be, the worst first. No schemas here, because the visitor’s browser loads this file. */
export const scores = [1, 2, 3, 4, 5] as const;
export type Score = (typeof scores)[number];

/** So long after the end of a conversation its visitor may rate it, and rate it anew. */
export const ratingMinutes = 30;
