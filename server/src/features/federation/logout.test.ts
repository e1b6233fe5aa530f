import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createIdentityProvider, type SamlProvider } from '@samtal/contract/federation';
import { getSession, signOut, type Session } from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import {
  algorithms,
  newId,
  strangersKey,
  TestIdentityProvider,
  type Leaving,
} from '../../../test/identity-provider.ts';
import { Browser, cookieOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { federationPages, OidcClients, SamlVerifier, verifyDomain } from './index.ts';
import { federationRoutes } from './routes.ts';

const password = 'the correct horse and its battery';

describe('single log-out by SAML', () => {
  let db: TestDatabase;
  let http: HttpServer;
  const verifier = new SamlVerifier();
  let accountId: string;
  let ada: Browser;
  let idp: TestIdentityProvider;
  let provider: SamlProvider;
  const ended: string[] = [];

  before(async () => {
    db = await createTestDatabase();
    const { database, keyring } = db;
    const oidcClients = new OidcClients({ outbound: new Outbound({ networks: [] }), keyring });
    const parts = { database, keyring, publicUrl: testPublicUrl, oidcClients };
    http = testHttp(db, (registered) => federationRoutes(registered, parts));
    await federationPages(http.fastify, {
      ...parts,
      verifier,
      sessionsEnded: (ids) => void ended.push(...ids),
    });
    accountId = await testAccount(db);
    ada = await Browser.signIn(http, await testUser(db, accountId, { roles: ['administrator'], password }));
    await database.transaction('platform', async (tx) => await verifyDomain(tx, accountId, 'almvik.example'));
    idp = await TestIdentityProvider.make();
    provider = await connect();
  });
  after(async () => {
    await http.close(0);
    await verifier.stop();
    await db.close();
  });

  let number = 0;
  async function connect(
    saml: Partial<SamlProvider['saml']> = {},
    { by = ada, account = accountId, at = idp } = {},
  ): Promise<SamlProvider> {
    const answer = await by.call(createIdentityProvider, {
      params: { accountId: account },
      body: {
        protocol: 'saml',
        name: `Provider ${(number += 1)}`,
        active: true,
        domains: ['almvik.example'],
        createsUsers: true,
        groupRoles: [],
        attributes: { email: null, name: null, groups: null },
        saml: {
          entityId: at.entityId,
          signInUrl: at.signInUrl,
          signOutUrl: at.signOutUrl,
          signsOutThere: false,
          certificates: [at.certificate],
          signed: 'assertion',
          unsolicited: false,
          encrypted: false,
          ...saml,
        },
      },
    });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json<SamlProvider>();
  }

  const pathOf = (url: string) => new URL(url).pathname;
  const form = async (url: string, fields: Record<string, string>, cookie = '') =>
    await http.fastify.inject({
      method: 'POST',
      url: pathOf(url),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://idp.almvik.example',
        'sec-fetch-site': 'cross-site',
        ...(cookie === '' ? {} : { cookie }),
      },
      payload: new URLSearchParams(fields).toString(),
    });
  const base64 = (xml: string) => Buffer.from(xml).toString('base64');

  /** The cookie of a new session of somebody who signs in there. */
  async function come(subject: string, { sessionIndex = newId(), of = provider } = {}): Promise<string> {
    const begun = await http.fastify.inject({ url: pathOf(of.own.signInUrl) });
    const { id, relay } = idp.receive(String(begun.headers.location), of.own.certificate);
    const response = idp.respond({
      requestId: id,
      answerUrl: of.own.answerUrl,
      audience: of.own.entityId,
      subject,
      sessionIndex,
      email: `${subject}-${of.id}@almvik.example`,
    });
    const fields = { SAMLResponse: base64(response), RelayState: relay };
    const answer = await form(of.own.answerUrl, fields, cookieOf(begun));
    assert.equal(answer.statusCode, 200, answer.body);
    return cookieOf(answer);
  }
  const isIn = async (cookie: string) =>
    (await request(http, getSession, { headers: { cookie } })).statusCode === 200;

  const leaving = (subject: string, other: Partial<Leaving> = {}): string =>
    idp.logoutRequest({ destination: provider.own.logoutUrl, subject, ...other });
  const byQuery = async (query: string, of = provider, cookie = '') =>
    await http.fastify.inject({
      url: `${pathOf(of.own.logoutUrl)}?${query}`,
      headers: cookie === '' ? {} : { cookie },
    });
  const byForm = async (xml: string, of = provider) =>
    await form(of.own.logoutUrl, { SAMLRequest: base64(xml), RelayState: 'r 1' });
  /** The status of our answer, and what it answers; it has to be signed and for the provider. */
  function answerIn(answer: LightMyRequestResponse, of = provider) {
    assert.equal(answer.statusCode, 303, answer.body);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const url = String(answer.headers.location);
    assert.ok(url.startsWith(`${idp.signOutUrl}?SAMLResponse=`), url);
    const { xml, relay, issuer } = idp.receive(url, of.own.certificate);
    assert.equal(issuer, of.own.entityId);
    assert.match(xml, new RegExp(` Destination="${idp.signOutUrl}"`));
    const [, status = ''] = /:status:(\w+)"/.exec(xml) ?? [];
    const [, answers = ''] = / InResponseTo="([^"]+)"/.exec(xml) ?? [];
    return { status, answers, relay };
  }

  it('ends the sessions that the provider names, by either binding, and no others', async () => {
    const other = await connect();
    const [work, home, colleague, elsewhere] = [
      await come('max', { sessionIndex: 's-1' }),
      await come('max', { sessionIndex: 's-2' }),
      await come('moa', { sessionIndex: 's-3' }),
      await come('max', { sessionIndex: 's-1', of: other }),
    ];
    const states = async () => await Promise.all([work, home, colleague, elsewhere].map(isIn));
    ended.length = 0;
    const id = newId();
    const query = idp.query('SAMLRequest', leaving('max', { id, sessions: ['s-1'] }), { relay: 'a b&c' });
    assert.deepEqual(answerIn(await byQuery(query)), { status: 'Success', answers: id, relay: 'a b&c' });
    assert.deepEqual(await states(), [false, true, true, true]);
    assert.equal(ended.length, 1, 'and what stands on it is told');
    // Somebody else’s session there is not theirs.
    const theirs = idp.signed(leaving('max', { sessions: ['s-3'] }));
    assert.equal(answerIn(await byForm(theirs)).status, 'Success');
    assert.deepEqual(await states(), [false, true, true, true]);
    const all = idp.signed(leaving('max', { id: newId(), notOnOrAfter: new Date(Date.now() + 60_000) }));
    assert.equal(answerIn(await byForm(all)).relay, 'r 1');
    assert.deepEqual(await states(), [false, false, true, true]);
    const { rows } = await db.asOwner(
      "select body from audit_outbox where body like '%federation.signed-out%' and account_id = $1",
      [accountId],
    );
    assert.equal(rows.length, 2);
  });

  it('ends no session for what none of the provider’s certificates signed, and gives no answer', async () => {
    const cookie = await come('u-1');
    const request = leaving('u-1');
    const good = idp.query('SAMLRequest', request);
    const form = idp.signed(request);
    const key = strangersKey();
    const signature = /<ds:Signature.*<\/ds:Signature>/.exec(form)?.[0] ?? '';
    const victim = leaving('u-1', { id: newId() });
    const another = idp.query('SAMLRequest', leaving('u-2'));
    const queries = [
      '',
      good.replace(/&Signature=.*/, ''),
      good.replace(/&SigAlg=.*/, ''),
      idp.query('SAMLRequest', request, { key }),
      idp.query('SAMLRequest', request, { algorithm: algorithms.rsaSha1 }),
      idp.query('SAMLRequest', request, { algorithm: algorithms.hmacSha256 }),
      // Another message, another relay, another letter.
      another.replace(/SAMLRequest=[^&]+/, /SAMLRequest=[^&]+/.exec(good)?.[0] ?? ''),
      good.replace('&SigAlg', '&RelayState=x&SigAlg'),
      good.replace('%2F2001', '%2f2001'),
      // Which of two is read?
      `${good}&SAMLRequest=x`,
      `${good}&SAMLResponse=x`,
      `${good}&Signature=x`,
      `${good}&SAMLEncoding=other`,
      good.replace('SAMLRequest=', 'SAMLResponse='),
      idp.query('SAMLResponse', request),
      // Signed, and still nothing that is let through.
      idp.query('SAMLRequest', `<!DOCTYPE r [<!ENTITY a "ha">]>${request}`),
      idp.query('SAMLRequest', form),
      idp.query('SAMLRequest', `${request} `.padEnd(300_000)),
      idp.query('SAMLRequest', 'no document'),
    ];
    for (const [at, query] of queries.entries()) {
      const answer = await byQuery(query);
      assert.equal(answer.statusCode, 403, `query ${at}: ${answer.body}`);
      assert.equal(answer.headers.location, undefined);
    }
    const forms = [
      '',
      request,
      idp.signed(request, { key }),
      idp.signed(request, { algorithm: algorithms.rsaSha1 }),
      idp.signed(request, { algorithm: algorithms.hmacSha256 }),
      idp.signed(leaving('u-2')).replace('u-2', 'u-1'),
      `<!DOCTYPE r [<!ENTITY a "ha">]>${form}`,
      form.replace('u-1<', 'u-1<!-- -->.evil<'),
      // Wrapped: what is signed is within, beside or under what would be read.
      victim.replace('</saml:Issuer>', `</saml:Issuer>${signature}`),
      victim.replace('</samlp:LogoutRequest>', `${form}</samlp:LogoutRequest>`),
      victim.replace(
        '</saml:Issuer>',
        `</saml:Issuer>${signature.replace('</ds:Signature>', `<ds:Object>${request}</ds:Object></ds:Signature>`)}`,
      ),
      victim.replace(
        '</saml:Issuer>',
        `</saml:Issuer><samlp:Extensions>${form}</samlp:Extensions>${signature}`,
      ),
      form.replace('<saml:NameID', `<saml:NameID ID="${/ ID="([^"]+)"/.exec(request)?.[1] ?? ''}"`),
    ];
    for (const [at, xml] of forms.entries()) {
      const answer = await byForm(xml);
      assert.equal(answer.statusCode, 403, `form ${at}: ${answer.body}`);
      assert.equal(answer.headers.location, undefined);
    }
    assert.equal(await isIn(cookie), true);
    assert.equal(answerIn(await byQuery(good)).status, 'Success', 'nothing else was wrong with it');
    assert.equal(await isIn(cookie), false);
  });

  it('answers that it was asked badly where the provider says it to somebody else, too late, or says nobody', async () => {
    const cookie = await come('u-3');
    const other = await connect();
    const now = Date.now();
    const nameless =
      '<saml:EncryptedID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"></saml:EncryptedID>';
    const wrong: Partial<Leaving>[] = [
      { destination: other.own.logoutUrl },
      { destination: provider.own.answerUrl },
      { issuer: 'https://idp.evil.example/metadata' },
      { notOnOrAfter: new Date(now - 120_000) },
      { issuedAt: new Date(now - 3_600_000) },
      { issuedAt: new Date(now + 3_600_000) },
      { nameIdXml: nameless },
      { nameIdXml: '' },
      { subject: '' },
      { sessions: [''] },
    ];
    for (const difference of wrong) {
      const xml = leaving('u-3', difference);
      const said = JSON.stringify(difference);
      assert.equal(answerIn(await byQuery(idp.query('SAMLRequest', xml))).status, 'Requester', said);
      assert.equal(answerIn(await byForm(idp.signed(xml))).status, 'Requester', said);
    }
    assert.equal(await isIn(cookie), true);
  });

  it('believes no provider of another account, whatever it says', async () => {
    const cookie = await come('u-4');
    const account = await testAccount(db, 'Bergvik');
    const bob = await Browser.signIn(
      http,
      await testUser(db, account, { roles: ['administrator'], password }),
    );
    const theirs = await TestIdentityProvider.make('https://idp.bergvik.example');
    const signOutUrl = idp.signOutUrl;
    const foreign = await connect({ signOutUrl, entityId: idp.entityId }, { by: bob, account, at: theirs });
    const asOurs = theirs.logoutRequest({
      destination: provider.own.logoutUrl,
      issuer: idp.entityId,
      subject: 'u-4',
    });
    assert.equal((await byQuery(theirs.query('SAMLRequest', asOurs))).statusCode, 403);
    assert.equal((await byForm(theirs.signed(asOurs))).statusCode, 403);
    // Well said at their own address it reaches their own people alone.
    const atHome = theirs.logoutRequest({
      destination: foreign.own.logoutUrl,
      issuer: idp.entityId,
      subject: 'u-4',
    });
    const answer = await byQuery(theirs.query('SAMLRequest', atHome), foreign);
    assert.equal(answerIn(answer, foreign).status, 'Success');
    assert.equal((await byQuery(idp.query('SAMLRequest', atHome), foreign)).statusCode, 403);
    assert.equal(await isIn(cookie), true);
  });

  it('takes a request once, however often and at once it is shown', async () => {
    const xml = leaving('u-5');
    await come('u-5');
    const query = idp.query('SAMLRequest', xml);
    const signed = idp.signed(xml);
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, at) => (at % 2 ? await byForm(signed) : await byQuery(query))),
    );
    const done = answers.filter((answer) => answerIn(answer).status === 'Success');
    assert.equal(done.length, 1);
    const later = await come('u-5');
    assert.equal(answerIn(await byQuery(query)).status, 'Requester');
    assert.equal(await isIn(later), true);
  });

  it('leads whoever signs out to the provider where that is agreed, with the session ended before, and back', async () => {
    const agreed = await connect({ signsOutThere: true });
    const leave = async (of: SamlProvider, subject: string) => {
      const cookie = await come(subject, { sessionIndex: `s-${subject}`, of });
      const session = await request(http, getSession, { headers: { cookie } });
      const { csrfToken } = session.json<Session>();
      const out = await request(http, signOut, { headers: { cookie, 'x-csrf-token': csrfToken } });
      assert.equal(await isIn(cookie), false);
      const signedOut = /__Host-samtal-signed-out=[^;]+/.exec(String(out.headers['set-cookie']))?.[0] ?? '';
      const onward = async () =>
        await http.fastify.inject({
          url: pathOf(of.own.signInUrl).replace(/sign-in$/, 'sign-out'),
          headers: { cookie: signedOut },
        });
      return { signedOut, onward, first: await onward() };
    };
    const quiet = await leave(provider, 'u-6');
    assert.deepEqual([quiet.signedOut, quiet.first.headers.location], ['', '/sign-in']);
    const nowhere = await leave(await connect({ signsOutThere: true, signOutUrl: null }), 'u-6');
    assert.deepEqual([nowhere.signedOut, nowhere.first.headers.location], ['', '/sign-in']);

    const start = async () => {
      const { first, onward } = await leave(agreed, 'u-7&amp;');
      assert.equal(first.statusCode, 303);
      const to = String(first.headers.location);
      assert.ok(to.startsWith(`${idp.signOutUrl}?SAMLRequest=`), to);
      assert.equal((await onward()).headers.location, '/sign-in', 'said once');
      const cookie = /__Host-samtal-provider=[^;]+/.exec(String(first.headers['set-cookie']))?.[0] ?? '';
      return { ...idp.receive(to, agreed.own.certificate), cookie };
    };
    const asked = await start();
    assert.match(
      asked.xml,
      /<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">u-7&amp;<\/saml:NameID><samlp:SessionIndex>s-u-7&amp;<\//,
    );
    assert.match(asked.xml, new RegExp(` Destination="${idp.signOutUrl}"`));
    assert.equal(asked.issuer, agreed.own.entityId);

    const destination = agreed.own.logoutUrl;
    const answer = idp.logoutResponse({ destination, requestId: asked.id });
    const bring = async (xml: string, { relay, cookie }: { relay: string; cookie: string }) => {
      const { statusCode, body } = await byQuery(idp.query('SAMLResponse', xml, { relay }), agreed, cookie);
      assert.match(body, /url=\/sign-in"/);
      return statusCode;
    };
    const stranger = await start();
    const { relay, cookie } = asked;
    const unsigned = idp.query('SAMLResponse', answer, { relay, key: strangersKey() });
    assert.equal((await byQuery(unsigned, agreed, cookie)).statusCode, 403);
    assert.equal(await bring(answer, { relay, cookie: stranger.cookie }), 403);
    assert.equal(await bring(answer, { relay: stranger.relay, cookie }), 403);
    const elsewhere = idp.logoutResponse({ destination: provider.own.logoutUrl, requestId: asked.id });
    assert.equal(await bring(elsewhere, { relay, cookie }), 403);
    // No sign-in comes of it.
    const fields = {
      SAMLResponse: base64(
        idp.respond({
          requestId: asked.id,
          answerUrl: agreed.own.answerUrl,
          audience: agreed.own.entityId,
        }),
      ),
      RelayState: relay,
    };
    assert.equal((await form(agreed.own.answerUrl, fields, cookie)).statusCode, 403);
    assert.equal(await bring(answer, { relay, cookie }), 200);
    assert.equal(await bring(answer, { relay, cookie }), 403, 'once');
    const wrong = idp.logoutResponse({ destination, requestId: asked.id });
    assert.equal(await bring(wrong, stranger), 403, 'and only what was asked');

    const posted = await start();
    const response = idp.signed(idp.logoutResponse({ destination, requestId: posted.id }));
    const sent = { SAMLResponse: base64(response), RelayState: posted.relay };
    assert.equal((await form(destination, sent, posted.cookie)).statusCode, 200);
  });

  it('offers its address for log-out in its metadata, and has an answer for a provider that has none', async () => {
    const metadata = await http.fastify.inject({ url: pathOf(provider.own.metadataUrl) });
    for (const binding of ['HTTP-Redirect', 'HTTP-POST'])
      assert.ok(
        metadata.body.includes(
          `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${provider.own.logoutUrl}"/>`,
        ),
      );
    const silent = await connect({ signOutUrl: null });
    const cookie = await come('u-8', { of: silent });
    const xml = leaving('u-8', { destination: silent.own.logoutUrl });
    const answer = await byQuery(idp.query('SAMLRequest', xml), silent);
    assert.deepEqual([answer.statusCode, await isIn(cookie)], [200, false]);
    assert.match(answer.body, /url=\/sign-in"/);
  });
});
