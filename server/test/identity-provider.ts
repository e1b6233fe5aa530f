import {
  createHash,
  createHmac,
  createVerify,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  createCipheriv,
  constants,
  sign,
  type KeyObject,
} from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { newOwnKey } from '../src/features/federation/certificates.ts';

/*
 * A SAML 2.0 identity provider. It shares nothing with what verifies its responses: it writes XML in canonical form (exclusive
 * c14n) to begin with, so that what is digested and signed is the text as it stands.
 */

const ns = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
};
export const algorithms = {
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  hmacSha256: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
};

/** Whom it vouches for, and whatever a test wants to be otherwise. */
export interface Vouching {
  /** Of the request that it answers; none for a sign-in that began here. */
  readonly requestId?: string | null;
  readonly answerUrl: string;
  readonly audience: string;
  readonly subject?: string;
  readonly email?: string;
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly issuer?: string;
  readonly destination?: string;
  readonly recipient?: string;
  readonly confirmationRequestId?: string;
  readonly notOnOrAfter?: Date;
  readonly issuedAt?: Date;
  readonly assertionId?: string;
  /** The content of NameID as XML. */
  readonly nameIdXml?: string;
  readonly nameIdFormat?: string;
  /** Of the person's session there. */
  readonly sessionIndex?: string;
  /** When the person signed in there; null: nothing is said of it. Now, unless given. */
  readonly signedInAt?: Date | null;
  /** The authentication context class that it states. */
  readonly context?: string;
  readonly signs?: 'assertion' | 'response' | 'both' | 'nothing';
}

/** Whose sign-in is over, and whatever a test wants to be otherwise. */
export interface Leaving {
  readonly destination: string;
  readonly subject: string;
  readonly sessions?: readonly string[];
  readonly id?: string;
  readonly issuer?: string;
  readonly issuedAt?: Date;
  readonly notOnOrAfter?: Date;
  /** In place of the NameID. */
  readonly nameIdXml?: string;
}

/** What it learns from the browser that comes. */
export interface ReceivedRequest {
  readonly id: string;
  readonly relay: string;
  readonly issuer: string;
  readonly answerUrl: string;
  readonly xml: string;
}

export class TestIdentityProvider {
  readonly entityId: string;
  readonly signInUrl: string;
  readonly signOutUrl: string;
  readonly certificate: string;
  readonly #key: string;

  private constructor(base: string, key: string, certificate: string) {
    this.entityId = `${base}/metadata`;
    this.signInUrl = `${base}/sso`;
    this.signOutUrl = `${base}/slo`;
    this.certificate = certificate;
    this.#key = key;
  }

  static async make(base = 'https://idp.almvik.example'): Promise<TestIdentityProvider> {
    const { key, certificate } = await newOwnKey('idp');
    return new TestIdentityProvider(base, key, certificate);
  }

  /** What an account agrees with it: it lets in users of this domain who are there, and gives nobody a role. */
  agreement(domain: string) {
    return {
      protocol: 'saml' as const,
      name: 'Almvik',
      active: true,
      domains: [domain],
      createsUsers: false,
      groupRoles: [],
      attributes: { email: null, name: null, groups: null },
      saml: {
        entityId: this.entityId,
        signInUrl: this.signInUrl,
        certificates: [this.certificate],
        signed: 'assertion' as const,
        unsolicited: false,
        encrypted: false,
        signOutUrl: null,
        signsOutThere: false,
      },
    };
  }

  get metadata(): string {
    const base64 = this.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    return `<?xml version="1.0" encoding="UTF-8"?>
<!-- as it is served -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${this.entityId}">
<md:IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="${ns.samlp}">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${ns.ds}"><ds:X509Data><ds:X509Certificate>
${base64}
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${this.signOutUrl}/post"/>
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${this.signOutUrl}"/>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${this.signInUrl}/post"/>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${this.signInUrl}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`;
  }

  /** Reads what a browser was sent here with, and believes it only when our certificate signed it. */
  receive(url: string, ourCertificate: string): ReceivedRequest {
    const query = url.slice(url.indexOf('?') + 1);
    const [signed = '', signature = ''] = query.split('&Signature=');
    const isSigned = createVerify('sha256')
      .update(signed)
      .verify(ourCertificate, decodeURIComponent(signature), 'base64');
    if (!isSigned) throw new Error('The request is not signed by the service');
    const params = new URLSearchParams(signed);
    const xml = inflateRawSync(
      Buffer.from(params.get('SAMLRequest') ?? params.get('SAMLResponse') ?? '', 'base64'),
    ).toString();
    const part = (pattern: RegExp) => pattern.exec(xml)?.[1] ?? '';
    return {
      id: part(/ ID="([^"]+)"/),
      relay: params.get('RelayState') ?? '',
      issuer: part(/<saml:Issuer>([^<]+)</),
      answerUrl: part(/AssertionConsumerServiceURL="([^"]+)"/),
      xml,
    };
  }

  /** A response as XML. */
  respond(vouching: Vouching): string {
    const { signs = 'assertion' } = vouching;
    const plain = this.assertion(vouching);
    const assertion = signs === 'assertion' || signs === 'both' ? this.signed(plain) : plain;
    const response = this.response(vouching, assertion);
    return signs === 'response' || signs === 'both' ? this.signed(response) : response;
  }

  /** Whatever stands in it, in a response. */
  response(
    { requestId, answerUrl, destination = answerUrl, issuer = this.entityId }: Vouching,
    content: string,
  ) {
    const inResponseTo = requestId === null || requestId === undefined ? '' : ` InResponseTo="${requestId}"`;
    return (
      `<samlp:Response xmlns:samlp="${ns.samlp}" Destination="${destination}" ID="${newId()}"${inResponseTo} IssueInstant="${new Date().toISOString()}" Version="2.0">` +
      `<saml:Issuer xmlns:saml="${ns.saml}">${issuer}</saml:Issuer>` +
      `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>${content}</samlp:Response>`
    );
  }

  assertion(vouching: Vouching): string {
    const { subject = 'u-1001', email = 'vera@almvik.example', name = 'Vera Lind', groups = [] } = vouching;
    const { issuedAt = new Date(), issuer = this.entityId, answerUrl, recipient = answerUrl } = vouching;
    const end = (vouching.notOnOrAfter ?? new Date(issuedAt.getTime() + 4 * 60_000)).toISOString();
    const at = issuedAt.toISOString();
    const signedInAt = vouching.signedInAt === undefined ? issuedAt : vouching.signedInAt;
    const instant = signedInAt === null ? '' : ` AuthnInstant="${signedInAt.toISOString()}"`;
    const answers = vouching.confirmationRequestId ?? vouching.requestId ?? '';
    const inResponseTo = answers === '' ? '' : ` InResponseTo="${answers}"`;
    const format = vouching.nameIdFormat ?? 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const attribute = (called: string, values: readonly string[]) =>
      `<saml:Attribute Name="${called}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`;
    return (
      `<saml:Assertion xmlns:saml="${ns.saml}" ID="${vouching.assertionId ?? newId()}" IssueInstant="${at}" Version="2.0">` +
      `<saml:Issuer>${issuer}</saml:Issuer>` +
      `<saml:Subject><saml:NameID Format="${format}">${vouching.nameIdXml ?? subject}</saml:NameID>` +
      `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
      `<saml:SubjectConfirmationData${inResponseTo} NotOnOrAfter="${end}" Recipient="${recipient}"></saml:SubjectConfirmationData>` +
      `</saml:SubjectConfirmation></saml:Subject>` +
      `<saml:Conditions NotBefore="${at}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${vouching.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
      `<saml:AuthnStatement${instant} SessionIndex="${vouching.sessionIndex ?? newId()}"><saml:AuthnContext><saml:AuthnContextClassRef>${vouching.context ?? 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
      `<saml:AttributeStatement>${attribute('email', [email])}${attribute('displayName', [name])}${groups.length === 0 ? '' : attribute('groups', groups)}</saml:AttributeStatement>` +
      `</saml:Assertion>`
    );
  }

  /** Says that a sign-in is over. */
  logoutRequest(leaving: Leaving): string {
    const { destination, issuer = this.entityId, issuedAt = new Date(), sessions = [] } = leaving;
    const end =
      leaving.notOnOrAfter === undefined ? '' : ` NotOnOrAfter="${leaving.notOnOrAfter.toISOString()}"`;
    const nameId =
      leaving.nameIdXml ??
      `<saml:NameID xmlns:saml="${ns.saml}" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${leaving.subject}</saml:NameID>`;
    const indexes = sessions.map((each) => `<samlp:SessionIndex>${each}</samlp:SessionIndex>`).join('');
    return (
      `<samlp:LogoutRequest xmlns:samlp="${ns.samlp}" Destination="${destination}" ID="${leaving.id ?? newId()}" IssueInstant="${issuedAt.toISOString()}"${end} Version="2.0">` +
      `<saml:Issuer xmlns:saml="${ns.saml}">${issuer}</saml:Issuer>${nameId}${indexes}</samlp:LogoutRequest>`
    );
  }

  /** Says that it has signed out whom we sent. */
  logoutResponse({ destination, requestId }: { destination: string; requestId: string }): string {
    return (
      `<samlp:LogoutResponse xmlns:samlp="${ns.samlp}" Destination="${destination}" ID="${newId()}" InResponseTo="${requestId}" IssueInstant="${new Date().toISOString()}" Version="2.0">` +
      `<saml:Issuer xmlns:saml="${ns.saml}">${this.entityId}</saml:Issuer>` +
      `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status></samlp:LogoutResponse>`
    );
  }

  /** The query of the HTTP-Redirect binding. */
  query(
    as: 'SAMLRequest' | 'SAMLResponse',
    xml: string,
    {
      relay = '',
      key = this.#key,
      algorithm = algorithms.rsaSha256,
    }: SigningOptions & { relay?: string } = {},
  ): string {
    const message = deflateRawSync(Buffer.from(xml)).toString('base64');
    const relayed = relay === '' ? '' : `&RelayState=${encodeURIComponent(relay)}`;
    const signed = `${as}=${encodeURIComponent(message)}${relayed}&SigAlg=${encodeURIComponent(algorithm)}`;
    const hash = algorithm === algorithms.rsaSha1 ? 'sha1' : 'sha256';
    const signature = sign(hash, Buffer.from(signed), key).toString('base64');
    return `${signed}&Signature=${encodeURIComponent(signature)}`;
  }

  /** The element with a signature after its issuer. */
  signed(element: string, how: SigningOptions = {}): string {
    const issuerEnd = element.indexOf('</saml:Issuer>') + '</saml:Issuer>'.length;
    return element.slice(0, issuerEnd) + this.signatureOf(element, how) + element.slice(issuerEnd);
  }

  /** Over this element, which has an ID. */
  signatureOf(element: string, how: SigningOptions = {}): string {
    const { algorithm = algorithms.rsaSha256, key = this.#key, keyInfo = '' } = how;
    const hash = algorithm === algorithms.rsaSha1 ? 'sha1' : 'sha256';
    const digestName = hash === 'sha1' ? `${ns.ds}sha1` : 'http://www.w3.org/2001/04/xmlenc#sha256';
    const digest = createHash(hash).update(element).digest('base64');
    const id = / ID="([^"]+)"/.exec(element)?.[1] ?? '';
    const empty = (called: string, value: string) => `<ds:${called} Algorithm="${value}"></ds:${called}>`;
    const c14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    const info =
      `<ds:SignedInfo xmlns:ds="${ns.ds}">${empty('CanonicalizationMethod', c14n)}${empty('SignatureMethod', algorithm)}` +
      `<ds:Reference URI="#${id}"><ds:Transforms>${empty('Transform', `${ns.ds}enveloped-signature`)}${empty('Transform', c14n)}</ds:Transforms>` +
      `${empty('DigestMethod', digestName)}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const value =
      algorithm === algorithms.hmacSha256
        ? createHmac('sha256', this.certificate).update(info).digest('base64')
        : sign(hash, Buffer.from(info), key).toString('base64');
    const stands = info.replace(` xmlns:ds="${ns.ds}"`, '');
    return `<ds:Signature xmlns:ds="${ns.ds}">${stands}<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfo}</ds:Signature>`;
  }

  /** An assertion for the holder of a certificate alone: RSA-OAEP and AES-256-GCM, or the CBC that is refused. */
  encrypted(assertion: string, forCertificate: string, cipher: 'gcm' | 'cbc' = 'gcm'): string {
    const key = randomBytes(32);
    const iv = randomBytes(16);
    const gcm = createCipheriv('aes-256-gcm', key, iv.subarray(0, 12));
    const cbc = createCipheriv('aes-256-cbc', key, iv);
    const parts: Buffer[] =
      cipher === 'gcm'
        ? [iv.subarray(0, 12), gcm.update(assertion), gcm.final(), gcm.getAuthTag()]
        : [iv, cbc.update(assertion), cbc.final()];
    const wrapped = publicEncrypt(
      { key: forCertificate, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      key,
    );
    const enc = 'http://www.w3.org/2001/04/xmlenc#';
    const method = cipher === 'gcm' ? 'http://www.w3.org/2009/xmlenc11#aes256-gcm' : `${enc}aes256-cbc`;
    const value = (content: Buffer) =>
      `<xenc:CipherData><xenc:CipherValue>${content.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
    return (
      `<saml:EncryptedAssertion xmlns:saml="${ns.saml}"><xenc:EncryptedData xmlns:xenc="${enc}" Type="${enc}Element">` +
      `<xenc:EncryptionMethod Algorithm="${method}"/><ds:KeyInfo xmlns:ds="${ns.ds}"><xenc:EncryptedKey>` +
      `<xenc:EncryptionMethod Algorithm="${enc}rsa-oaep-mgf1p"><ds:DigestMethod Algorithm="${ns.ds}sha1"/></xenc:EncryptionMethod>` +
      `${value(wrapped)}</xenc:EncryptedKey></ds:KeyInfo>${value(Buffer.concat(parts))}</xenc:EncryptedData></saml:EncryptedAssertion>`
    );
  }
}

interface SigningOptions {
  readonly algorithm?: string;
  readonly key?: string | KeyObject;
  readonly keyInfo?: string;
}

/** A key that nobody has been told of. */
export function strangersKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

export function newId(): string {
  return `_${randomBytes(16).toString('hex')}`;
}
