import type { Random } from './random.ts';

/**
 * Numbers that people write in chats and that are none of anybody's secrets: what makes a detector wrong. Each comes
 * with the word that stands before it in some locale's template, by its key.
 */
export const lookalikes: Readonly<Record<string, (random: Random) => string>> = {
  order: (random) =>
    random.written(
      random.one([
        '99999999',
        '999999999',
        '9999999999',
        'N99-9999999-9999999',
        'SO-2026-99999',
        '99999999999',
        '#999999',
      ]),
    ),
  tracking: (random) =>
    random.written(
      random.one([
        'AA999999999SE',
        '1Z999AA99999999999',
        '00373999999999999999',
        '999999999999',
        '99999999999999',
        '9999 9999 9999 9999 9999 99',
      ]),
    ),
  invoice: (random) =>
    random.written(random.one(['2026999999', 'INV-99999999', 'F9999-999', '9999999999', 'RE-2026-999999'])),
  case: (random) => random.written(random.one(['C-99999', '9999-9999', 'AAA-9999-AAAA', '99999999'])),
  timestamp: (random) =>
    random.one([
      String(1_700_000_000_000 + random.whole(0, 99_999_999_999)),
      String(1_700_000_000 + random.whole(0, 99_999_999)),
      `2026-${random.written('0N-1N')} ${random.written('1N:3N:2N')}`,
      `${random.written('1N.0N.2026')} ${random.written('0N:1N')}`,
      `2026${random.written('0N1N')}T${random.written('1N3N2N')}Z`,
    ]),
  amount: (random) =>
    random.written(random.one(['N 999,99', 'N9 999', 'N.999.999', 'N999.99', 'N 999 999 kr'])),
  version: (random) => random.written(random.one(['9.9.9', 'N.9.99.9', 'N9.N.9'])),
  product: (random) =>
    random.written(random.one(['AA-9999-9999', '9999999999999', '999.999.99', 'A99999', '99999-999'])),
};
