import { createPublicKey, generateKeyPair, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '../../platform/http/index.ts';

const keyBits = 2048;
const ownYears = 10;

/** PEM of a certificate in base64, however its lines are broken. */
export function pemOf(base64: string): string {
  const letters = base64.replaceAll(/\s/g, '');
  return `-----BEGIN CERTIFICATE-----\n${(letters.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

/**
 * When a certificate ends. Whether it has ended does not keep a provider from signing with its key: it was trusted because
 * an administrator put it there, and what is left to do is to warn. Refuses with federation.certificate-unfit.
 */
export function certificateEnd(pem: string): Date {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new Refusal('federation.certificate-unfit');
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < keyBits)
    throw new Refusal('federation.certificate-unfit');
  return certificate.validToDate;
}

/** A new RSA key (PKCS #8, PEM) with a certificate that it signed itself (RFC 5280), as SAML metadata wants one. */
export async function newOwnKey(commonName: string): Promise<{ key: string; certificate: string }> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
  const algorithm = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
  const who = sequence(
    der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)))),
  );
  const serial = Buffer.concat([Buffer.of(1), randomBytes(15)]);
  const now = new Date();
  const end = new Date(now);
  end.setUTCFullYear(now.getUTCFullYear() + ownYears);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    algorithm,
    who,
    sequence(instant(now), instant(end)),
    who,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.of(0), signature));
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    certificate: pemOf(certificate.toString('base64')),
  };
}

/** One value in DER (X.690): its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content);
  const { length } = value;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** GeneralizedTime, which holds after 2049, too. */
function instant(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\..*$/g, '')}Z`));
}
