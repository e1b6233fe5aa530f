import { endpoint } from '../endpoint/index.ts';
import { closed, Email, Id, nullable, Type } from '../shared/index.ts';
import { FactorProof, PasskeyOptions, waysFields } from './factors.ts';
import { NewPassword, Token } from './password.ts';

export const askForRenewal = endpoint({
  id: 'signin.askForRenewal',
  method: 'POST',
  path: '/password-renewal',
  summary: 'Have a link sent by which a forgotten password is replaced',
  description: 'The answer and the time it takes are the same whether anybody has this address or not.',
  access: 'anyone',
  body: closed({ email: Email }),
  status: 204,
  errors: ['request.origin', 'request.rate-limited'],
});

export const openRenewal = endpoint({
  id: 'signin.openRenewal',
  method: 'POST',
  path: '/password-renewal/opening',
  summary: 'What a link for a new password is for',
  access: 'anyone',
  body: closed({ token: Token }),
  status: 200,
  response: closed({
    email: Email,
    passwordMinLength: Type.Integer(),
    /** What has to be shown beside the link; null when the link is enough. */
    proof: nullable(
      closed({
        ...waysFields,
        /** A code by mail will do: there is nothing better. */ mail: Type.Boolean(),
      }),
    ),
  }),
  errors: ['signin.renewal-invalid', 'request.origin', 'request.rate-limited'],
});

export const sendRenewalCode = endpoint({
  id: 'signin.sendRenewalCode',
  method: 'POST',
  path: '/password-renewal/code',
  summary: 'Send the code that has to be given with the new password',
  access: 'anyone',
  body: closed({ token: Token, /** Null: by mail, where there is nothing better. */ factorId: nullable(Id) }),
  status: 204,
  errors: [
    'signin.renewal-invalid',
    'signin.code-not-sent',
    'signin.too-many-codes',
    'not-found',
    'request.origin',
    'request.rate-limited',
  ],
});

export const startRenewalByPasskey = endpoint({
  id: 'signin.startRenewalByPasskey',
  method: 'POST',
  path: '/password-renewal/passkey',
  summary: 'What to ask the browser for, so that a passkey is shown beside the link',
  access: 'anyone',
  body: closed({ token: Token }),
  status: 200,
  response: closed({ options: PasskeyOptions }),
  errors: ['signin.renewal-invalid', 'request.origin', 'request.rate-limited'],
});

export const completeRenewal = endpoint({
  id: 'signin.completeRenewal',
  method: 'POST',
  path: '/password-renewal/completion',
  summary: 'Replace the password; every session of the user ends, and nobody is signed in by it',
  access: 'anyone',
  body: closed({ token: Token, password: NewPassword, proof: nullable(FactorProof) }),
  status: 204,
  errors: [
    'signin.renewal-invalid',
    'signin.proof-refused',
    'signin.password-weak',
    'signin.password-used',
    'request.origin',
    'request.rate-limited',
  ],
});
