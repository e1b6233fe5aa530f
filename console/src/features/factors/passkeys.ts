import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** The browser gave no passkey: it has none, or the person did not want to. */
export class NoPasskey extends Error {}

export function hasPasskeys(): boolean {
  return browserSupportsWebAuthn();
}

/** Has the browser show a passkey, as the server asks for it. Rejects with `NoPasskey`. */
export async function showPasskey(options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return { ...(await startAuthentication({ optionsJSON }).catch(noPasskey)) };
}

/** Has the browser make a passkey. Rejects with `NoPasskey`. */
export async function makePasskey(options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  return { ...(await startRegistration({ optionsJSON }).catch(noPasskey)) };
}

function noPasskey(cause: unknown): never {
  throw new NoPasskey('The browser gave no passkey', { cause });
}
