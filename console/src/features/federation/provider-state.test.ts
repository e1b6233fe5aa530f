import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf } from './provider-state.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const inDays = (days: number) => new Date(now + days * 86_400_000).toISOString();
const provider = {
  active: true,
  verifiedDomains: ['almvik.example'],
  certificatesEnd: [inDays(400)],
  lastSignInAt: inDays(-1),
};

test('says what is worst of a provider', () => {
  assert.deepEqual(stateOf(provider, now), { kind: 'working' });
  assert.deepEqual(stateOf({ ...provider, lastSignInAt: null }, now), { kind: 'never-used' });
  assert.deepEqual(stateOf({ ...provider, verifiedDomains: [] }, now), { kind: 'no-domain' });
  assert.deepEqual(stateOf({ ...provider, certificatesEnd: [inDays(31)] }, now), { kind: 'working' });
  assert.deepEqual(stateOf({ ...provider, certificatesEnd: [inDays(30)] }, now), {
    kind: 'certificate-ends',
    days: 30,
  });
  assert.deepEqual(stateOf({ ...provider, certificatesEnd: [inDays(-0.1)] }, now), {
    kind: 'certificate-ended',
  });
  assert.deepEqual(stateOf({ ...provider, active: false, certificatesEnd: [inDays(-1)] }, now), {
    kind: 'off',
  });
});

test('is content when the certificate that follows is there already', () => {
  assert.deepEqual(stateOf({ ...provider, certificatesEnd: [inDays(3), inDays(700)] }, now), {
    kind: 'working',
  });
});
