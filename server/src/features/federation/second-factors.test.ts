import assert from 'node:assert/strict';
import { it } from 'node:test';
import { statesSecondFactor } from './second-factors.ts';

const states = (contexts: string[], methods: string[] = []) => statesSecondFactor({ contexts, methods });

it('takes for two factors what says so, and nothing else', () => {
  const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes';
  assert.ok(states(['https://refeds.org/profile/mfa']));
  assert.ok(
    states([`${classes}:PasswordProtectedTransport`, 'http://schemas.microsoft.com/claims/multipleauthn']),
  );
  assert.ok(states([], ['mfa']));
  assert.ok(states([], ['pwd', 'otp']));
  for (const contexts of [
    [],
    [`${classes}:PasswordProtectedTransport`],
    [`${classes}:unspecified`],
    ['https://refeds.org/profile/mfa/not'],
    ['1'],
  ])
    assert.ok(!states(contexts), contexts.join());
  for (const methods of [['pwd'], ['otp'], ['pwd', 'pin'], ['hwk', 'sms'], ['rba']])
    assert.ok(!states([], methods), methods.join());
});
