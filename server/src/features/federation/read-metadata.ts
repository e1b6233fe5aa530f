import { ProviderMetadata } from '@samtal/contract/federation';
import { compileExact, Refusal } from '../../platform/http/index.ts';
import { pemOf } from './certificates.ts';
import { readGuarded, UnfitXmlError, valueOf, type XmlElement } from './xml-guard.ts';

const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const isMetadata = compileExact(ProviderMetadata);

/**
 * What the metadata of an identity provider says (SAML 2.0 metadata, 2.4). Comments are taken out, everything else is held
 * against the same guard as what providers send. Of more than two certificates the last two count: new ones are appended.
 * Refuses with federation.metadata-unfit.
 */
export function readMetadata(bytes: Buffer): ProviderMetadata {
  const said = { ...partsOf(elementsOf(bytes)) };
  // An address for signing out that is none of ours to go to keeps nobody from signing in.
  const metadata = [said, { ...said, signOutUrl: null }].find((each) => isMetadata(each));
  if (metadata === undefined) throw new Refusal('federation.metadata-unfit');
  return metadata;
}

function elementsOf(bytes: Buffer): readonly XmlElement[] {
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '');
  try {
    return readGuarded(Buffer.from(text.trim()));
  } catch (error) {
    if (error instanceof UnfitXmlError) throw new Refusal('federation.metadata-unfit');
    throw error;
  }
}

function partsOf(elements: readonly XmlElement[]): ProviderMetadata {
  const descriptors = elements.filter(({ name }) => name === 'IDPSSODescriptor');
  const [descriptor] = descriptors;
  if (descriptor === undefined || descriptors.length > 1) throw new Refusal('federation.metadata-unfit');
  const service = (called: string) =>
    descriptor.children.find(
      ({ name, attributes }) => name === called && valueOf(attributes, 'Binding') === redirect,
    )?.attributes;
  const certificates = descriptor.children
    .filter(({ name, attributes }) => name === 'KeyDescriptor' && valueOf(attributes, 'use') !== 'encryption')
    .flatMap((key) => elements.filter((each) => each.name === 'X509Certificate' && isWithin(each, key)))
    .map(({ text }) => pemOf(text));
  return {
    entityId: valueOf(descriptor.parent?.attributes, 'entityID'),
    signInUrl: valueOf(service('SingleSignOnService'), 'Location'),
    signOutUrl: valueOf(service('SingleLogoutService'), 'Location') || null,
    certificates: [...new Set(certificates)].slice(-2),
  };
}

function isWithin(element: XmlElement, outer: XmlElement): boolean {
  for (let at = element.parent; at !== null; at = at.parent) if (at === outer) return true;
  return false;
}
