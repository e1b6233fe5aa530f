/**
 * A value as it is compared: NFKC (Unicode, UAX #15), without regard to case, and without spaces, control and format
 * characters, wherever they stand. So `Ann@Example.org ` is `ann@example.org`, and `1990 0101-1234` is `19900101-1234`;
 * dots, dashes and what follows a plus sign stay, since they can make two values of it. Empty where nothing is left.
 */
export function normalisedValue(value: string): string {
  // Upper case first: it is what makes ß and ss, and both small sigmas, the same.
  return value
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, '');
}
