/** What a spreadsheet takes for the beginning of a formula (ASVS 1.2.10), full-width forms included. */
const formula = /^[=+\-@\t\r\0＝＋－＠]/u;

/**
 * One record of a CSV file (RFC 4180), with its line end. Every cell is quoted, so that one with another separator in it
 * stays one cell; one that a spreadsheet would calculate gets an apostrophe before it.
 */
export function csvRecord(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return `"${value ?? ''}"`;
  const harmless = formula.test(value) ? `'${value}` : value;
  return `"${harmless.includes('"') ? harmless.replaceAll('"', '""') : harmless}"`;
}
