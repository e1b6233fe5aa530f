import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import creditCardType from 'credit-card-type';
import { cardRanges, networkOf } from './card-ranges.ts';

/** Numbers that begin with anything from the first to the last prefix of eight digits are one network's, by us and by them. */
interface Disagreement {
  readonly first: number;
  readonly last: number;
  readonly length: number;
  readonly ours: string;
  readonly theirs: string;
}

interface Explained {
  readonly ours: string;
  readonly theirs: string;
  /** Of prefixes of eight digits; all where there is none. */
  readonly within?: readonly (readonly [first: number, last: number])[];
  readonly lengths?: readonly number[];
  readonly because: string;
}

const oldMaestro =
  'they call everything that begins with 6, and all of 50, Maestro’s when no other pattern fits';
const explained: readonly Explained[] = [
  {
    ours: 'visa',
    theirs: 'none',
    lengths: [13, 19],
    because: 'Visa has issued 13 digits, and Elo’s or Naranja’s range of 16 does not make 19 digits theirs',
  },
  {
    ours: 'none',
    theirs: 'visa',
    lengths: [18],
    because: 'no other public table knows Visa numbers of 18 digits',
  },
  {
    ours: 'none',
    theirs: 'jcb',
    within: [
      [18000000, 18009999],
      [21310000, 21319999],
    ],
    because: 'cards of 15 digits that JCB does not issue any more; with 16 and more there were none',
  },
  {
    ours: 'diners',
    theirs: 'none',
    within: [[30950000, 30959999]],
    because: 'other public tables give 3095 to Diners Club; masked rather than not',
  },
  {
    ours: 'visa',
    theirs: 'naranja',
    within: [[40291800, 40291899]],
    because: 'Naranja issues it with Visa, so it is in the promise',
  },
  {
    ours: 'mastercard',
    theirs: 'naranja',
    within: [[52757200, 52757299]],
    because: 'Naranja issues it with Mastercard, so it is in the promise',
  },
  {
    ours: 'maestro',
    theirs: 'naranja',
    because: 'outside the promise by either name',
  },
  {
    ours: 'maestro',
    theirs: 'none',
    within: [
      [58956200, 58956299],
      [63737423, 63737423],
      [63743358, 63743358],
    ],
    because:
      'they know one length for what others issue inside Maestro’s range; outside the promise either way',
  },
  { ours: 'maestro', theirs: 'hiper', because: 'outside the promise by either name' },
  { ours: 'hiper', theirs: 'hipercard', because: 'one scheme, which they list as two' },
  {
    ours: 'discover',
    theirs: 'none',
    lengths: [17, 18, 19],
    because: 'Discover documents 16 to 19 digits; they leave 17 and 18 out, and 19 where Troy or Elo has 16',
  },
  {
    ours: 'discover',
    theirs: 'troy',
    lengths: [16],
    because: 'Troy issues them with Discover, as RuPay does with JCB: they are in the promise',
  },
  {
    ours: 'elo',
    theirs: 'troy',
    within: [[65092300, 65092399]],
    because: 'both claim it, and both are outside the promise',
  },
  { ours: 'rupay', theirs: 'discover', because: 'RuPay is missing in their table' },
  { ours: 'rupay', theirs: 'maestro', because: 'RuPay is missing in their table' },
  { ours: 'rupay', theirs: 'none', because: 'RuPay is missing in their table' },
  {
    ours: 'none',
    theirs: 'discover',
    within: [[65215000, 65314999]],
    lengths: [19],
    because: 'RuPay’s range inside Discover’s, and RuPay has no numbers of 19 digits',
  },
  {
    ours: 'verve',
    theirs: 'discover',
    within: [[65000200, 65002799]],
    because: 'they list other parts of Verve’s ranges',
  },
  { ours: 'verve', theirs: 'none', within: [[65000200, 65002799]], because: 'a length they do not know' },
  {
    ours: 'verve',
    theirs: 'maestro',
    because: 'Verve’s registered ranges are whole; theirs are what was seen',
  },
  { ours: 'unionpay', theirs: 'maestro', because: oldMaestro },
  { ours: 'none', theirs: 'maestro', because: oldMaestro },
];

const names: Readonly<Record<string, string>> = { 'american-express': 'amex', 'diners-club': 'diners' };

const filled = (prefix: number, digit: string) => Number(String(prefix).padEnd(8, digit));

/** Where either table begins something or ends it, so that between two of them nothing changes. */
function borders(): number[] {
  const theirs = Object.values(creditCardType.types).flatMap(
    (type) => creditCardType.getTypeInfo(type).patterns,
  );
  const ranges = [
    ...cardRanges.ranges.map(([, first, last]) => [first, last] as const),
    ...theirs.map((pattern) => (Array.isArray(pattern) ? pattern : [pattern, pattern])),
  ];
  const ends = ranges.flatMap(([first = 0, last = 0]) => [filled(first, '0'), filled(last, '9') + 1]);
  return [...new Set([10_000_000, ...ends])].toSorted((a, b) => a - b);
}

function disagreements(): Disagreement[] {
  return borders().flatMap((first, index, all) => {
    const last = (all[index + 1] ?? 100_000_000) - 1;
    return [12, 13, 14, 15, 16, 17, 18, 19].flatMap((length) => {
      const number = String(first).padEnd(length, '0');
      const types = creditCardType(number).filter((type) => type.lengths.includes(length));
      const theirs = types.map(({ type }) => names[type] ?? type).join('/') || 'none';
      const ours = networkOf(number) ?? 'none';
      return ours === theirs ? [] : [{ first, last, length, ours, theirs }];
    });
  });
}

const explains = ({ within, lengths, ...names }: Explained) => {
  return ({ first, last, length, ours, theirs }: Disagreement) =>
    names.ours === ours &&
    names.theirs === theirs &&
    (lengths?.includes(length) ?? true) &&
    (within?.some(([from, to]) => first >= from && last <= to) ?? true);
};

describe('card ranges', () => {
  it('are those of credit-card-type, but for differences that are explained', () => {
    const all = disagreements();
    const reasons = explained.map(explains);
    assert.deepEqual(
      all.filter((each) => !reasons.some((fits) => fits(each))),
      [],
    );
    const idle = explained.filter((_, index) => !all.some((each) => reasons[index]?.(each)));
    assert.deepEqual(idle, [], 'every explanation still explains something');
  });

  it('leave nothing unmasked that credit-card-type counts among the promised networks, but what is explained', () => {
    const promised = new Set(['visa', 'mastercard', 'amex', 'diners', 'discover', 'jcb']);
    const missed = disagreements().filter(({ ours, theirs }) => promised.has(theirs) && !promised.has(ours));
    assert.deepEqual(
      [...new Set(missed.map(({ ours, theirs, length }) => `${theirs} ${length}: ${ours}`))].toSorted(),
      [
        'discover 16: rupay',
        'discover 16: verve',
        'discover 19: none',
        'discover 19: verve',
        'jcb 16: none',
        'jcb 17: none',
        'jcb 18: none',
        'jcb 19: none',
        'visa 18: none',
      ],
    );
  });
});
