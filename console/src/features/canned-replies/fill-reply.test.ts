import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillReply } from './fill-reply.ts';

const values = { visitor: 'Mira', agent: 'Alva', case: 'ABCDE-12345' };

test('fills visitor, agent and case', () => {
  const filled = fillReply('Hello {{visitor}}, I am {{ agent }}. Your case is {{case}}.', values);
  assert.equal(filled, 'Hello Mira, I am Alva. Your case is ABCDE-12345.');
});

test('takes the space before a name that nobody knows', () => {
  assert.equal(fillReply('Hello {{visitor}}, welcome', { ...values, visitor: '' }), 'Hello, welcome');
});

test('leaves other braces as they are', () => {
  assert.equal(fillReply('Use {{name}} or {visitor}', values), 'Use {{name}} or {visitor}');
});
