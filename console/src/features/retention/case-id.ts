/** How a case id is typed: the same pattern as the contract's, for fields. */
export const caseIdPattern = '[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}-?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}';

/** What was typed, if it is a case id. */
export function caseIdOf(typed: string): string | null {
  const trimmed = typed.trim();
  return new RegExp(`^${caseIdPattern}$`).test(trimmed) ? trimmed : null;
}
