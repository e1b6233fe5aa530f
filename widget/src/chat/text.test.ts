import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sayFrom } from './text.ts';

const say = sayFrom({ 'message.typing': '{name} is writing…', title: 'Chat' });

test('fills in what a text leaves open, as it is', () => {
  assert.equal(say('message.typing', { name: 'Åsa $& {name}' }), 'Åsa $& {name} is writing…');
  assert.equal(say('title'), 'Chat');
});

test('leaves a placeholder that nothing was given for, and names a text that is missing', () => {
  assert.equal(say('message.typing'), '{name} is writing…');
  assert.equal(say('launcher'), 'launcher');
});
