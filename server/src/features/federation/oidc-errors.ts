import * as oidc from 'openid-client';
import { OutboundError } from '../../platform/outbound/index.ts';

/** What is at the address of an issuer is not what was agreed with, or not good enough. */
export class UnfitIssuerError extends Error {
  override readonly name = 'UnfitIssuerError';
}

/** Whether a provider could not be asked, or is not what was agreed. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof UnfitIssuerError || error instanceof OutboundError) return true;
  return (
    error instanceof oidc.ClientError &&
    (error.cause instanceof OutboundError || error.code === 'OAUTH_TIMEOUT')
  );
}

/** Whether what a provider said is at fault, and not the program. */
export function isOfProvider(error: unknown): boolean {
  return (
    error instanceof oidc.ClientError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError ||
    // What cannot be read as base64 or as an address is a TypeError with a code.
    (error instanceof TypeError && 'code' in error)
  );
}
