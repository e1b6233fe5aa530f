import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { pauseMs, sayAgainMs, TypingSignal } from './typing.ts';

function signal(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const said: boolean[] = [];
  return {
    said,
    signal: new TypingSignal((on) => said.push(on)),
    pass: (ms: number) => t.mock.timers.tick(ms),
  };
}

test('many strokes make few frames', (t) => {
  const { said, signal: typing, pass } = signal(t);
  for (let stroke = 0; stroke < 40; stroke += 1) {
    typing.typed();
    pass(sayAgainMs / 20);
  }
  assert.deepEqual(said, [true, true]);
});

test('a pause ends it, and only once', (t) => {
  const { said, signal: typing, pass } = signal(t);
  typing.typed();
  pass(pauseMs);
  typing.stop();
  pass(pauseMs);
  assert.deepEqual(said, [true, false]);
});

test('nothing is said to have stopped that never began', (t) => {
  const { said, signal: typing } = signal(t);
  typing.stop();
  assert.deepEqual(said, []);
});
