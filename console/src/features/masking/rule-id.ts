/** An id for a new rule: its name as a word, so that the history can be read, and a number where that is taken. */
export function newRuleId(name: string, taken: readonly string[]): string {
  const word =
    name
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 32) || 'rule';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? word : `${word}-${number}`;
    if (!taken.includes(id)) return id;
  }
}
