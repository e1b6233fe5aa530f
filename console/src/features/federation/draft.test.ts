import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, draftOf, fieldsOf, joined, withMetadata } from './draft.ts';

test('keeps the certificate from before beside one that follows it, and never more than two', () => {
  const draft = draftOf(null);
  const metadata = (certificates: string[], entityId = 'https://idp.example') => ({
    entityId,
    signInUrl: 'https://idp.example/sso',
    signOutUrl: null,
    certificates,
  });
  const first = withMetadata(draft, metadata(['A']));
  assert.deepEqual(first.saml.certificates, ['A']);
  const second = withMetadata(first, metadata(['B']));
  assert.deepEqual(second.saml.certificates, ['B', 'A']);
  assert.deepEqual(withMetadata(second, metadata(['C', 'B'])).saml.certificates, ['C', 'B']);
  assert.deepEqual(withMetadata(second, metadata(['D'], 'https://other.example')).saml.certificates, ['D']);
  assert.deepEqual(joined(['A\nB'], ['AB', 'C']), ['A\nB', 'C'], 'however its lines are broken');
});

test('sends what was said, and leaves out what was left empty', () => {
  const line = { scope: {}, purpose: ' ' };
  const fields = fieldsOf({
    ...draftOf(null),
    name: ' Almvik ',
    attributes: { email: ' mail ', name: '', groups: null },
    groupRoles: [
      { ...line, key: 1, group: ' ', roleId: 'r' },
      { ...line, key: 2, group: 'chat', roleId: null },
      { ...line, key: 3, group: 'chat', roleId: 'r', purpose: ' Leads ' },
    ],
  });
  assert.equal(fields.name, 'Almvik');
  assert.deepEqual(fields.attributes, { email: 'mail', name: null, groups: null });
  assert.deepEqual(fields.groupRoles, [
    { group: null, roleId: 'r', scope: {} },
    { group: 'chat', roleId: 'r', scope: {}, purpose: 'Leads' },
  ]);
});

test('understands a domain as people write it', () => {
  assert.deepEqual([' Almvik.Example', '@almvik.example', 'vera@almvik.example'].map(domainOf), [
    'almvik.example',
    'almvik.example',
    'almvik.example',
  ]);
});
