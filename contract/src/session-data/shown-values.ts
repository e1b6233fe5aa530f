/** Texts by their labels, in the order in which they are shown. */
export type ShownValues = Readonly<Record<string, string>>;

/** What a page may hand over at once. */
export const mostValues = 20;
export const maxLabelLength = 60;
export const maxValueLength = 500;
/** All of them together, as JSON in UTF-8. */
export const maxShownBytes = 2_560;

/** The values as they may be shown, or null when they are not what a page may hand over. */
export function shownValues(given: unknown): ShownValues | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const entries = Object.entries(given as Record<string, unknown>);
  const fits = entries.every(
    ([label, value]) =>
      label.trim() !== '' &&
      label.length <= maxLabelLength &&
      typeof value === 'string' &&
      value.length <= maxValueLength,
  );
  if (!fits || entries.length > mostValues) return null;
  const values = Object.fromEntries(entries) as ShownValues;
  return new TextEncoder().encode(JSON.stringify(values)).length <= maxShownBytes ? values : null;
}
