import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { addTicketKeys, ticketType, type TicketAlgorithm } from '@samtal/contract/tickets';
import { SignJWT } from 'jose';
import type { Person, TestAccount } from './callers.ts';

/** The organisation's own server, as far as tickets go: it has a key, and signs. */
export class TicketSigner {
  readonly kid: string;
  readonly algorithm: TicketAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;

  constructor(algorithm: TicketAlgorithm = 'ES256', kid: string = randomUUID()) {
    const pair =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
    this.privateKey = pair.privateKey;
    this.publicKey = pair.publicKey;
    this.algorithm = algorithm;
    this.kid = kid;
  }

  /** What a person pastes: a JWK set with the public key. */
  get jwks(): string {
    const jwk = this.publicKey.export({ format: 'jwk' });
    return JSON.stringify({ keys: [{ ...jwk, kid: this.kid, use: 'sig', alg: this.algorithm }] });
  }

  async addTo(account: TestAccount, by: Person): Promise<string> {
    const params = { accountId: account.id, siteId: account.siteId };
    const { items } = await by.call(addTicketKeys, { params, body: { key: this.jwks } });
    const key = items.find(({ kid }) => kid === this.kid);
    if (key === undefined) throw new Error('The key is not there');
    return key.id;
  }

  /** A ticket for this site that is good for a minute, but for what is given. Undefined leaves a claim out. */
  async sign(
    siteKey: string,
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const usual = { sub: `C-${randomUUID()}`, aud: siteKey, jti: randomUUID(), iat: now, exp: now + 60 };
    const payload = JSON.parse(JSON.stringify({ ...usual, ...claims })) as Record<string, unknown>;
    return await new SignJWT(payload)
      .setProtectedHeader({ alg: this.algorithm, kid: this.kid, typ: ticketType, ...header })
      .sign(this.privateKey, { crit: { exotic: false } });
  }
}
