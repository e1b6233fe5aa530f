import assert from 'node:assert/strict';
import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { listRoles, type Role } from '@samtal/contract/access';
import {
  changeIdentityProvider,
  createIdentityProvider,
  linkUser,
  listIdentityProviders,
  readIssuer,
  type OidcProvider,
} from '@samtal/contract/federation';
import { continueSignIn, getSession, type Session } from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { SignJWT, type JWK } from 'jose';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { giveApp } from '../../../test/factors.ts';
import { newKey, TestOpenIdProvider, unsigned, type Telling } from '../../../test/openid-provider.ts';
import { Browser, codeOf, cookieOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { accessRoutes } from '../access/routes.ts';
import { federationPages, OidcClients, SamlVerifier, verifyDomain } from './index.ts';
import { federationRoutes } from './routes.ts';

const password = 'the correct horse and its battery';

describe('signing in by OpenID Connect', () => {
  let db: TestDatabase;
  let http: HttpServer;
  const verifier = new SamlVerifier();
  let accountId: string;
  let admin: TestPerson;
  let ada: Browser;
  let idp: TestOpenIdProvider;
  let provider: OidcProvider;
  let roles: Role[];
  const ended: string[] = [];

  before(async () => {
    db = await createTestDatabase();
    const { database, keyring } = db;
    const outbound = new Outbound({ networks: ['127.0.0.0/8'] });
    const oidcClients = new OidcClients({ outbound, keyring });
    const parts = { database, keyring, publicUrl: testPublicUrl, oidcClients };
    http = testHttp(db, (registered) => {
      accessRoutes(registered, { database });
      federationRoutes(registered, parts);
    });
    await federationPages(http.fastify, {
      ...parts,
      verifier,
      sessionsEnded: (ids) => void ended.push(...ids),
    });
    accountId = await testAccount(db);
    admin = await testUser(db, accountId, { roles: ['administrator'], password });
    ada = await Browser.signIn(http, admin);
    await db.database.transaction(
      'platform',
      async (tx) => await verifyDomain(tx, accountId, 'almvik.example'),
    );
    idp = await TestOpenIdProvider.start();
    roles = (await ada.call(listRoles, { params: { accountId } })).json<{ items: Role[] }>().items;
    provider = await connect();
  });
  afterEach(() => {
    idp.discovered = {};
    idp.redirections = {};
    idp.clientKeys = null;
    idp.answers = true;
    mock.timers.reset();
  });
  after(async () => {
    await http.close(0);
    await verifier.stop();
    await idp.close();
    await db.close();
  });

  const roleId = (builtIn: string) => roles.find((role) => role.builtIn === builtIn)?.id ?? '';
  let number = 0;
  const fields = (other: Partial<OidcProvider> = {}, oidc: Partial<OidcProvider['oidc']> = {}) => ({
    protocol: 'oidc' as const,
    name: `Provider ${(number += 1)}`,
    active: true,
    domains: ['almvik.example'],
    createsUsers: true,
    groupRoles: [{ group: 'chat', roleId: roleId('agent'), scope: {} }],
    attributes: { email: null, name: null, groups: null },
    clientSecret: idp.clientSecret,
    ...other,
    oidc: {
      issuer: idp.issuer,
      clientId: idp.clientId,
      authenticates: 'secret' as const,
      scopes: ['email', 'profile'],
      subjectClaim: null,
      requiresVerifiedEmail: true,
      signsOutThere: false,
      ...oidc,
    },
  });
  /** Each has what it knows of the other side for itself. */
  async function connect(
    other: Partial<OidcProvider> = {},
    oidc: Partial<OidcProvider['oidc']> = {},
  ): Promise<OidcProvider> {
    const body = fields(other, oidc);
    const answer = await ada.call(createIdentityProvider, { params: { accountId }, body });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json<OidcProvider>();
  }

  /** A browser that has come as far as the provider. */
  async function begin(of = provider, cookies = '', browser = '') {
    const elevate = cookies === '' ? '' : '?elevate=1';
    const answer = await http.fastify.inject({
      url: new URL(of.own.signInUrl).pathname + elevate,
      headers: { cookie: [cookies, browser].filter((each) => each !== '').join('; ') },
    });
    assert.equal(answer.statusCode, 303, answer.body);
    return { url: String(answer.headers.location), cookie: cookieOf(answer) };
  }
  async function bring(to: string, cookie: string): Promise<LightMyRequestResponse> {
    const { pathname, search } = new URL(to);
    return await http.fastify.inject({
      url: pathname + search,
      headers: { 'sec-fetch-site': 'cross-site', ...(cookie === '' ? {} : { cookie }) },
    });
  }
  /** The whole way. */
  async function signIn(telling: Telling = {}, of = provider, cookies = '') {
    const { url, cookie } = await begin(of, cookies);
    return await bring(idp.agree(url, telling), cookie);
  }
  /** Somebody who wants to go to a provider that nobody can be sent to. */
  const away = async (of: OidcProvider) =>
    await http.fastify.inject({ url: new URL(of.own.signInUrl).pathname });
  const lastReason = async () => {
    const { rows } = await db.asOwner<{ body: string }>(
      "select body from audit_outbox where body like '%federation.refused%' order by id desc limit 1",
    );
    return (JSON.parse(rows[0]?.body ?? '{}') as { details?: { reason: string } }).details?.reason;
  };
  async function refuses(answer: LightMyRequestResponse, reason: string): Promise<void> {
    assert.equal(answer.statusCode, 403, answer.body);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.match(answer.body, /url=\/sign-in\?refused=true/);
    assert.equal(await lastReason(), reason);
  }
  const sessionAt = async (cookie: string) =>
    (await request(http, getSession, { headers: { cookie } })).json<Session>();
  const sessionOf = async (answer: LightMyRequestResponse) => {
    assert.equal(answer.statusCode, 200, `${answer.body} ${await lastReason()}`);
    return await sessionAt(cookieOf(answer));
  };

  it('lets in whom the provider vouches for, as a user of this account with the roles of their groups', async () => {
    const { url, cookie } = await begin();
    const asked = new URL(url).searchParams;
    assert.equal(asked.get('redirect_uri'), provider.own.answerUrl);
    assert.equal(asked.get('scope'), 'openid email profile');
    assert.equal(asked.get('code_challenge_method'), 'S256');
    const answer = await bring(idp.agree(url, { claims: { groups: ['chat'] } }), cookie);
    const session = await sessionOf(answer);
    assert.equal(session.user.email, 'vera@almvik.example');
    assert.deepEqual(
      session.accounts.map(({ id }) => id),
      [accountId],
    );
    assert.ok(session.accounts[0]?.authorisations.includes('conversations.handle'));
    const second = await sessionOf(await signIn({ claims: { groups: [] } }));
    assert.equal(second.user.id, session.user.id);
    assert.deepEqual(second.accounts[0]?.authorisations, []);
  });

  it('asks for what the ID token leaves out, and believes it of the same person only', async () => {
    const bare = { email: undefined, email_verified: undefined, name: undefined, sub: 'u-2' };
    const userinfo = { email: 'lo@almvik.example', email_verified: true, name: 'Lo', groups: 'chat' };
    const session = await sessionOf(await signIn({ claims: bare, userinfo }));
    assert.equal(session.user.name, 'Lo');
    assert.ok(session.accounts[0]?.authorisations.includes('conversations.handle'));
    await refuses(await signIn({ claims: bare, userinfo: { ...userinfo, sub: 'u-3' } }), 'unverified');
  });

  it('attack 15: refuses the answer of another provider (mix-up), and one that does not say whose it is', async () => {
    for (const iss of ['https://evil.example', `${idp.issuer}/`, null])
      await refuses(await signIn({ iss }), 'unverified');
    await refuses(await signIn({ claims: { iss: 'https://evil.example' } }), 'unverified');
    // What was begun with one is answered to no other, even where both are the same to the person.
    const other = await connect();
    const { url, cookie } = await begin();
    const { search } = new URL(idp.agree(url));
    await refuses(await bring(other.own.answerUrl + search, cookie), 'request');
    await sessionOf(await bring(provider.own.answerUrl + search, cookie));
  });

  it('attack 15: refuses an ID token with another nonce, none, or that of a sign-in before', async () => {
    const nonces: (string | null | undefined)[] = [];
    const sign = async (claims: Readonly<Record<string, unknown>>) => {
      nonces.push(String(claims['nonce']));
      return await idp.sign(claims);
    };
    await sessionOf(await signIn({ sign }));
    for (const nonce of [nonces[0], 'another', undefined])
      await refuses(await signIn({ claims: { nonce } }), 'unverified');
  });

  it('attack 15: refuses an ID token that is unsigned, signed by HMAC, by a stranger’s key, or changed afterwards', async () => {
    const stranger = await newKey();
    const hmac = (key: string) => async (claims: Readonly<Record<string, unknown>>) => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
      return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
    };
    const { jwk } = idp.signingKey;
    const pem = createPublicKey({ key: jwk, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const ours = idp.signingKey;
    const signs: Telling['sign'][] = [
      async (claims) => unsigned(claims),
      async (claims) => `${(await idp.sign(claims)).split('.').slice(0, 2).join('.')}.`,
      hmac(idp.clientSecret),
      hmac(pem),
      async (claims) => await sign(claims, { kid: ours.kid, privateKey: stranger.privateKey }),
      async (claims) => await sign(claims, stranger),
      async (claims) => {
        const [header, , signature] = (await idp.sign(claims)).split('.');
        const other = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
        return `${header}.${other}.${signature}`;
      },
      async () => 'not a token',
      async (claims) => `${Buffer.from('{').toString('base64url')}.${JSON.stringify(claims)}.!!`,
    ];
    for (const each of signs)
      if (each !== undefined) await refuses(await signIn({ sign: each }), 'unverified');
  });
  async function sign(
    claims: Readonly<Record<string, unknown>>,
    { kid, privateKey }: Pick<Awaited<ReturnType<typeof newKey>>, 'kid' | 'privateKey'>,
  ): Promise<string> {
    return await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  }

  it('attack 15: refuses an ID token for another audience or party, from another time, or without its claims', async () => {
    const now = Math.floor(Date.now() / 1000);
    const wrong: Readonly<Record<string, unknown>>[] = [
      { aud: 'somebody-else' },
      { aud: ['samtal', 'somebody-else'] },
      { aud: ['samtal', 'somebody-else'], azp: 'somebody-else' },
      { azp: 'somebody-else' },
      { aud: undefined },
      { exp: now - 120 },
      { exp: undefined },
      { iat: now - 3600 },
      { iat: now + 3600 },
      { iat: undefined },
      { nbf: now + 3600 },
      { sub: undefined },
      { sub: 17 },
      { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' },
    ];
    for (const claims of wrong) await refuses(await signIn({ claims }), 'unverified');
    await sessionOf(await signIn({ claims: { aud: ['samtal', 'somebody-else'], azp: 'samtal' } }));
    // OpenID Connect Core, A.3: what belongs together.
    const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
    await sessionOf(await signIn({ accessToken, claims: { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' } }));
  });

  it('attack 15: makes nobody somebody by an address that is not verified, not in the domain, or somebody’s already', async () => {
    const lars = await testUser(db, accountId, { email: 'lars@almvik.example' });
    const as = (more: Readonly<Record<string, unknown>>) => ({
      claims: { sub: 'u-lars', email: 'Lars@almvik.example', ...more },
    });
    await refuses(await signIn(as({})), 'not-linked');
    const params = { accountId, providerId: provider.id, userId: lars.userId };
    assert.equal((await ada.call(linkUser, { params })).statusCode, 204);
    for (const unverified of [false, 'false', undefined])
      await refuses(await signIn(as({ email_verified: unverified })), 'email-unverified');
    await refuses(await signIn(as({ email: 'lars@evil.example' })), 'domain');
    await refuses(await signIn(as({ email: '' })), 'domain');
    const session = await sessionOf(await signIn(as({ email_verified: 'true' })));
    assert.equal(session.user.id, lars.userId);
    // From now on known by the name there alone, whoever else has the address.
    await refuses(await signIn(as({ sub: 'u-mallory' })), 'not-linked');

    // A provider that never says so may be believed; one that denies it never is.
    const silent = await connect({}, { requiresVerifiedEmail: false });
    const claims = { sub: 'u-5', email: 'five@almvik.example' };
    await refuses(await signIn({ claims: { ...claims, email_verified: false } }, silent), 'email-unverified');
    await sessionOf(await signIn({ claims: { ...claims, email_verified: undefined } }, silent));
    // By the address alone somebody becomes whom the directory made: so that has to be verified wherever it comes from.
    const stina = await testUser(db, accountId, { email: 'stina@almvik.example' });
    await db.asOwner('insert into provisioned_user (account_id, user_id, made) values ($1, $2, true)', [
      accountId,
      stina.userId,
    ]);
    const asStina = { sub: 'u-stina', email: 'stina@almvik.example' };
    await refuses(
      await signIn({ claims: { ...asStina, email_verified: undefined } }, silent),
      'email-unverified',
    );
    const her = await sessionOf(await signIn({ claims: { ...asStina, email_verified: true } }, silent));
    assert.equal(her.user.id, stina.userId);
    // Nor does a link wait for whoever writes the address: there somebody is linked by their name.
    const nils = await testUser(db, accountId, { email: 'nils@almvik.example' });
    const link = { params: { accountId, providerId: silent.id, userId: nils.userId } };
    assert.equal((await ada.call(linkUser, link)).statusCode, 204);
    const asNils = (sub: string) => ({ claims: { sub, email: nils.email, email_verified: undefined } });
    await refuses(await signIn(asNils('u-mallory'), silent), 'email-unverified');
    const taken = await ada.call(linkUser, { ...link, body: { subject: 'u-stina' } });
    assert.equal(codeOf(taken), 'names.taken');
    assert.equal((await ada.call(linkUser, { ...link, body: { subject: 'u-nils' } })).statusCode, 204);
    await refuses(await signIn(asNils('u-mallory'), silent), 'not-linked');
    assert.equal((await sessionOf(await signIn(asNils('u-nils'), silent))).user.id, nils.userId);
    const renamed = await ada.call(linkUser, { ...link, body: { subject: 'u-mallory' } });
    assert.equal(codeOf(renamed), 'names.taken');
    // What is said of `email` is not said of another claim.
    const attributes = { email: 'upn', name: null, groups: null };
    const other = await connect({ attributes });
    await refuses(
      await signIn({ claims: { sub: 'u-6', upn: 'vera@almvik.example' } }, other),
      'email-unverified',
    );
  });

  it('attack 11: refuses a code that another browser’s sign-in was for', async () => {
    const { url } = await begin();
    const theirs = await begin();
    await refuses(await bring(idp.agree(url), theirs.cookie), 'request');
    await refuses(await bring(idp.agree(theirs.url), ''), 'request');
    const mine = await begin();
    await refuses(await bring(idp.agree(mine.url, { state: 'made-up' }), mine.cookie), 'request');
    await refuses(await bring(provider.own.answerUrl, mine.cookie), 'request');
  });

  it('attack 10: lets one session begin by a code, however often and at once it is shown', async () => {
    const { url, cookie } = await begin();
    const to = idp.agree(url);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => await bring(to, cookie)));
    assert.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1);
    await refuses(await bring(to, cookie), 'request');
    // A code that was stolen is worth nothing in a sign-in of the thief’s: what stands behind its challenge is elsewhere.
    const victim = new URL(idp.agree((await begin()).url)).searchParams.get('code') ?? '';
    const thief = await begin();
    const injected = new URL(idp.agree(thief.url));
    injected.searchParams.set('code', victim);
    await refuses(await bring(injected.href, thief.cookie), 'unverified');
  });

  it('says why on the trail when the provider refuses, and nothing of what it wrote', async () => {
    const { url, cookie } = await begin();
    const answer = await bring(idp.deny(url), cookie);
    await refuses(answer, 'denied');
    assert.doesNotMatch(answer.body, /<b>/);
  });

  it('elevates a session by a new proof of the same person, given since it was asked for', async () => {
    const cookie = cookieOf(await signIn());
    const { url } = await begin(provider, cookie);
    assert.equal(new URL(url).searchParams.get('prompt'), 'login');
    assert.equal(new URL(url).searchParams.get('max_age'), '0');
    const now = Math.floor(Date.now() / 1000);
    for (const time of [now - 3600, undefined])
      await refuses(await signIn({ claims: { auth_time: time } }, provider, cookie), 'not-anew');
    await refuses(
      await signIn({ claims: { sub: 'u-eve', email: 'eve@almvik.example' } }, provider, cookie),
      'another-user',
    );
    assert.equal((await sessionAt(cookie)).elevatedUntil, null);
    const answer = await signIn({}, provider, cookie);
    assert.match(answer.body, /url=\/elevated/);
    assert.notEqual((await sessionAt(cookie)).elevatedUntil, null);
  });

  it('knows people by another claim, and reads groups wherever they are', async () => {
    const attributes = { email: null, name: null, groups: 'realm_access.roles' };
    const other = await connect({ attributes }, { subjectClaim: 'oid' });
    const claims = { email: 'oid@almvik.example', realm_access: { roles: ['chat'] } };
    const session = await sessionOf(await signIn({ claims: { ...claims, oid: 'o-1', sub: 'p-1' } }, other));
    assert.ok(session.accounts[0]?.authorisations.includes('conversations.handle'));
    const again = await sessionOf(await signIn({ claims: { ...claims, oid: 'o-1', sub: 'p-2' } }, other));
    assert.equal(again.user.id, session.user.id);
    await refuses(await signIn({ claims }, other), 'not-for-us');
  });

  it('proves who it is by its own key', async () => {
    const keyed = await connect({}, { authenticates: 'key' });
    idp.clientKeys = async () => {
      const answer = await http.fastify.inject({ url: new URL(keyed.own.keysUrl).pathname });
      return answer.json<{ keys: JWK[] }>();
    };
    await sessionOf(await signIn({ claims: { sub: 'k', email: 'k@almvik.example' } }, keyed));
    const { keys } = await idp.clientKeys();
    assert.deepEqual(Object.keys(keys[0] ?? {}).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    // Who knows the secret only is nobody there.
    await refuses(await signIn(), 'unverified');
  });

  it('takes up a new key of the provider, and lets go of the old one', async () => {
    const rolling = await connect();
    const claims = { sub: 'roll', email: 'roll@almvik.example' };
    await sessionOf(await signIn({ claims }, rolling));
    const old = idp.signingKey;
    await idp.roll();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
    await sessionOf(await signIn({ claims }, rolling));
    await refuses(await signIn({ claims, sign: async (all) => await sign(all, old) }, rolling), 'unverified');
    mock.timers.reset();
    const before = idp.asked.filter((path) => path === '/keys').length;
    await sessionOf(await signIn({ claims }, rolling));
    assert.equal(idp.asked.filter((path) => path === '/keys').length, before, 'keys are kept');
    await idp.roll(old);
  });

  it('leads back when the provider is away, is another one, or offers nothing that counts', async () => {
    const algorithms = 'id_token_signing_alg_values_supported';
    const lies: Readonly<Record<string, unknown>>[] = [
      { issuer: 'https://evil.example' },
      { issuer: `${idp.issuer}/` },
      { [algorithms]: ['none', 'HS256'] },
      { authorization_endpoint: undefined },
      { authorization_endpoint: 'javascript:alert(1)' },
      { token_endpoint: 17 },
    ];
    for (const discovered of lies) {
      idp.discovered = discovered;
      await refuses(await away(await connect()), 'unreachable');
      const body = { issuer: idp.issuer };
      const read = await ada.call(readIssuer, { params: { accountId }, body });
      assert.equal(codeOf(read), 'federation.issuer-unfit', JSON.stringify(discovered));
    }
    idp.discovered = {};
    const silent = await connect();
    idp.answers = false;
    await refuses(await away(silent), 'unreachable');
    const asked = idp.asked.length;
    await refuses(await away(silent), 'unreachable');
    assert.equal(idp.asked.length, asked, 'it is left alone for a while');
  });

  it('attack 57: asks no issuer inside, follows no redirection, and sends the secret to no endpoint inside', async () => {
    const inside = ['https://169.254.169.254', 'https://10.0.0.1', 'https://localhost', 'http://localhost:1'];
    for (const issuer of inside) {
      const read = await ada.call(readIssuer, { params: { accountId }, body: { issuer } });
      assert.equal(codeOf(read), 'federation.issuer-unfit', issuer);
    }
    for (const issuer of [
      'http://10.0.0.1',
      'file:///etc/passwd',
      'gopher://x',
      'https://a@b',
      'https://a/?b',
    ]) {
      const read = await ada.call(readIssuer, { params: { accountId }, body: { issuer } });
      assert.equal(codeOf(read), 'request.invalid', issuer);
    }
    for (const endpoint of ['https://169.254.169.254/token', 'https://[::1]/token']) {
      idp.discovered = { token_endpoint: endpoint };
      await refuses(await signIn({}, await connect()), 'unreachable');
    }
    idp.discovered = { token_endpoint: 'http://10.0.0.1/token' };
    await refuses(await away(await connect()), 'unreachable');
    idp.discovered = { filling: 'x'.repeat(300_000) };
    await refuses(await away(await connect()), 'unreachable');
    idp.discovered = {};
    idp.redirections = { '/keys': '/elsewhere', '/token': '/elsewhere' };
    await refuses(await signIn({}, await connect()), 'unverified');
    idp.redirections = { '/.well-known/openid-configuration': '/elsewhere' };
    await refuses(await away(await connect()), 'unreachable');
    assert.ok(!idp.asked.includes('/elsewhere'));
  });

  it('keeps the secret to itself, to its issuer, and out of versions', async () => {
    const made = await connect();
    const params = { accountId, providerId: made.id };
    const list = await ada.call(listIdentityProviders, { params: { accountId } });
    const { rows } = await db.asOwner<{ all: string }>(
      'select (select json_agg(p)::text from identity_provider p) || (select json_agg(v)::text from configuration_version v) as all',
    );
    for (const text of [list.body, rows[0]?.all ?? '']) {
      assert.ok(text.includes(made.id));
      assert.ok(!text.includes(idp.clientSecret));
    }
    const change = async (body: object) => await ada.call(changeIdentityProvider, { params, body });
    const elsewhere = { ...made.oidc, issuer: 'https://elsewhere.example' };
    assert.equal(codeOf(await change({ oidc: elsewhere })), 'federation.secret-missing');
    assert.equal((await change({ oidc: elsewhere, clientSecret: 'another' })).statusCode, 200);
    assert.equal(codeOf(await change({ oidc: made.oidc })), 'federation.secret-missing');
    assert.equal((await change({ name: 'Renamed' })).statusCode, 200);
    // By our own key no secret is needed, and none is kept.
    assert.equal((await change({ oidc: { ...elsewhere, authenticates: 'key' } })).statusCode, 200);
    assert.equal(codeOf(await change({ oidc: elsewhere })), 'federation.secret-missing');
    const saml = {
      entityId: 'x',
      signInUrl: 'https://idp.example/',
      certificates: [`-----BEGIN CERTIFICATE-----${'A'.repeat(100)}`],
      signed: 'both',
      unsolicited: false,
      encrypted: false,
      signOutUrl: null,
      signsOutThere: false,
    };
    assert.equal(codeOf(await change({ saml })), 'federation.other-protocol');
    const { clientSecret: _, ...without } = fields();
    const refused = await ada.call(createIdentityProvider, { params: { accountId }, body: without });
    assert.equal(codeOf(refused), 'federation.secret-missing');
  });

  const logoutEvent = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const logoutClaims = (other: Readonly<Record<string, unknown>> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: idp.issuer,
      aud: idp.clientId,
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
      events: logoutEvent,
      ...other,
    };
  };
  const logout = async (token: string, of = provider) =>
    await http.fastify.inject({
      method: 'POST',
      url: new URL(of.own.logoutUrl).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ logout_token: token }).toString(),
    });
  const isIn = async (cookie: string) =>
    (await request(http, getSession, { headers: { cookie } })).statusCode === 200;

  it('ends the sessions that the provider says are over, by person or by their session there, and no others', async () => {
    const come = async (sub: string, sid?: string, of = provider) =>
      cookieOf(await signIn({ claims: { sub, sid, email: `${sub}@almvik.example` } }, of));
    const other = await connect();
    const [work, home, foreign] = [
      await come('max', 's-1'),
      await come('max', 's-2'),
      await come('moa', 's-3'),
    ];
    const elsewhere = await come('mio', 's-1', other);
    ended.length = 0;
    const token = await idp.sign(logoutClaims({ sub: 'max', sid: 's-1' }), 'logout+jwt');
    const answer = await logout(token);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.deepEqual([await isIn(work), await isIn(home), await isIn(elsewhere)], [false, true, true]);
    assert.equal(ended.length, 1, 'and what stands on it is told');
    assert.equal((await logout(token)).statusCode, 400, 'said once');
    // Somebody else’s session there is not theirs.
    assert.equal((await logout(await idp.sign(logoutClaims({ sub: 'max', sid: 's-3' })))).statusCode, 200);
    assert.equal(await isIn(foreign), true);
    assert.equal((await logout(await idp.sign(logoutClaims({ sub: 'max' })))).statusCode, 200);
    assert.deepEqual([await isIn(home), await isIn(foreign)], [false, true]);
    const { rows } = await db.asOwner<{ body: string }>(
      "select body from audit_outbox where body like '%federation.signed-out%' and account_id = $1",
      [accountId],
    );
    assert.equal(rows.length, 2);
  });

  it('takes the second factor that the provider states, else one shown here, and can end the session then, too', async () => {
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    try {
      const claims = { sub: 'mfa', sid: 's-9', email: 'mfa@almvik.example' };
      const stated = await signIn({ claims: { ...claims, amr: ['pwd', 'otp'] } });
      const { user } = await sessionOf(stated);
      await refuses(await signIn({ claims: { ...claims, amr: ['pwd'] } }), 'second-factor');
      // What is asked for besides is not signed with the sign-in.
      await refuses(await signIn({ claims, userinfo: { ...claims, amr: ['mfa'] } }), 'second-factor');
      const app = await giveApp(db, user.id);
      const asked = await signIn({ claims });
      const body = { kind: 'totp', code: app.code() };
      const shown = await request(http, continueSignIn, {
        input: { body },
        headers: { cookie: cookieOf(asked) },
      });
      const cookie = cookieOf(shown);
      assert.equal(await isIn(cookie), true, shown.body);
      const token = await idp.sign(logoutClaims({ sub: 'mfa', sid: 's-9' }), 'logout+jwt');
      assert.equal((await logout(token)).statusCode, 200);
      assert.equal(await isIn(cookie), false);
    } finally {
      await setSettings(db, accountId, { 'signin.second-factor': 'where-enrolled' });
    }
  });

  it('ends no session for what is no token of the provider that says so', async () => {
    const cookie = cookieOf(await signIn());
    const stranger = await newKey();
    const sub = 'u-1001';
    const now = Math.floor(Date.now() / 1000);
    const refused: string[] = [
      '',
      'not a token',
      unsigned(logoutClaims({ sub })),
      await sign(logoutClaims({ sub }), stranger),
      await sign(logoutClaims({ sub }), { kid: idp.signingKey.kid, privateKey: stranger.privateKey }),
      // An ID token says who somebody is, and not that they have left.
      await idp.sign(logoutClaims({ sub, nonce: 'n' })),
      await idp.sign(logoutClaims({ sub, events: undefined })),
      await idp.sign(logoutClaims({ sub, events: { 'https://other.example/event': {} } })),
      await idp.sign(logoutClaims({ sub }), 'at+jwt'),
      await idp.sign(logoutClaims({ sub, iss: 'https://evil.example' })),
      await idp.sign(logoutClaims({ sub, aud: 'somebody-else' })),
      await idp.sign(logoutClaims({ sub, iat: now - 3600 })),
      await idp.sign(logoutClaims({ sub, iat: now + 3600 })),
      await idp.sign(logoutClaims({ sub, exp: now - 120 })),
      await idp.sign(logoutClaims({ sub, jti: undefined })),
      await idp.sign(logoutClaims()),
    ];
    for (const [at, token] of refused.entries()) {
      const answer = await logout(token);
      assert.equal(answer.statusCode, 400, `${at}: ${answer.body}`);
      assert.deepEqual(answer.json(), { error: 'invalid_request' });
    }
    assert.equal(await isIn(cookie), true);
    assert.equal((await logout(await idp.sign(logoutClaims({ sub })))).statusCode, 200);
    assert.equal(await isIn(cookie), false);
  });

  it('leads whoever signs out to the provider where that is agreed, and nowhere else', async () => {
    const from = async (of: OidcProvider) =>
      await http.fastify.inject({
        url: new URL(of.own.signInUrl).pathname.replace(/sign-in$/, 'sign-out'),
      });
    idp.discovered = { end_session_endpoint: `${idp.issuer}/end` };
    assert.equal((await from(await connect())).headers.location, '/sign-in');
    const agreed = await connect({}, { signsOutThere: true });
    const to = new URL(String((await from(agreed)).headers.location));
    assert.equal(to.origin + to.pathname, `${idp.issuer}/end`);
    assert.equal(to.searchParams.get('client_id'), idp.clientId);
    assert.equal(to.searchParams.get('post_logout_redirect_uri'), agreed.own.signedOutUrl);
    idp.discovered = { end_session_endpoint: 'javascript:alert(1)' };
    assert.equal((await from(await connect({}, { signsOutThere: true }))).headers.location, '/sign-in');
    idp.discovered = {};
    assert.equal((await from(await connect({}, { signsOutThere: true }))).headers.location, '/sign-in');
  });

  it('speaks to each provider in its own protocol alone', async () => {
    const { pathname } = new URL(provider.own.answerUrl);
    const post = await http.fastify.inject({
      method: 'POST',
      url: pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'SAMLResponse=eA',
    });
    assert.equal(post.statusCode, 404);
    assert.equal(
      (await http.fastify.inject({ url: pathname.replace('answer', 'metadata') })).statusCode,
      404,
    );
  });
});
