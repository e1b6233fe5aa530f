import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskingOf } from '../../test/masking.ts';
import { detectorKinds, type DetectorKind } from './configuration.ts';

/** Right ones are published examples or made by the rules of their issuers; wrong ones differ in what makes them right. */
const cases: Partial<Record<DetectorKind, { right: readonly string[]; wrong: readonly string[] }>> = {
  iban: {
    right: [
      'DE89370400440532013000',
      'GB29 NWBK 6016 1331 9268 19',
      'se45 5000 0000 0583 9825 7466',
      'NO93 8601 1117 947',
      'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
    ],
    wrong: ['DE88370400440532013000', 'DE8937040044053201300', 'XX89370400440532013000'],
  },
  email: {
    right: [
      'anna.berg@example.org',
      "o'brien+tag@mail.example.co.uk",
      'åsa@räksmörgås.se',
      'anna＠example.org',
    ],
    wrong: ['anna@localhost', '@anna', 'kl@9', 'a @ b.se'],
  },
  'ip-address': {
    right: ['192.168.0.1', '8.8.8.8', '2001:db8::ff00:42:8329', 'fe80::1', '::ffff:10.0.0.1'],
    wrong: [
      '256.1.1.1',
      'version 1.2.3.4',
      'v10.0.0.1',
      '1.2.3',
      '12:34:56',
      'a::b',
      '1.2.3.4.5',
      '00:1a:2b:3c:4d:5e',
    ],
  },
  'id-se': {
    right: ['811218-9876', '8112189876', '19811218-9876', '811278-9873', '811218+9876', '811218 9876'],
    wrong: ['811218-9875', '811318-9873', '811232-9878'],
  },
  'id-no': { right: ['01129955151', '011299 55151', '41019012393'], wrong: ['01129955152', '41139955131'] },
  'id-dk': { right: ['211062-5629', '2110625629', '010107-4000'], wrong: ['2110625628', '311362-5629'] },
  'id-fi': { right: ['131052-308T', '010594Y9032', '131052a308t'], wrong: ['131052-308U', '321052-308T'] },
  'id-de': { right: ['86095742719', '47 036 892 816'], wrong: ['86095742718', '12345678901'] },
  'id-fr': {
    right: ['255081416802538', '2 55 08 14 168 025 38', '180012A00401158'],
    wrong: ['255081416802539'],
  },
  'id-es': {
    right: ['12345678Z', '12.345.678-Z', 'X1234567L', 'x-1234567-l'],
    wrong: ['12345678A', 'X1234567A'],
  },
  'id-it': { right: ['RSSMRA85T10A562S', 'rss mra 85t10 a562s'], wrong: ['RSSMRA85T10A562T'] },
  'id-nl': { right: ['123456782', '123.456.782', '1112.22.333'], wrong: ['123456789', 'order 123456782'] },
  'id-pl': { right: ['44051401359'], wrong: ['44051401358', '44351401359'] },
  'id-gb-nino': { right: ['AB123456C', 'ab 12 34 56 c'], wrong: ['QQ123456C', 'AB123456E', 'GB123456A'] },
  'id-gb-nhs': { right: ['943 476 5919', '9434765919'], wrong: ['9434765918', 'ordernummer: 9434765919'] },
  'id-us-ssn': {
    right: ['123-45-6789', '123 45 6789'],
    wrong: ['000-45-6789', '666-45-6789', '123-00-6789', '123-45 6789'],
  },
  'id-us-itin': { right: ['912-70-1234'], wrong: ['912-49-1234', '812-70-1234'] },
  phone: {
    right: [
      '+46 70 123 45 67',
      '+46 (0)70-123 45 67',
      '0046701234567',
      '070-123 45 67',
      '(+44) 20 7946 0958',
      '0701234567',
    ],
    wrong: ['+46 1', '12345678', '2026-11-25 16:20', '123 456', '6759 6498 2643 8453'],
  },
};

describe('detectors', () => {
  for (const kind of detectorKinds) {
    const known = cases[kind];
    if (known === undefined) continue;
    const masking = maskingOf({ detectors: [kind], phoneCountries: ['SE'] });

    it(`find what is a right ${kind}, in the middle of a text and alone`, () => {
      for (const written of known.right) {
        for (const text of [written, `min är ${written}, tack`, `(${written})`, `x\n${written}\ny`]) {
          const { found, spans, text: masked } = masking.mask(text);
          assert.deepEqual(found, { [kind]: 1 }, text);
          assert.equal(
            text.slice(spans[0]!.start, spans[0]!.end).replace(/^\(/, ''),
            written.replace(/^\(/, ''),
          );
          assert.doesNotMatch(masked.replace(/min är|tack|x\n|\ny/g, ''), /[\p{L}\p{N}]/u);
        }
      }
    });

    it(`leave alone what only looks like a ${kind}`, () => {
      for (const text of known.wrong) assert.equal(masking.mask(text).text, text);
    });
  }

  it('all have cases here, or a file of their own', () => {
    assert.deepEqual(
      detectorKinds.filter((kind) => !(kind in cases)),
      ['card'],
    );
  });
});
