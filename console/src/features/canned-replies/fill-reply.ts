/** What a canned reply may speak of. The visitor’s name is empty where nobody knows it. */
export interface ReplyValues {
  readonly visitor: string;
  readonly agent: string;
  readonly case: string;
}

/**
 * Fills `{{visitor}}`, `{{agent}}` and `{{case}}`. Where a value is empty, the space before it goes too, so that
 * “Hello {{visitor}},” becomes “Hello,”. Other braces stay as they are.
 */
export function fillReply(text: string, values: ReplyValues): string {
  return text.replace(/[ \t]?\{\{\s*(visitor|agent|case)\s*\}\}/g, (placeholder, name: keyof ReplyValues) => {
    const space = /^[ \t]/.test(placeholder) ? placeholder.charAt(0) : '';
    const value = values[name];
    return value === '' ? '' : space + value;
  });
}
