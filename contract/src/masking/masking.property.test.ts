import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { makeCorpus } from './corpus/corpus.ts';
import { maskingOf } from '../../test/masking.ts';
import { detectorKinds, type AccountRule, type MaskingConfiguration } from './configuration.ts';
import { maskingStream } from './masking-stream.ts';

const seed = Number(process.env['SAMTAL_TEST_SEED'] ?? Date.now() % 2 ** 31);
const runs = { seed, numRuns: Number(process.env['SAMTAL_TEST_RUNS'] ?? 300) };

const rule = (id: string, pattern: string, action: AccountRule['action']): AccountRule => ({
  id,
  name: id,
  pattern,
  ignoreCase: true,
  action,
  keep: 2,
  enabled: true,
});
const rules = [
  rule('password', String.raw`password:? \S+`, 'remove'),
  rule('customer', String.raw`\bKD-?\d{6}\b`, 'keep-last'),
  rule('name', 'hemlig', 'mask'),
];

const secrets = makeCorpus({ seed: seed % 1_000, perKind: 2 }).map(({ text }) => text);
/** Texts as people write them, broken up, run together, and with what evades detectors. */
const texts = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...secrets) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          ' ',
          '\n',
          '-',
          '.',
          '\u200b',
          '\u00a0',
          '@',
          '+',
          '*',
          '(',
          '𝟗',
          '４',
          '…',
        ),
      },
      { weight: 2, arbitrary: fc.stringMatching(/^[0-9 .*-]{1,24}$/) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'hello there',
          'KD-123456',
          'password: abc1',
          'hemlig',
          'beställning',
          'DE89',
          'order ',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const configurations: fc.Arbitrary<MaskingConfiguration> = fc.record({
  detectors: fc.uniqueArray(fc.constantFrom(...detectorKinds), { minLength: 1 }),
  alsoNetworks: fc.constantFrom([], ['maestro', 'elo']),
  phoneCountries: fc.constantFrom([], ['SE'], ['SE', 'US', 'GB']),
  rules: fc.constant([]),
  digits: fc.constantFrom(null, 1, 3, 4, 6, 9),
});

/** A text and where it is cut. */
const chunked = fc.tuple(texts, fc.array(fc.nat(), { maxLength: 20 })).map(([text, cuts]) => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return { text, pieces: places.slice(1).map((place, index) => text.slice(places[index], place)) };
});

describe('masking, whatever the text', () => {
  before((t) => (t as TestContext).diagnostic(`seed ${seed} (SAMTAL_TEST_SEED)`));

  it('attack 68: gives for any chunking what it gives for the whole', () => {
    fc.assert(
      fc.property(configurations, fc.boolean(), chunked, (configuration, withRules, { text, pieces }) => {
        const used = { ...configuration, rules: withRules ? rules : [] };
        const masking = maskingOf(used);
        const stream = maskingStream(masking, used);
        const told = pieces.map((piece) => stream.push(piece)).join('') + stream.end();
        const whole = masking.mask(text);
        assert.equal(told, whole.text);
        assert.deepEqual(stream.found(), whole.found);
      }),
      runs,
    );
  });

  it('holds back no more than the longest text, and lets out what is more with every digit masked', () => {
    const stream = maskingStream(maskingOf({ detectors: ['card'] }), { rules: [] });
    const told = stream.push('1 '.repeat(5_000));
    assert.match(told, /^(?:\* ){5000}$/);
    assert.equal(stream.end(), '');
  });

  it('changes nothing when it is done again', () => {
    fc.assert(
      fc.property(configurations, texts, (configuration, text) => {
        const masking = maskingOf(configuration);
        const { text: once } = masking.mask(text);
        assert.equal(masking.mask(once).text, once);
      }),
      runs,
    );
  });

  it('makes spans that are in order, inside the text, and never overlap, and leaves everything else as it was', () => {
    fc.assert(
      fc.property(configurations, fc.boolean(), texts, (configuration, withRules, text) => {
        const {
          spans,
          text: masked,
          found,
        } = maskingOf({ ...configuration, rules: withRules ? rules : [] }).mask(text);
        let end = 0;
        let at = 0;
        for (const span of spans) {
          assert.ok(span.start >= end && span.end > span.start && span.end <= text.length);
          const between = text.slice(end, span.start);
          assert.equal(masked.slice(at, span.left.start), between);
          assert.equal(span.ruleId !== null, span.kind === 'rule');
          at = span.left.end;
          end = span.end;
        }
        assert.equal(masked.slice(at), text.slice(end));
        assert.equal(
          Object.values(found).reduce((sum, count) => sum + count, 0),
          spans.length,
        );
      }),
      runs,
    );
  });

  it('shows nobody more without redaction than with it, and differs in digits only', () => {
    fc.assert(
      fc.property(configurations, texts, (configuration, text) => {
        const { text: redacted, unredacted } = maskingOf(configuration).mask(text);
        const plain = maskingOf({ ...configuration, digits: null }).mask(text);
        assert.equal(unredacted, plain.text);
        if (configuration.digits !== null) {
          assert.doesNotMatch(redacted, new RegExp(String.raw`\d{${configuration.digits}}`));
        }
      }),
      runs,
    );
  });
});
