import { localName, readGuarded, refuseUnless, type XmlElement } from './xml-guard.ts';

const signing = [
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
];
/** RSA-OAEP and AES-GCM, and the SHA-1 that is in the name of the former: it is no signature's there. */
const encrypting = [
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
];
const oaepDigest = 'http://www.w3.org/2000/09/xmldsig#sha1';

/** Written out, so that two ways of writing one value cannot hide that two are the same. */
const plainId = /^[A-Za-z_][\w.-]{0,255}$/;

export interface ExpectedResponse {
  readonly answerUrl: string;
  readonly encrypted: boolean;
}

/**
 * Refuses what no honest provider sends: more than one response, assertion or signature in a place, signatures over
 * something else than where they stand, algorithms that are not on the list, and what is not addressed to us (C4). What is
 * let through still has to be verified. Throws UnfitXmlError.
 */
export function judgeResponse(bytes: Buffer, { answerUrl, encrypted }: ExpectedResponse): void {
  const elements = readGuarded(bytes);
  const [root] = elements;
  const assertions = elements.filter(({ name }) => name === 'Assertion' || name === 'EncryptedAssertion');
  const [assertion] = assertions;
  refuseUnless(root.name === 'Response' && count(elements, 'Response') === 1, 'structure');
  refuseUnless(assertions.length === 1 && assertion?.parent === root, 'structure');
  const isEncrypted = assertion.name === 'EncryptedAssertion';
  refuseUnless(!isEncrypted || encrypted, 'encrypted');
  for (const name of ['EncryptedData', 'EncryptedKey'])
    refuseUnless(count(elements, name) === (isEncrypted ? 1 : 0), 'encrypted');
  judgeIds(elements);
  judgeAlgorithms(elements, isEncrypted);
  judgeSignatures(elements, isEncrypted ? [root] : [root, assertion]);
  refuseUnless(isEncrypted || count(elements, 'Signature') > 0, 'unsigned');
  refuseUnless(root.attributes.get('Destination') === answerUrl, 'destination');
}

/** The same for an assertion that came encrypted, once it is readable. */
export function judgeDecrypted(bytes: Buffer): void {
  const elements = readGuarded(bytes);
  const [root] = elements;
  refuseUnless(root.name === 'Assertion' && count(elements, 'Assertion') === 1, 'structure');
  refuseUnless(count(elements, 'EncryptedAssertion') + count(elements, 'Response') === 0, 'structure');
  judgeIds(elements);
  judgeAlgorithms(elements, false);
  judgeSignatures(elements, [root]);
}

/**
 * The same for a message that holds no assertion and is signed as a whole (log-out): in the document, or beside it in the address
 * that it came in.
 */
export function judgeMessage(
  bytes: Buffer,
  { signature }: { signature: 'within' | 'beside' },
): readonly [XmlElement, ...XmlElement[]] {
  const elements = readGuarded(bytes);
  const [root] = elements;
  refuseUnless(root.name === 'LogoutRequest' || root.name === 'LogoutResponse', 'structure');
  refuseUnless(count(elements, root.name) === 1, 'structure');
  for (const name of ['Response', 'Assertion', 'EncryptedAssertion', 'EncryptedData'])
    refuseUnless(count(elements, name) === 0, 'structure');
  judgeIds(elements);
  judgeAlgorithms(elements, false);
  judgeSignatures(elements, [root]);
  refuseUnless(count(elements, 'Signature') === (signature === 'within' ? 1 : 0), 'signature');
  return elements;
}

function count(elements: readonly XmlElement[], name: string): number {
  return elements.filter((element) => element.name === name).length;
}

function judgeIds(elements: readonly XmlElement[]): void {
  const seen = new Set<string>();
  for (const { attributes } of elements) {
    for (const [key, value] of attributes) {
      if (localName(key).toLowerCase() !== 'id') continue;
      refuseUnless(plainId.test(value) && !seen.has(value), 'ids');
      seen.add(value);
    }
  }
}

function judgeAlgorithms(elements: readonly XmlElement[], isEncrypted: boolean): void {
  for (const { name, parent, attributes } of elements) {
    const isOaepDigest = isEncrypted && name === 'DigestMethod' && parent?.name === 'EncryptionMethod';
    const known = [...signing, ...(isEncrypted ? encrypting : []), ...(isOaepDigest ? [oaepDigest] : [])];
    for (const [key, value] of attributes)
      if (localName(key).toLowerCase() === 'algorithm') refuseUnless(known.includes(value), 'algorithm');
  }
}

/** A signature stands directly in what it signs, signs all of it, and nothing else. */
function judgeSignatures(elements: readonly XmlElement[], signed: readonly XmlElement[]): void {
  refuseUnless(count(elements, 'Object') + count(elements, 'Extensions') === 0, 'structure');
  const signatures = elements.filter(({ name }) => name === 'Signature');
  refuseUnless(new Set(signatures.map(({ parent }) => parent)).size === signatures.length, 'signature');
  for (const { parent, children } of signatures) {
    refuseUnless(parent !== null && signed.includes(parent), 'signature');
    const infos = children.filter(({ name }) => name === 'SignedInfo');
    refuseUnless(infos.length === 1 && count(children, 'SignatureValue') === 1, 'signature');
    const references = infos[0]?.children.filter(({ name }) => name === 'Reference') ?? [];
    const [reference] = references;
    refuseUnless(references.length === 1 && reference !== undefined, 'signature');
    refuseUnless(reference.attributes.get('URI') === `#${parent.attributes.get('ID') ?? ''}`, 'signature');
    refuseUnless(count(reference.children, 'DigestValue') === 1, 'signature');
    const digest = reference.children.find((child) => child.name === 'DigestValue');
    refuseUnless(digest?.children.length === 0, 'signature');
  }
  for (const name of ['SignedInfo', 'Reference', 'SignatureValue', 'DigestValue'])
    refuseUnless(count(elements, name) === signatures.length, 'signature');
}
