import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

interface Asked {
  readonly challenge: string;
  readonly rp?: { readonly id?: string };
  readonly rpId?: string;
}

/** How an authenticator behaves that does not behave well. */
interface Quirks {
  readonly origin?: string;
  readonly verified?: boolean;
  readonly counter?: number;
}

/** A security key (WebAuthn level 3, section 6) that holds one passkey, in software. */
export class Authenticator {
  readonly id: string = randomBytes(16).toString('base64url');
  readonly #keys: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  });
  readonly #origin: string;
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** What the browser answers when a passkey is made. */
  create(options: unknown, quirks: Quirks = {}): Record<string, unknown> {
    const asked = options as Asked;
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const credentialId = Buffer.from(this.id, 'base64url');
    const key = Buffer.concat([
      // COSE (RFC 9053): EC2, ES256, P-256, x, y.
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, 'base64url'),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, 'base64url'),
    ]);
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, credentialId.length]),
      credentialId,
      key,
    ]);
    const data = Buffer.concat([this.#data(asked.rp?.id ?? '', 0x40, quirks), attested]);
    const attestation = Buffer.concat([
      // CBOR: { fmt: 'none', attStmt: {}, authData }.
      Buffer.from([0xa3, 0x63]),
      Buffer.from('fmt'),
      Buffer.from([0x64]),
      Buffer.from('none'),
      Buffer.from([0x67]),
      Buffer.from('attStmt'),
      Buffer.from([0xa0, 0x68]),
      Buffer.from('authData'),
      Buffer.from([0x59, data.length >> 8, data.length & 0xff]),
      data,
    ]);
    return this.#answer({
      clientDataJSON: this.#client('webauthn.create', asked, quirks).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['usb'],
    });
  }

  /** What the browser answers when a passkey is asked for. */
  get(options: unknown, quirks: Quirks = {}): Record<string, unknown> {
    const asked = options as Asked;
    const data = this.#data(asked.rpId ?? '', 0, quirks);
    const client = this.#client('webauthn.get', asked, quirks);
    const signature = createSign('sha256')
      .update(data)
      .update(createHash('sha256').update(client).digest())
      .sign(this.#keys.privateKey);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    });
  }

  /** Whose it is, that somebody is there, that they showed who they are, and how often it was used. */
  #data(rpId: string, flags: number, { verified = true, counter }: Quirks): Buffer {
    this.#counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.#counter);
    return Buffer.concat([
      createHash('sha256').update(rpId).digest(),
      Buffer.from([flags | 0x01 | (verified ? 0x04 : 0)]),
      count,
    ]);
  }

  #client(type: string, { challenge }: Asked, { origin = this.#origin }: Quirks): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #answer(response: Record<string, unknown>): Record<string, unknown> {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }
}
