import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordProblem } from './password-policy.ts';

const owner = {
  email: 'sara.lindgren@almvik.example',
  name: 'Sara Lindgren',
  accountNames: ['Almviks kommun'],
  minLength: 12,
};
const problem = (password: string) => passwordProblem(password, owner);

test('takes any long password that is hard to guess, whatever it is made of', () => {
  for (const password of [
    'mjölk och blåbär på fredag',
    'korrekt häst batteri häftklammer',
    '🐴🔋📎✅🐴🔋📎✅🌷🌷🌷🌻',
    '4829-1938-5710-2847',
    'xk7mq-9wd3r-ttp2z',
    'ab\u0000cdefghij klmn',
    `xxx${'yz'.repeat(40)}å`,
  ])
    assert.equal(problem(password), null, password);
});

test('counts characters, not code units: 12 to 128', () => {
  assert.equal(problem('kort lösen!'), 'length');
  assert.equal(problem('🐴🔋📎✅🌷🌻'), 'length');
  assert.equal(problem(`${'mjölk och blåbär '.repeat(7)}!!!!!!!!!`), null);
  assert.equal(problem(`${'mjölk och blåbär '.repeat(7)}!!!!!!!!!!`), 'length');
});

test('refuses what many people choose, however it is dressed up', () => {
  for (const password of [
    'password1234',
    'Password123!',
    'PasswordPassword',
    'LÖSENORD2024!',
    'sommar2024sommar2024',
    '!!Välkommen123',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    '123456789012',
    '098765432109',
    'qwertyuiopasdf',
    'qwertyuiopåasdfg',
    'correcthorsebatterystaple',
  ])
    assert.equal(problem(password), 'common', password);
});

test('refuses the person’s own name and address, and the account’s name', () => {
  for (const password of [
    'sara.lindgren@almvik.example',
    'Sara.Lindgren1',
    'Sara Lindgren',
    'saralindgren2024',
    'almviks kommun',
    'AlmviksKommun!!',
  ])
    assert.equal(problem(password), 'personal', password);
});

test('refuses text that is not Unicode, since several such passwords would be the same', () => {
  assert.equal(problem('mjölk och \ud800 bär'), 'not-text');
});
