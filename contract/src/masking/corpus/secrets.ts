import { getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import type { DetectorKind } from '../configuration.ts';
import type { Random } from './random.ts';

/*
 * What is to be found, made by the rules of its issuers. Nothing here uses the engine: check digits are computed the other
 * way round, by solving for them, so that an error in one does not hide in the other.
 */

const two = (value: number) => String(value).padStart(2, '0');

/** The digit that makes the whole pass. */
function solved(digits: string, passes: (whole: string) => boolean): string | null {
  for (let digit = 0; digit <= 9; digit += 1) if (passes(`${digits}${digit}`)) return `${digits}${digit}`;
  return null;
}

function sum(digits: string, weights: readonly number[]): number {
  return Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (weights[index] ?? 0), 0);
}

const luhn = (digits: string) =>
  Array.from(digits)
    .toReversed()
    .map((digit, index) =>
      index % 2 === 0 ? Number(digit) : ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)] ?? 0),
    )
    .reduce((total, value) => total + value, 0) %
    10 ===
  0;

function until<Value>(make: () => Value | null): Value {
  for (;;) {
    const value = make();
    if (value !== null) return value;
  }
}

function birthday(random: Random) {
  return { year: random.whole(1930, 2012), month: random.whole(1, 12), day: random.whole(1, 28) };
}

const dayMonthYear = ({ year, month, day }: ReturnType<typeof birthday>) =>
  `${two(day)}${two(month)}${two(year % 100)}`;

const networks = [
  ['4', 16],
  ['4', 13],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['305', 14],
  ['36', 14],
  ['3095', 14],
  ['38', 16],
  ['6011', 16],
  ['644', 16],
  ['659', 16],
  ['3528', 16],
  ['3589', 16],
] as const;
/** Prefixes of others inside Visa's and Discover's ranges. */
const outside = /^(?:401178|401179|431274|438935|451416|457393|45763[12]|65)/;

const separators = ['', ' ', '-', '.', '\u00a0', '\u2009', '\u2011', '\u200b', '  ', ' - '];
const scripts = [0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0xff10, 0x660, 0x6f0, 0x966, 0x1d7ce];

function inScript(random: Random, digits: string): string {
  const zero = random.one(scripts);
  return digits.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

function card(random: Random): string {
  const number = until(() => {
    const [prefix, length] = random.one(networks);
    const body = prefix + random.digits(length - 1 - prefix.length);
    return outside.test(body) && prefix !== '659' ? null : solved(body, luhn);
  });
  const groups = number.length === 15 ? [4, 6, 5] : number.length === 14 ? [4, 6, 4] : [4, 4, 4, 4, 4];
  let at = 0;
  const parts = groups.flatMap((length) => {
    const part = number.slice(at, at + length);
    at += length;
    return part === '' ? [] : [part];
  });
  return inScript(random, parts.join(random.one(separators)));
}

const ibanForms = {
  SE: '99999999999999999999',
  NO: '99999999999',
  DK: '99999999999999',
  FI: '99999999999999',
  DE: '999999999999999999',
  FR: '9999999999AAAAAAAAAAA99',
  ES: '99999999999999999999',
  IT: 'A9999999999AAAAAAAAAAAA',
  NL: 'AAAA9999999999',
  PL: '999999999999999999999999',
  GB: 'AAAA99999999999999',
  BE: '999999999999',
  CH: '99999999999999999',
} as const;

function iban(random: Random): string {
  const country = random.one(Object.keys(ibanForms) as (keyof typeof ibanForms)[]);
  const account = random.written(ibanForms[country]);
  const value = BigInt(
    Array.from(`${account}${country}00`, (character) => Number.parseInt(character, 36).toString()).join(''),
  );
  const whole = `${country}${two(98 - Number(value % 97n))}${account}`;
  const grouped = (whole.match(/.{1,4}/g) ?? []).join(random.one([' ', ' ', '-', '\u00a0']));
  return random.one([whole, grouped, grouped, whole.toLowerCase()]);
}

const names = [
  'anna',
  'bo.berg',
  'chloé',
  'd_larsen',
  'erik+shop',
  'f.o-malley',
  'g99',
  'hääkkinen',
  'ida.nowak1984',
];
const domains = [
  'example.org',
  'mail.example.com',
  'exämple.se',
  'firma.example.de',
  'a-b.example.co.uk',
  'x.example.pl',
];

function ipAddress(random: Random): string {
  const group = () => random.whole(0, 65_535).toString(16);
  if (random.fraction() < 0.6) return Array.from({ length: 4 }, () => random.whole(1, 254)).join('.');
  if (random.fraction() < 0.5) return Array.from({ length: 8 }, group).join(':');
  return `2001:db8::${group()}:${random.whole(1, 9)}`;
}

const phoneForms = {
  SE: ['07N-999 99 99', '08-N99 999 99', '+46 7N 999 99 99', '+46 (0)7N-999 99 99', '00467N9999999'],
  NO: ['+47 4NN 99 999', '004794999999', '4N9 99 999'],
  DK: ['+45 2N 99 99 99', '2N 99 99 99', '+452N999999'],
  FI: ['040 N99 9999', '+358 40 N999999', '0501N99999'],
  DE: ['0151 N9999999', '+49 30 N99999', '030/N999999', '+49 (0)171 N999999'],
  FR: ['06 N9 99 99 99', '+33 6 N9 99 99 99', '01.4N.99.99.99', '0033 6 N9 99 99 99'],
  ES: ['+34 6N9 99 99 99', '6N9 999 999', '91N 99 99 99'],
  IT: ['+39 34N 999 9999', '34N 999 9999', '06 N999 9999'],
  NL: ['06-N9999999', '+31 6 N9999999', '020 N99 9999'],
  PL: ['+48 50N 999 999', '50N-999-999', '0048 60N 999 999'],
  GB: ['07700 9N0999', '+44 7700 9N0999', '020 7N99 0999'],
  US: ['(212) N55-0199', '+1 212 N55 0199', '212-N55-0199'],
} as const;
export type Country = keyof typeof phoneForms;
export const countries = Object.keys(phoneForms) as Country[];

/** Written as people of the country do; one that the country has not given out gives way to its example. */
function phone(random: Random, country: Country, isPhoneNumber: (written: string) => boolean): string {
  const written = random.written(random.one(phoneForms[country]));
  if (isPhoneNumber(written)) return written;
  const example = getExampleNumber(country, examples);
  if (example === undefined) throw new Error(`No example for ${country}`);
  return random.one([example.formatInternational(), example.formatNational()]);
}

const swedish = (random: Random) =>
  until(() => {
    const { year, month, day } = birthday(random);
    const coordination = random.fraction() < 0.1 ? 60 : 0;
    const ten = solved(`${two(year % 100)}${two(month)}${two(day + coordination)}${random.digits(3)}`, luhn);
    if (ten === null) return null;
    const dash = random.one(['-', '-', '', ' ']);
    const short = `${ten.slice(0, 6)}${dash}${ten.slice(6)}`;
    return random.one([short, `${String(year).slice(0, 2)}${short}`]);
  });

const norwegian = (random: Random) =>
  until(() => {
    const nine = `${dayMonthYear(birthday(random))}${random.digits(3)}`;
    const ten = solved(nine, (digits) => sum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0);
    const all = ten && solved(ten, (digits) => sum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0);
    return all && `${all.slice(0, 6)}${random.one(['', ' ', ''])}${all.slice(6)}`;
  });

const danish = (random: Random) =>
  until(() => {
    const nine = `${dayMonthYear(birthday(random))}${random.digits(3)}`;
    const ten = solved(nine, (digits) => sum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0);
    return ten && `${ten.slice(0, 6)}${random.one(['-', '-', '', ' '])}${ten.slice(6)}`;
  });

function finnish(random: Random): string {
  const date = dayMonthYear(birthday(random));
  const number = String(random.whole(2, 899)).padStart(3, '0');
  const sign = random.one(['-', '-', '-', 'Y', 'A', '+']);
  return `${date}${sign}${number}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + number) % 31]}`;
}

const german = (random: Random) =>
  until(() => {
    const nine = Array.from('0123456789')
      .toSorted(() => random.fraction() - 0.5)
      .slice(0, 9);
    const ten = nine.toSpliced(random.whole(0, 9), 0, random.one(nine)).join('');
    if (ten.startsWith('0')) return null;
    // Solved from behind: the product after ten digits and the check digit make 11.
    let product = 10;
    for (const digit of ten) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
    const all = `${ten}${(11 - product) % 10}`;
    return random.one([all, all.replace(/(\d\d)(\d{3})(\d{3})(\d{3})/, '$1 $2 $3 $4')]);
  });

function french(random: Random): string {
  const { year, month } = birthday(random);
  const department = random.one(['75', '13', '69', '2A', '2B', '01']);
  const parts = [
    random.one(['1', '2']),
    two(year % 100),
    two(month),
    department,
    random.written('N99'),
    random.written('N99'),
  ];
  const digits = parts.join('').replace('2A', '19').replace('2B', '18');
  return [...parts, two(97 - Number(BigInt(digits) % 97n))].join(random.one(['', ' ']));
}

function spanish(random: Random): string {
  const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';
  const foreigner = random.fraction() < 0.3;
  const number = random.digits(foreigner ? 7 : 8);
  const first = random.whole(0, 2);
  const value = Number(foreigner ? `${first}${number}` : number);
  const letter = letters[value % 23];
  return `${foreigner ? 'XYZ'[first] : ''}${number}${random.one(['', '', '-'])}${letter}`;
}

function italian(random: Random): string {
  const letters = () =>
    Array.from({ length: 3 }, () => random.one(['B', 'C', 'D', 'L', 'M', 'R', 'S', 'T'])).join('');
  const { year, month, day } = birthday(random);
  const fifteen = `${letters()}${letters()}${two(year % 100)}${'ABCDEHLMPRST'[month - 1]}${two(day + random.one([0, 40]))}${random.written('A999')}`;
  const odd: Record<string, number> = {};
  // D.M. 23 December 1976, the table for odd places, for 0–9 and A–Z.
  const table =
    '1,0,5,7,9,13,15,17,19,21,1,0,5,7,9,13,15,17,19,21,2,4,18,20,11,3,6,8,12,14,16,10,22,25,24,23';
  for (const [index, value] of table.split(',').entries())
    odd['0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(index)] = Number(value);
  let total = 0;
  for (const [index, character] of Array.from(fifteen).entries()) {
    if (index % 2 === 0) total += odd[character] ?? 0;
    else total += /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
  }
  return `${fifteen}${String.fromCharCode(65 + (total % 26))}`;
}

const dutch = (random: Random) =>
  until(() => {
    const nine = solved(
      random.written('N9999999'),
      (digits) => sum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    );
    return (
      nine &&
      random.one([
        nine,
        nine,
        nine.replace(/(...)(...)(...)/, '$1.$2.$3'),
        nine.replace(/(....)(..)(...)/, '$1.$2.$3'),
      ])
    );
  });

const polish = (random: Random) =>
  until(() => {
    const { year, month, day } = birthday(random);
    const date = `${two(year % 100)}${two(month + (year >= 2000 ? 20 : 0))}${two(day)}`;
    return solved(
      `${date}${random.digits(4)}`,
      (digits) => sum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    );
  });

const british = (random: Random) =>
  `${random.one(['AB', 'CE', 'JG', 'PR', 'WK'])}${random.one(['', ' '])}${random.one([random.digits(6), random.written('99 99 99')])}${random.one(['', ' '])}${random.one(['A', 'B', 'C', 'D'])}`;

const nhs = (random: Random) =>
  until(() => {
    const ten = solved(
      random.one(['4', '6', '7', '9', '32', '39']).padEnd(9, random.digits(9)),
      (digits) => sum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    );
    return ten && random.one([ten, ten.replace(/(...)(...)(....)/, '$1 $2 $3')]);
  });

/** How each kind is made; `isPhoneNumber` says whether a number of the country can exist. */
export const makers: Readonly<
  Record<
    DetectorKind,
    (random: Random, country: Country, isPhoneNumber: (written: string) => boolean) => string
  >
> = {
  card,
  iban,
  email: (random) => `${random.one(names)}@${random.one(domains)}`,
  'ip-address': ipAddress,
  phone,
  'id-se': swedish,
  'id-no': norwegian,
  'id-dk': danish,
  'id-fi': finnish,
  'id-de': german,
  'id-fr': french,
  'id-es': spanish,
  'id-it': italian,
  'id-nl': dutch,
  'id-pl': polish,
  'id-gb-nino': british,
  'id-gb-nhs': nhs,
  'id-us-ssn': (random) => random.written(random.one(['1NN-NN-N999', '4NN NN N999', '5NN-NN-N999'])),
  'id-us-itin': (random) =>
    `9${random.digits(2)}${random.one(['-75-', ' 80 ', '-92-', '-50-'])}${random.digits(4)}`,
};
