import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { makeCorpus } from './corpus/corpus.ts';
import { scoreOf, type Scores } from '../../test/masking-score.ts';
import { locales } from './corpus/templates.ts';

/** Gates on the corpus of one seed; `npm run bench -- masking-accuracy` prints all figures, on a larger one. */
describe('accuracy of masking, on a labelled corpus', () => {
  let scores: Scores;
  before(() => {
    scores = scoreOf(makeCorpus({ seed: 20_261_125, perKind: 40 }));
  });

  it('speaks at least eight languages', () => assert.ok(Object.keys(locales).length >= 8));

  it('misses fewer than one card in a thousand', () => {
    const cards = scores.detectors.find(({ kind }) => kind === 'card');
    assert.ok(cards !== undefined && cards.labels > 400 && cards.recall >= 0.999, JSON.stringify(cards));
  });

  it('misses fewer than one in a hundred of all else that it finds', () => {
    for (const score of scores.detectors) {
      assert.ok(
        score.labels > 400 && score.recall >= 0.99,
        `${JSON.stringify(score)} ${scores.missed.slice(0, 5).join(' | ')}`,
      );
    }
  });

  it('attack 69: leaves alone at least 97 of 100 texts in which numbers only look like secrets', () => {
    assert.ok(scores.untouchedNegatives >= 0.97, String(scores.untouchedNegatives));
    assert.ok(scores.precision >= 0.97, String(scores.precision));
    for (const score of scores.detectors) assert.ok(score.precision >= 0.95, JSON.stringify(score));
  });
});
