import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMasking, UnfitRule } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { faultOf } from './pattern-fault.ts';

function problemOf(pattern: string): string {
  const rule = {
    id: 'r',
    name: 'R',
    pattern,
    ignoreCase: false,
    action: 'mask',
    keep: 0,
    enabled: true,
  } as const;
  const nothing = { detectors: [], alsoNetworks: [], phoneCountries: [], digits: null };
  try {
    compileMasking(
      { ...nothing, rules: [rule] },
      { patterns: linearPatterns, isPhoneNumber: null, now: () => 0 },
    );
    return 'fine';
  } catch (error) {
    if (!(error instanceof UnfitRule)) throw error;
    return error.message === '' ? error.reason : `${error.reason}: ${error.message}`;
  }
}

test('says in our words what the compiler says about a pattern, and where', () => {
  for (const [pattern, kind, at] of [
    ['(a', 'open-group', ''],
    ['a)', 'closed-group', ''],
    ['[a', 'open-class', '[a'],
    ['[z-a]', 'class-range', 'z-a'],
    [String.raw`\p{Foo}`, 'class-range', String.raw`\p{Foo}`],
    [String.raw`\y`, 'escape', String.raw`\y`],
    ['*a', 'nothing-to-repeat', '*'],
    ['a**', 'repeated-twice', '**'],
    ['a{2000}', 'repeat-count', '{2000}'],
    ['(?=a)', 'look-around', '(?='],
    ['(?<!a)b', 'look-around', '(?<!a)b'],
    [String.raw`(a)\1`, 'back-reference', String.raw`\1`],
    ['a\\', 'trailing-backslash', ''],
    ['(?<n>a)(?<n>b)', 'same-name', 'n'],
    ['(a{1000}){100}', 'too-large', ''],
  ] as const) {
    assert.deepEqual(faultOf(problemOf(pattern)), { kind, at }, pattern);
  }
  assert.deepEqual(faultOf('too-slow'), { kind: 'too-slow', at: '' });
  assert.deepEqual(faultOf('something new'), { kind: 'unreadable', at: '' });
});
