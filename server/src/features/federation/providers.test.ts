import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRole, listRoles, type Role } from '@samtal/contract/access';
import {
  changeIdentityProvider,
  createIdentityProvider,
  deleteIdentityProvider,
  findSignIn,
  linkUser,
  readProviderMetadata,
  unlinkUser,
  type SamlProvider,
} from '@samtal/contract/federation';
import { getSession, type Session } from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { testCertificate } from '../../../test/certificate.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { TestIdentityProvider } from '../../../test/identity-provider.ts';
import { Browser, codeOf, cookieOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { accessRoutes } from '../access/routes.ts';
import { newOwnKey, pemOf } from './certificates.ts';
import { federationPages, OidcClients, SamlVerifier, verifyDomain, withdrawDomain } from './index.ts';
import { judgeResponse } from './judge-response.ts';
import { readMetadata } from './read-metadata.ts';
import { tellOfRefusedClaims } from './refused-claims.ts';
import { federationRoutes } from './routes.ts';

const password = 'the correct horse and its battery';

describe('identity providers', () => {
  let db: TestDatabase;
  let http: HttpServer;
  const verifier = new SamlVerifier();
  let accountId: string;
  let otherAccount: string;
  let admin: TestPerson;
  let ada: Browser;
  let idp: TestIdentityProvider;
  let roles: Role[];

  before(async () => {
    db = await createTestDatabase();
    const { database, keyring } = db;
    const oidcClients = new OidcClients({ outbound: new Outbound({ networks: [] }), keyring });
    const parts = { database, keyring, publicUrl: testPublicUrl, oidcClients };
    http = testHttp(db, (registered) => {
      accessRoutes(registered, { database: db.database });
      federationRoutes(registered, parts);
    });
    await federationPages(http.fastify, { ...parts, verifier, sessionsEnded: () => undefined });
    [accountId, otherAccount] = [await testAccount(db), await testAccount(db, 'Bergvik')];
    admin = await testUser(db, accountId, { roles: ['administrator'], password });
    ada = await Browser.signIn(http, admin);
    idp = await TestIdentityProvider.make();
    roles = (await ada.call(listRoles, { params: { accountId } })).json<{ items: Role[] }>().items;
    await inPlatform(async (tx) => await verifyDomain(tx, accountId, 'almvik.example'));
  });
  after(async () => {
    await http.close(0);
    await verifier.stop();
    await db.close();
  });

  const inPlatform = async <Done>(work: Parameters<typeof db.database.transaction<Done>>[1]) =>
    await db.database.transaction('platform', work);
  const roleId = (builtIn: string) => roles.find((role) => role.builtIn === builtIn)?.id ?? '';
  let number = 0;
  const fields = (other: Partial<SamlProvider> = {}) => ({
    protocol: 'saml' as const,
    name: `Provider ${(number += 1)}`,
    active: true,
    domains: ['almvik.example'],
    createsUsers: true,
    groupRoles: [],
    attributes: { email: null, name: null, groups: null },
    saml: {
      entityId: idp.entityId,
      signInUrl: idp.signInUrl,
      certificates: [idp.certificate],
      signed: 'assertion' as const,
      unsolicited: false,
      encrypted: false,
      signOutUrl: null,
      signsOutThere: false,
    },
    ...other,
  });
  const create = async (by: Browser, other: Partial<SamlProvider> = {}) =>
    await by.call(createIdentityProvider, { params: { accountId }, body: fields(other) });
  const created = async (other: Partial<SamlProvider> = {}) =>
    (await create(ada, other)).json<SamlProvider>();

  async function signIn(
    provider: SamlProvider,
    who: { email: string; subject: string; signedInAt?: Date | null },
    cookies = '',
  ) {
    const { pathname } = new URL(provider.own.signInUrl);
    const elevate = cookies === '' ? '' : '?elevate=1';
    const begun = await http.fastify.inject({ url: pathname + elevate, headers: { cookie: cookies } });
    const { id, relay, xml } = idp.receive(String(begun.headers.location), provider.own.certificate);
    const response = idp.respond({
      requestId: id,
      answerUrl: provider.own.answerUrl,
      audience: provider.own.entityId,
      ...who,
    });
    const form = { SAMLResponse: Buffer.from(response).toString('base64'), RelayState: relay };
    const answer = await http.fastify.inject({
      method: 'POST',
      url: new URL(provider.own.answerUrl).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookieOf(begun) },
      payload: new URLSearchParams(form).toString(),
    });
    return { answer, xml };
  }
  const sessionAt = async (cookie: string) => await request(http, getSession, { headers: { cookie } });

  const lastRefusalOf = async ({ id }: SamlProvider) => {
    const { rows } = await db.asOwner<{ reason: string | null }>(
      'select last_refusal as reason from identity_provider where id = $1',
      [id],
    );
    return rows[0]?.reason;
  };

  it('gives nobody by a group what whoever configures it could not give', async () => {
    const made = await ada.call(createRole, {
      params: { accountId },
      body: { name: 'Federation', authorisations: ['federation.manage'], roles: [] },
    });
    const manager = await testUser(db, accountId, { roles: [{ role: made.json<Role>().id }], password });
    const mia = await Browser.signIn(http, manager);
    const groupRoles = [{ group: 'all', roleId: roleId('supervisor'), scope: {} }];
    assert.equal(codeOf(await create(mia, { groupRoles })), 'access.exceeds-own');
    const provider = (await create(mia)).json<SamlProvider>();
    const params = { accountId, providerId: provider.id };
    const widened = await mia.call(changeIdentityProvider, { params, body: { groupRoles } });
    assert.equal(codeOf(widened), 'access.exceeds-own');
    // Nor may she decide who vouches for somebody who holds more.
    const link = { ...params, userId: admin.userId };
    assert.equal(codeOf(await mia.call(linkUser, { params: link })), 'access.exceeds-own');
    assert.equal((await ada.call(linkUser, { params: link })).statusCode, 204);
    const moved = await mia.call(changeIdentityProvider, { params, body: { saml: fields().saml } });
    assert.equal(codeOf(moved), 'access.exceeds-own');
    assert.equal(codeOf(await mia.call(unlinkUser, { params: link })), 'access.exceeds-own');
  });

  it('lets nobody decide who comes as somebody whom the directory made and who holds more', async () => {
    const made = await ada.call(createRole, {
      params: { accountId },
      body: { name: 'Providers', authorisations: ['federation.manage'], roles: [] },
    });
    const manager = await testUser(db, accountId, { roles: [{ role: made.json<Role>().id }], password });
    const fred = await Browser.signIn(http, manager);
    await inPlatform(async (tx) => await verifyDomain(tx, accountId, 'directory.example'));
    const domains = ['directory.example'];
    const params = { accountId, providerId: '' };
    const changes = async (provider: SamlProvider, body: object) =>
      await fred.call(changeIdentityProvider, { params: { ...params, providerId: provider.id }, body });
    const his = (await create(fred, { domains })).json<SamlProvider>();
    const off = (await create(fred, { domains, active: false })).json<SamlProvider>();
    const elsewhere = (await create(fred, { domains: ['elsewhere.example'] })).json<SamlProvider>();

    const person = await testUser(db, accountId, {
      roles: ['administrator'],
      email: 'Ada@Directory.example',
    });
    // An invited administrator is in nobody’s hands but her own: no provider claims her.
    assert.equal((await create(fred, { domains })).statusCode, 201);
    await db.asOwner('insert into provisioned_user (account_id, user_id, made) values ($1, $2, true)', [
      accountId,
      person.userId,
    ]);
    const refusals = [
      await create(fred, { domains }),
      await changes(his, { saml: fields().saml }),
      await changes(off, { active: true }),
      await changes(elsewhere, { domains }),
    ];
    assert.deepEqual(refusals.map(codeOf), Array(4).fill('access.exceeds-own'));
    // What decides nothing about who is believed stays his, and so does another domain.
    assert.equal((await changes(his, { name: 'Fred’s' })).statusCode, 200);
    assert.equal((await changes(his, { active: false })).statusCode, 200);
    assert.equal((await create(fred, { domains: ['elsewhere.example'] })).statusCode, 201);
    assert.equal((await create(ada, { domains })).statusCode, 201);
  });

  describe('claims of whom the directory made', () => {
    const domains = ['later.example'];
    let fred: Browser;
    let fredId: string;
    let toAll: Role;
    before(async () => {
      const made = await ada.call(createRole, {
        params: { accountId },
        body: { name: 'Claims', authorisations: ['federation.manage'], roles: [] },
      });
      toAll = made.json<Role>();
      const manager = await testUser(db, accountId, { roles: [{ role: toAll.id }], password });
      fredId = manager.userId;
      fred = await Browser.signIn(http, manager);
      await inPlatform(async (tx) => await verifyDomain(tx, accountId, 'later.example'));
    });
    const change = async (by: Browser, provider: SamlProvider, body: object) =>
      await by.call(changeIdentityProvider, { params: { accountId, providerId: provider.id }, body });
    const directoryUser = async (email: string, ...held: ('administrator' | { role: string })[]) => {
      const person = await testUser(db, accountId, { roles: held, email });
      await db.asOwner('insert into provisioned_user (account_id, user_id, made) values ($1, $2, true)', [
        accountId,
        person.userId,
      ]);
      return person;
    };
    const comes = async (provider: SamlProvider, email: string) =>
      (await signIn(provider, { email, subject: email })).answer;

    it('fail at a provider of somebody who holds less, and administrators are told how to link', async () => {
      const his = (await create(fred, { domains })).json<SamlProvider>();
      const peer = await directoryUser('peer@later.example', { role: toAll.id });
      assert.equal((await comes(his, peer.email)).statusCode, 200, 'who holds as much as he does');
      const boss = await directoryUser('boss@later.example', 'administrator');
      assert.equal((await comes(his, boss.email)).statusCode, 403);
      assert.equal(await lastRefusalOf(his), 'not-linked');
      // Nor by what he adds to a provider of hers, whoever changes something else of it afterwards.
      const rogue = await TestIdentityProvider.make();
      const hers = await created({ domains: ['almvik.example'] });
      await db.asOwner('update provisioned_user set made = false where user_id = $1', [boss.userId]);
      const certificates = [idp.certificate, rogue.certificate];
      assert.equal((await change(fred, hers, { saml: { ...hers.saml, certificates } })).statusCode, 200);
      await db.asOwner('update provisioned_user set made = true where user_id = $1', [boss.userId]);
      assert.equal((await change(ada, hers, { domains, name: 'Hers by now' })).statusCode, 200);
      assert.equal((await comes(hers, boss.email)).statusCode, 403);

      const { rows } = await db.asOwner<{ details: { provider: string } }>(
        `select body::jsonb -> 'details' as details from audit_outbox
         where body::jsonb ->> 'action' = 'federation.claim-refused' and body::jsonb #>> '{subject,id}' = $1
         order by id`,
        [boss.userId],
      );
      assert.deepEqual(
        rows.map(({ details }) => details.provider),
        [his.id, hers.id],
      );
      const sent: string[][] = [];
      const tell = async () =>
        await tellOfRefusedClaims({
          database: db.database,
          claimMail: {
            isPossible: async () => true,
            send: async (to, { person, provider }) => sent.push([to, person, provider]) > 0,
          },
        });
      await tell();
      await tell();
      // Neither Fred nor whoever it is about; once, however often somebody tries.
      assert.ok(sent.every(([to]) => to !== boss.email));
      assert.deepEqual(
        sent.filter(([to]) => to === admin.email),
        [[admin.email, 'Test Person', 'Hers by now']],
      );

      // He cannot take it on, and she can: by linking, or by answering for the provider.
      assert.equal(codeOf(await change(fred, his, { confirms: true })), 'access.exceeds-own');
      assert.equal((await change(ada, hers, { confirms: true })).statusCode, 200);
      assert.equal((await comes(hers, boss.email)).statusCode, 200);
    });

    it('fail where nobody is left who decided, or when they hold too little by now', async () => {
      const leaving = await testUser(db, accountId, { roles: ['administrator'], password });
      const provider = (await create(await Browser.signIn(http, leaving), { domains })).json<SamlProvider>();
      const [nobody, agent] = [
        await directoryUser('nobody@later.example'),
        await directoryUser('agent@later.example', { role: roleId('agent') }),
      ];
      const withdrawn = await db.asOwner(
        `with gone as (delete from role_grant where user_id = $1 returning *) select * from gone`,
        [leaving.userId],
      );
      assert.equal(withdrawn.rows.length, 1);
      assert.equal((await comes(provider, agent.email)).statusCode, 403);
      await db.asOwner("update membership set status = 'inactive' where user_id = $1", [leaving.userId]);
      assert.equal((await comes(provider, nobody.email)).statusCode, 403);
      assert.equal((await change(ada, provider, { confirms: true })).statusCode, 200);
      for (const { email } of [nobody, agent]) assert.equal((await comes(provider, email)).statusCode, 200);
    });

    it('fail by a link of somebody who holds less by now, until somebody else links', async () => {
      const late = await testUser(db, accountId, { email: 'late@later.example' });
      const his = (await create(fred, { domains: ['elsewhere.example'] })).json<SamlProvider>();
      const params = { accountId, providerId: his.id, userId: late.userId };
      assert.equal((await fred.call(linkUser, { params })).statusCode, 204);
      await db.asOwner(
        `insert into role_grant (account_id, id, user_id, role_id, scope) values ($1, gen_random_uuid(), $2, $3, '{}')`,
        [accountId, late.userId, roleId('supervisor')],
      );
      await db.asOwner('update identity_provider set domains = $2 where id = $1', [his.id, domains]);
      assert.equal((await comes(his, late.email)).statusCode, 403);
      assert.equal(await lastRefusalOf(his), 'not-linked');
      assert.equal(codeOf(await fred.call(linkUser, { params })), 'access.exceeds-own');
      assert.equal((await ada.call(linkUser, { params })).statusCode, 204);
      assert.equal((await comes(his, late.email)).statusCode, 200);
      assert.notEqual(late.userId, fredId);
    });
  });

  it('asks for elevation, and keeps everybody else out', async () => {
    const lowered = await Browser.signIn(http, admin, { elevated: false });
    assert.equal(codeOf(await create(lowered)), 'signin.elevation-required');
    const agent = await testUser(db, accountId, { roles: ['agent'], password });
    assert.equal(codeOf(await create(await Browser.signIn(http, agent))), 'access.forbidden');
  });

  it('ends the sessions that a provider began with the provider, its being on, and the link', async () => {
    const provider = await created();
    const params = { accountId, providerId: provider.id };
    const vera = { email: 'vera@almvik.example', subject: 'v' };
    const cookie = cookieOf((await signIn(provider, vera)).answer);
    const session = await sessionAt(cookie);
    assert.equal(session.statusCode, 200);
    const change = async (active: boolean) =>
      await ada.call(changeIdentityProvider, { params, body: { active } });
    await change(false);
    assert.equal((await sessionAt(cookie)).statusCode, 401);
    const { pathname } = new URL(provider.own.signInUrl);
    assert.equal((await http.fastify.inject({ url: pathname })).statusCode, 404);
    await change(true);
    assert.equal((await sessionAt(cookie)).statusCode, 200);
    const { user } = session.json<Session>();
    await ada.call(unlinkUser, { params: { ...params, userId: user.id } });
    assert.equal((await sessionAt(cookie)).statusCode, 401);
    await ada.call(linkUser, { params: { ...params, userId: user.id } });
    const again = cookieOf((await signIn(provider, vera)).answer);
    assert.equal((await sessionAt(again)).statusCode, 200);
    await ada.call(deleteIdentityProvider, { params, body: {} });
    assert.equal((await sessionAt(again)).statusCode, 401);
  });

  it('lets a session of one account’s provider reach no other account of the same person', async () => {
    const both = await testUser(db, accountId, { email: 'both@almvik.example', roles: ['agent'] });
    await testUser(db, otherAccount, { email: 'both@almvik.example', roles: ['administrator'] });
    const provider = await created();
    await ada.call(linkUser, { params: { accountId, providerId: provider.id, userId: both.userId } });
    const { answer } = await signIn(provider, { email: both.email, subject: 'both' });
    const cookie = cookieOf(answer);
    const { accounts, user } = (await sessionAt(cookie)).json<Session>();
    assert.equal(user.id, both.userId);
    assert.deepEqual(
      accounts.map(({ id }) => id),
      [accountId],
    );
    const elsewhere = await request(http, listRoles, {
      input: { params: { accountId: otherAccount } },
      headers: { cookie },
    });
    assert.equal(codeOf(elsewhere), 'not-found');
  });

  it('elevates a session by a new proof of the same person at the provider', async () => {
    const provider = await created();
    const vera = { email: 'vera-2@almvik.example', subject: 'v2' };
    const cookie = cookieOf((await signIn(provider, vera)).answer);
    const { answer: stranger } = await signIn(
      provider,
      { email: 'eve@almvik.example', subject: 'eve' },
      cookie,
    );
    assert.equal(stranger.statusCode, 403);
    assert.equal((await sessionAt(cookie)).json<Session>().elevatedUntil, null);
    // A provider that asks nobody anew, or does not say whether it did, proves nothing.
    for (const signedInAt of [new Date(Date.now() - 3_600_000), null]) {
      assert.equal((await signIn(provider, { ...vera, signedInAt }, cookie)).answer.statusCode, 403);
      assert.equal(await lastRefusalOf(provider), 'not-anew');
    }
    assert.equal((await sessionAt(cookie)).json<Session>().elevatedUntil, null);
    const { answer, xml } = await signIn(provider, vera, cookie);
    assert.match(xml, /ForceAuthn="true"/);
    assert.equal(answer.statusCode, 200);
    assert.notEqual((await sessionAt(cookie)).json<Session>().elevatedUntil, null);
  });

  it('attack 24: finds where to sign in by a verified domain, whoever is asked for', async () => {
    const find = async (email: string) =>
      (await request(http, findSignIn, { input: { body: { email } } })).json<{ signInUrl: string | null }>();
    const { email } = await testUser(db, accountId, { email: 'known@almvik.example', password });
    const known = await find(email);
    assert.match(known.signInUrl ?? '', /\/identity-providers\/[0-9a-f-]+\/sign-in$/);
    assert.deepEqual(await find('nobody@ALMVIK.example'), known);
    assert.deepEqual(await find('vera@bergvik.example'), { signInUrl: null, only: false });
    const foreign = await request(http, findSignIn, {
      input: { body: { email: 'x@almvik.example' } },
      headers: { origin: 'https://evil.example' },
    });
    assert.equal(codeOf(foreign), 'request.origin');
    assert.equal(
      await inPlatform(async (tx) => await verifyDomain(tx, otherAccount, 'almvik.example')),
      false,
    );
    assert.equal(
      await inPlatform(async (tx) => await withdrawDomain(tx, otherAccount, 'almvik.example')),
      false,
    );
  });

  it('tells about us before a provider is switched on, and lets nobody in by it', async () => {
    const { own } = await created({ active: false });
    const metadata = await http.fastify.inject({ url: new URL(own.metadataUrl).pathname });
    assert.equal(metadata.statusCode, 200);
    assert.ok(metadata.body.includes(own.answerUrl));
    const begun = await http.fastify.inject({ url: new URL(own.signInUrl).pathname });
    assert.equal(begun.statusCode, 404);
  });

  it('reads metadata, and refuses what is none', async () => {
    const { entityId, signInUrl, signOutUrl, certificate } = idp;
    assert.deepEqual(readMetadata(Buffer.from(idp.metadata)), {
      entityId,
      signInUrl,
      signOutUrl,
      certificates: [certificate],
    });
    for (const [there, other] of [
      [`${signOutUrl}"`, 'javascript:alert(1)"'],
      ['SingleLogoutService', 'Other'],
    ] as const)
      assert.equal(readMetadata(Buffer.from(idp.metadata.replaceAll(there, other))).signOutUrl, null);
    const unfit = [
      '<x/>',
      idp.metadata.replaceAll('HTTP-Redirect', 'SOAP'),
      `<!DOCTYPE x [<!ENTITY a "b">]>${idp.metadata}`,
      idp.metadata.replace('https://idp.almvik.example/sso"/>\n</md', 'javascript:alert(1)"/>\n</md'),
    ];
    for (const text of unfit)
      assert.throws(() => readMetadata(Buffer.from(text)), { code: 'federation.metadata-unfit' });
    assert.equal(readProviderMetadata.takesFile, true);
  });

  it('takes certificates that it can use, two while one replaces the other', async () => {
    const old = (await newOwnKey('old')).certificate;
    const { saml } = fields();
    const provider = await created({ saml: { ...saml, certificates: [old, idp.certificate] } });
    assert.equal(provider.certificatesEnd.length, 2);
    const { answer } = await signIn(provider, { email: 'roll@almvik.example', subject: 'roll' });
    assert.equal(answer.statusCode, 200);
    const broken = pemOf('A'.repeat(200));
    // An elliptic curve: none of the algorithms that are let through.
    for (const certificate of [broken, testCertificate().cert])
      assert.equal(
        codeOf(await create(ada, { saml: { ...saml, certificates: [certificate] } })),
        'federation.certificate-unfit',
      );
  });

  it('gives up on a document that takes longer than two seconds, and goes on with the next', async () => {
    const provider = await created();
    const { saml } = provider;
    const task = {
      saml,
      ownEntityId: provider.own.entityId,
      answerUrl: provider.own.answerUrl,
      ownKey: null,
      requestId: '_x',
    };
    const slow = `<a>${'<Signature/>'.repeat(60_000)}</a>`;
    // What the guard would never have let through.
    assert.throws(() => judgeResponse(Buffer.from(slow), { answerUrl: '', encrypted: false }));
    const since = performance.now();
    const verification = await verifier.verify({ ...task, response: Buffer.from(slow).toString('base64') });
    assert.equal(verification, null);
    assert.ok(performance.now() - since < 30_000);
    const { answer } = await signIn(provider, { email: 'next@almvik.example', subject: 'next' });
    assert.equal(answer.statusCode, 200);
  });
});
