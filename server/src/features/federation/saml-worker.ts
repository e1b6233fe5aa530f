import { parentPort } from 'node:worker_threads';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import * as xmlOfLibrary from '@node-saml/node-saml/lib/xml.js';
import { decrypt } from 'xml-encryption';
import type { SamlAgreement } from '@samtal/contract/federation';
import { judgeDecrypted } from './judge-response.ts';

/** A response that has passed the guard, and what it is verified against. */
export interface VerificationTask {
  /** Base64, as it came. */
  readonly response: string;
  readonly saml: SamlAgreement;
  readonly ownEntityId: string;
  readonly answerUrl: string;
  /** Of our key (PKCS #8, PEM), where assertions may come encrypted. */
  readonly ownKey: string | null;
  /** The request that it must answer; null where none was made. */
  readonly requestId: string | null;
}

/** A message signed as a whole that has passed the guard, and whose signature it has to be. */
export interface MessageTask {
  /** Base64, as it came. */
  readonly message: string;
  readonly certificates: readonly string[];
}

/** What was signed, as the library reads it; or null: it does not verify. */
export interface Verification {
  readonly assertion: unknown;
}

/** Its types speak of the DOM of browsers, which the server knows nothing of. */
const { parseDomFromString, getVerifiedXml } = xmlOfLibrary as unknown as {
  readonly parseDomFromString: (xml: string) => Promise<{ readonly documentElement: unknown }>;
  readonly getVerifiedXml: (xml: string, signed: unknown, certificates: readonly string[]) => string | null;
};

const requestLifeMs = 5 * 60_000;
const skewMs = 60_000;

async function verify(task: VerificationTask): Promise<Verification | null> {
  if (task.ownKey !== null) await judgeEncrypted(task.response, task.ownKey);
  const { saml } = task;
  const library = new SAML({
    idpCert: [...saml.certificates],
    issuer: task.ownEntityId,
    audience: task.ownEntityId,
    callbackUrl: task.answerUrl,
    idpIssuer: saml.entityId,
    wantAssertionsSigned: saml.signed !== 'response',
    wantAuthnResponseSigned: saml.signed !== 'assertion',
    validateInResponseTo: task.requestId === null ? ValidateInResponseTo.never : ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: requestLifeMs,
    maxAssertionAgeMs: requestLifeMs,
    acceptedClockSkewMs: skewMs,
    cacheProvider: onlyThe(task.requestId),
    ...(task.ownKey === null ? {} : { decryptionPvk: task.ownKey }),
  });
  const { profile } = await library.validatePostResponseAsync({ SAMLResponse: task.response });
  return profile === null ? null : { assertion: profile.getAssertion?.() };
}

/**
 * The bytes that were signed, or null. NOTE: what the library has for log-out reads the document that came, and not what was
 * signed of it; so only the verification is its own.
 */
async function verifyMessage({ message, certificates }: MessageTask): Promise<string | null> {
  const xml = Buffer.from(message, 'base64').toString('utf8');
  const { documentElement } = await parseDomFromString(xml);
  return getVerifiedXml(xml, documentElement, certificates);
}

/** Which requests there are is known to the database, and was asked already: here there is one. */
function onlyThe(requestId: string | null) {
  const since = new Date().toISOString();
  return {
    saveAsync: async () => null,
    getAsync: async (key: string) => (key === requestId ? since : null),
    removeAsync: async (key: string | null) => key,
  };
}

/** NOTE: the library decrypts without asking how it was encrypted; so what comes out is guarded before it gets to it. */
async function judgeEncrypted(response: string, key: string): Promise<void> {
  const xml = Buffer.from(response, 'base64').toString('utf8');
  if (!/<[\w.-]*:?EncryptedAssertion[\s>]/.test(xml)) return;
  const decrypted = await new Promise<string>((resolve, reject) => {
    decrypt(xml, { key, disallowDecryptionWithInsecureAlgorithm: true }, (error, content) => {
      if (error !== null && error !== undefined) reject(error);
      else resolve(content);
    });
  });
  judgeDecrypted(Buffer.from(decrypted));
}

parentPort?.on('message', (task: VerificationTask | MessageTask) => {
  void ('message' in task ? verifyMessage(task) : verify(task))
    // Why it does not verify is nobody's business outside, and the library's words may quote the document.
    .catch(() => null)
    .then((verification) => parentPort?.postMessage(verification));
});
parentPort?.postMessage('ready');
