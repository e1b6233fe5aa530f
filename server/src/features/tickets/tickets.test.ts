import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRole } from '@samtal/contract/access';
import { resolveConversation, takeConversation, readEntries } from '@samtal/contract/conversations';
import { restoreVersion, listVersions } from '@samtal/contract/history';
import {
  addTicketKeys,
  issueTicket,
  listTicketKeys,
  revokeTicketKey,
  ticketLimits,
  ticketType,
} from '@samtal/contract/tickets';
import { getProfile, type DeclaredAttribute } from '@samtal/contract/visitors';
import {
  getVisitorConversation,
  identifyVisitor,
  redeemTicket,
  startConversation,
  startVisitorSession,
  type VisitorSession,
} from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  request,
  VisitorClient,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { TestSocket } from '../../../test/socket.ts';
import { TicketSigner } from '../../../test/tickets.ts';
import type { Member } from '../../platform/http/index.ts';
import { ticketsJobs } from './index.ts';
import { issueTicket as issueTicketOf } from './issue-ticket.ts';
import { readPublicKeys } from './read-public-keys.ts';

const customer: DeclaredAttribute = {
  key: 'customer',
  label: 'Customer number',
  purpose: 'To find the contract',
  category: 'customer',
  indexed: true,
  holds: 'identifier',
  claim: 'sub',
};
const tier: DeclaredAttribute = { ...customer, key: 'tier', label: 'Tier', indexed: false, claim: 'tier' };
const shoe: DeclaredAttribute = {
  key: 'shoe',
  label: 'Shoe',
  purpose: 'To fit',
  category: 'customer',
  indexed: false,
};

describe('tickets of customers', () => {
  let db: TestDatabase;
  let node: TestNode;
  let other: TestNode;
  let account: TestAccount;
  let admin: Person;
  let supervisor: Person;
  const es256 = new TicketSigner('ES256');
  const ed25519 = new TicketSigner('EdDSA');
  const kept = keptLog();

  before(async () => {
    db = await createTestDatabase();
    const trustedProxies = ['127.0.0.0/8'];
    node = await startTestNode(db, { log: kept.log, trustedProxies });
    other = await startTestNode(db, { trustedProxies });
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    await setSettings(db, account.id, { 'visitors.attributes': [customer, tier, shoe] });
    await es256.addTo(account, admin);
    await ed25519.addTo(account, admin);
  });
  after(async () => {
    await other?.stop();
    await node?.stop();
    await db?.close();
  });

  // From addresses of their own: so many from one would be held back.
  let visitors = 0;
  const from = () => ({ 'x-forwarded-for': `10.0.${(visitors += 1) >> 8}.${visitors & 255}` });

  const site = () => ({ accountId: account.id, siteId: account.siteId });

  async function redeem(
    ticket: string,
    {
      token,
      verifier,
      at = account,
      origin = at.origin,
      url = node.url,
    }: {
      token?: string;
      verifier?: string;
      at?: TestAccount;
      origin?: string;
      url?: URL;
    } = {},
  ) {
    return await request(url, redeemTicket, {
      params: { siteKey: at.siteKey },
      body: { ticket, ...(verifier === undefined ? {} : { verifier }) },
      headers: { origin, ...from(), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
  }

  const why = ({ text }: { text: string }) =>
    (JSON.parse(text) as { fields?: { problem: string }[] }).fields?.[0]?.problem ?? text;

  async function refused(ticket: string, reason: RegExp, options: Parameters<typeof redeem>[1] = {}) {
    const answer = await redeem(ticket, options);
    assert.equal(answer.status, 403, answer.text);
    assert.match(answer.text, /"tickets\.refused"/);
    assert.match(why(answer), reason);
  }

  async function redeemed(
    ticket: string,
    options: Parameters<typeof redeem>[1] = {},
  ): Promise<VisitorClient> {
    const answer = await redeem(ticket, options);
    assert.equal(answer.status, 201, answer.text);
    const { token, visitorId } = answer.body as VisitorSession;
    return new VisitorClient({ token, visitorId, account: options.at ?? account, url: node.url });
  }

  async function nobody(): Promise<VisitorClient> {
    const answer = await request(node.url, startVisitorSession, {
      params: { siteKey: account.siteKey },
      headers: { origin: account.origin, ...from() },
    });
    const { token, visitorId } = answer.body as VisitorSession;
    return new VisitorClient({ token, visitorId, account, url: node.url });
  }

  const begin = async (visitor: VisitorClient, attributes: Record<string, string> = {}) =>
    await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello', attributes } });

  const profileOf = async (conversationId: string) => {
    const { items, verifiedAt } = await supervisor.call(getProfile, {
      params: { accountId: account.id, conversationId },
    });
    return {
      verifiedAt,
      said: Object.fromEntries(items.map(({ key, value, verified }) => [key, [value, verified]])),
    };
  };

  const now = () => Math.floor(Date.now() / 1_000);

  it('say who a customer is, beside what the page says, which changes none of it', async () => {
    const visitor = await redeemed(
      await es256.sign(account.siteKey, { sub: 'C-20931', tier: 'gold', secret: 'not declared' }),
    );
    const { id } = await begin(visitor, { customer: 'C-1', shoe: '42' });
    const { verifiedAt, said } = await profileOf(id);
    assert.ok(verifiedAt !== null && Date.now() - Date.parse(verifiedAt) < 60_000);
    assert.deepEqual(said, { customer: ['C-20931', true], tier: ['gold', true], shoe: ['42', false] });
    await visitor.call(identifyVisitor, {
      body: { attributes: { tier: 'platinum', customer: null, shoe: '43' } },
    });
    assert.deepEqual((await profileOf(id)).said, {
      customer: ['C-20931', true],
      tier: ['gold', true],
      shoe: ['43', false],
    });
    await supervisor.call(takeConversation, { params: { accountId: account.id, conversationId: id } });
    const { entries } = await supervisor.call(readEntries, {
      params: { accountId: account.id, conversationId: id },
      query: { audience: 'internal' },
    });
    assert.deepEqual(
      entries.flatMap((entry) => (entry.kind === 'profile' ? [entry.body] : [])),
      [{ keys: ['customer', 'tier'], verified: true }, { keys: ['shoe'] }, { keys: ['shoe'] }],
    );
    const anonymous = await begin(await nobody(), { customer: 'C-20931' });
    assert.deepEqual(await profileOf(anonymous.id), {
      verifiedAt: null,
      said: { customer: ['C-20931', false] },
    });
  });

  it('are signed by Ed25519 as well, under either of its names', async () => {
    await redeemed(await ed25519.sign(account.siteKey));
    await redeemed(await ed25519.sign(account.siteKey, {}, { alg: 'Ed25519' }));
  });

  it('attack 79: of fifty that redeem one ticket at once, on two nodes, one does', async () => {
    const ticket = await es256.sign(account.siteKey);
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        async (_, index) => await redeem(ticket, { url: index % 2 === 0 ? node.url : other.url }),
      ),
    );
    assert.deepEqual(
      [201, 403].map((status) => answers.filter((answer) => answer.status === status).length),
      [1, 49],
    );
    for (const answer of answers.filter(({ status }) => status === 403))
      assert.match(why(answer), /redeemed before/);
    await refused(ticket, /redeemed before/);
  });

  it('attack 79: a ticket that has expired, is from the future, or lives too long, is refused', async () => {
    const sign = async (iat: number, exp: number) => await es256.sign(account.siteKey, { iat, exp });
    await refused(await sign(now() - 200, now() - 100), /expired/);
    await refused(await sign(now() + 100, now() + 150), /future/);
    await refused(await sign(now(), now() + 121), /more than 120 seconds/);
    await refused(await es256.sign(account.siteKey, { nbf: now() + 100 }), /nbf/);
    await redeemed(await sign(now() - 20, now() + 100));
    await redeemed(await sign(now() + 20, now() + 80));
    await setSettings(db, account.id, { 'tickets.life-seconds': 300 }, account.siteId);
    await redeemed(await sign(now(), now() + 300));
    await setSettings(db, account.id, { 'tickets.life-seconds': 30 }, account.siteId);
    await refused(await es256.sign(account.siteKey), /more than 30 seconds/);
    await setSettings(db, account.id, { 'tickets.life-seconds': 120 }, account.siteId);
  });

  it('attack 79: a ticket for another site, or signed by another account’s key, is refused', async () => {
    const there = await makeAccount(db, { origin: node.url.origin });
    const theirAdmin = await makePerson(db, there, { url: node.url, roles: ['administrator'] });
    await refused(await es256.sign(there.siteKey), /aud/);
    await refused(await es256.sign(account.siteKey, { aud: [account.siteKey, there.siteKey] }), /aud/);
    await refused(await es256.sign(account.siteKey, { aud: undefined }), /aud/);
    await refused(await es256.sign(there.siteKey), /kid names no key/, { at: there });
    const theirs = new TicketSigner('ES256', es256.kid);
    await theirs.addTo(there, theirAdmin);
    await refused(await theirs.sign(account.siteKey), /signature/);
    await redeemed(await theirs.sign(there.siteKey), { at: there });
    await refused(await es256.sign(there.siteKey), /signature/, { at: there });
  });

  it('attack 79: no algorithm but that of the key is taken: not none, no HMAC under the public key, no other curve', async () => {
    const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { sub: 'C-1', aud: account.siteKey, jti: randomUUID(), iat: now(), exp: now() + 60 };
    const header = { kid: es256.kid, typ: ticketType };
    const unsigned = `${encoded({ ...header, alg: 'none' })}.${encoded(claims)}.`;
    await refused(unsigned, /alg has to be ES256/);
    for (const secret of [
      es256.publicKey.export({ format: 'pem', type: 'spki' }),
      JSON.stringify(es256.publicKey.export({ format: 'jwk' })),
    ]) {
      const signed = `${encoded({ ...header, alg: 'HS256' })}.${encoded(claims)}`;
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      await refused(`${signed}.${mac}`, /alg has to be ES256/);
    }
    await refused(await new TicketSigner('EdDSA', es256.kid).sign(account.siteKey), /alg has to be ES256/);
    await refused(await new TicketSigner('ES256', ed25519.kid).sign(account.siteKey), /alg has to be EdDSA/);
    const ticket = await es256.sign(account.siteKey);
    await refused(ticket.replace(/\.[^.]+$/, `.${Buffer.alloc(64).toString('base64url')}`), /signature/);
    const [, , signature = ''] = ticket.split('.');
    const changed = [
      encoded({ ...header, alg: 'ES256' }),
      encoded({ ...claims, sub: 'C-2' }),
      signature,
    ].join('.');
    await refused(changed, /signature/);
  });

  it('attack 79: keys that a header brings along, or points to, are refused', async () => {
    const stranger = new TicketSigner('ES256');
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    for (const brought of [
      { jwk },
      { jku: 'https://keys.evil.example/jwks.json' },
      { x5u: 'https://keys.evil.example/chain.pem' },
      { x5c: ['MIIB'] },
    ]) {
      await refused(
        await stranger.sign(account.siteKey, {}, { ...brought, kid: es256.kid }),
        /has to be left out/,
      );
    }
    await refused(await stranger.sign(account.siteKey), /kid names no key/);
    await refused(await stranger.sign(account.siteKey, {}, { kid: es256.kid }), /signature/);
    await refused(await es256.sign(account.siteKey, {}, { kid: ed25519.kid }), /alg has to be EdDSA/);
    await refused(await es256.sign(account.siteKey, {}, { kid: undefined }), /kid names no key/);
    for (const kid of ['__proto__', "' or true --", '../../keyring'])
      await refused(await es256.sign(account.siteKey, {}, { kid }), /kid names no key/);
    for (const typ of ['JWT', 'at+jwt', undefined])
      await refused(await es256.sign(account.siteKey, {}, { typ }), /typ has to be/);
    await refused(await es256.sign(account.siteKey, {}, { crit: ['exotic'], exotic: true }), /compact form/);
  });

  it('attack 79: what is no ticket, is enormous, says too little or too much, or stands in the address, is refused', async () => {
    for (const ticket of ['a.b', 'a.b.c', 'a.b.c.d.e', '...', '.', 'eyJhbGciOiJub25lIn0.e30.'])
      await refused(ticket, /compact form|typ has to be/);
    for (const ticket of ['', 'ä.b.c', `${'a'.repeat(ticketLimits.length)}.b.c`]) {
      const answer = await redeem(ticket);
      assert.equal(answer.status, 400, answer.text);
    }
    const huge = await redeem(await es256.sign(account.siteKey, { tier: 'x'.repeat(2_000_000) }));
    assert.equal(huge.status, 413);
    for (const [claim, value, reason] of [
      ['sub', undefined, /sub/],
      ['sub', '', /sub/],
      ['sub', 17, /sub/],
      ['sub', 'x'.repeat(201), /sub/],
      ['jti', undefined, /jti/],
      ['jti', 'short', /jti/],
      ['iat', undefined, /iat/],
      ['exp', undefined, /exp/],
      ['exp', 'tomorrow', /exp/],
      ['tier', 'x'.repeat(501), /tier/],
      ['tier', { deep: true }, /tier/],
      ['tier', '  ', /tier/],
    ] as const)
      await refused(await es256.sign(account.siteKey, { [claim]: value }), reason);
    const inAddress = await fetch(
      new URL(
        `/api/v1/widget/${account.siteKey}/ticket?ticket=${await es256.sign(account.siteKey)}`,
        node.url,
      ),
      { method: 'POST', headers: { origin: account.origin } },
    );
    assert.equal(inAddress.status, 400);
    assert.ok(!kept.lines.some((line) => line.includes('eyJ')), 'nor does a log have any of it');
  });

  it('attack 79: another origin redeems none, and none that was made for another origin', async () => {
    const ticket = await es256.sign(account.siteKey);
    const foreign = await redeem(ticket, { origin: 'https://evil.example' });
    assert.equal(foreign.status, 403);
    assert.match(foreign.text, /request\.origin/);
    await refused(await es256.sign(account.siteKey, { origin: 'https://other.example' }), /origin/);
    await redeemed(await es256.sign(account.siteKey, { origin: account.origin }));
    await redeemed(ticket);
  });

  it('are of use to nobody else where they are made for one page', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const nonce = createHash('sha256').update(verifier).digest('base64url');
    const ticket = await es256.sign(account.siteKey, { nonce });
    await refused(ticket, /nonce/);
    await refused(ticket, /nonce/, { verifier: randomBytes(32).toString('base64url') });
    await refused(ticket, /nonce/, { verifier: nonce });
    await redeemed(ticket, { verifier });
  });

  it('attack 79: whoever knows the session of before is out once it is a customer’s', async () => {
    const planted = await nobody();
    const { id, public: stream } = await begin(planted);
    const socket = await TestSocket.asVisitor(planted, node.url);
    socket.send({ t: 'sub', streams: [{ stream: `${id}:public`, after: 0, epoch: stream.epoch }] });
    await socket.next(({ t }) => t === 'subbed');
    const victim = await redeemed(await es256.sign(account.siteKey, { sub: 'C-20931' }), {
      token: planted.token,
    });
    assert.notEqual(victim.token, planted.token);
    await socket.closed();
    assert.equal((await planted.try(getVisitorConversation)).status, 401);
    assert.equal(
      (await victim.call(getVisitorConversation)).conversation?.id,
      id,
      'it goes on for the customer',
    );
    const { verifiedAt, said } = await profileOf(id);
    assert.ok(verifiedAt !== null);
    assert.deepEqual(said, { customer: ['C-20931', true] });
    await refused(await es256.sign(account.siteKey, { sub: '' }), /sub/, { token: victim.token });
    assert.equal(
      (await victim.call(getVisitorConversation)).conversation?.id,
      id,
      'a refused one changes nothing',
    );
  });

  it('renew the session of the same customer, and end that of another one with its conversation', async () => {
    const first = await redeemed(await es256.sign(account.siteKey, { sub: 'C-3' }));
    const { id } = await begin(first);
    const again = await redeemed(await ed25519.sign(account.siteKey, { sub: 'C-3' }), { token: first.token });
    assert.equal(again.visitorId, first.visitorId);
    assert.equal((await first.try(getVisitorConversation)).status, 401);
    assert.equal((await again.call(getVisitorConversation)).conversation?.id, id);
    const somebodyElse = await redeemed(await es256.sign(account.siteKey, { sub: 'C-4' }), {
      token: again.token,
    });
    assert.notEqual(somebodyElse.visitorId, first.visitorId);
    assert.equal((await somebodyElse.call(getVisitorConversation)).conversation, null);
    assert.equal((await again.try(getVisitorConversation)).status, 401);
    const params = { accountId: account.id, conversationId: id };
    assert.equal((await supervisor.try(resolveConversation, { params })).status, 409, 'it was ended');
    const next = await begin(somebodyElse);
    assert.deepEqual((await profileOf(next.id)).said, { customer: ['C-4', true] });
  });

  it('lead a customer who brings no session to where they were, on another device as well', async () => {
    const first = await redeemed(await es256.sign(account.siteKey, { sub: 'C-77' }));
    const { id } = await begin(first);
    const second = await redeemed(await es256.sign(account.siteKey, { sub: 'C-77' }));
    assert.equal((await second.call(getVisitorConversation)).conversation?.id, id);
    assert.equal((await first.try(getVisitorConversation)).status, 401);
    const stranger = await redeemed(await es256.sign(account.siteKey, { sub: 'C-78' }), {
      token: first.token,
    });
    assert.equal(
      (await stranger.call(getVisitorConversation)).conversation,
      null,
      'a dead token leads nowhere',
    );
    assert.equal((await second.call(getVisitorConversation)).conversation?.id, id);
  });

  describe('that are asked for', () => {
    const issue = async (by: Person, body: object, at = account) =>
      await by.try(issueTicket, { params: { accountId: at.id, siteId: at.siteId }, body: body as never });
    const issued = async (body: object) => {
      const answer = await issue(issuer, body);
      assert.equal(answer.status, 201, answer.text);
      return answer.body as { ticket: string; expiresAt: string };
    };
    let issuer: Person;
    before(async () => {
      issuer = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
      const role = await admin.call(createRole, {
        params: { accountId: account.id },
        body: { name: 'Own server', authorisations: ['tickets.issue'], roles: [] },
      });
      await db.asOwner(
        `insert into role_grant (account_id, id, user_id, role_id, scope) values ($1, $2, $3, $4, '{}')`,
        [account.id, randomUUID(), issuer.userId, role.id],
      );
    });

    it('say the same as signed ones, and are good for as long as the site says', async () => {
      const { ticket, expiresAt } = await issued({
        subject: 'C-90',
        claims: { tier: 'gold', aud: 'x', exp: '9' },
      });
      assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 120_000) < 5_000);
      assert.ok(!Buffer.from(ticket.replace('samtal.', ''), 'base64url').includes('C-90'));
      const { id } = await begin(await redeemed(ticket));
      assert.deepEqual((await profileOf(id)).said, { customer: ['C-90', true], tier: ['gold', true] });
      const longest = await issued({ subject: 'C-91', lifeSeconds: 300 });
      assert.ok(Date.parse(longest.expiresAt) - Date.now() < 121_000, 'and no longer, whatever is asked');
    });

    it('attack 79: are redeemed once, of fifty at a time, on two nodes, and not when they have ended', async () => {
      const { ticket } = await issued({ subject: 'C-92' });
      const answers = await Promise.all(
        Array.from(
          { length: 50 },
          async (_, index) => await redeem(ticket, { url: index % 2 === 0 ? node.url : other.url }),
        ),
      );
      assert.deepEqual(
        [201, 403].map((status) => answers.filter((answer) => answer.status === status).length),
        [1, 49],
      );
      const caller = {
        accountId: account.id,
        actor: { kind: 'user', id: issuer.userId },
      } as unknown as Member;
      const past = { siteId: account.siteId, customer: { subject: 'C-93', lifeSeconds: -1 } };
      await refused((await issueTicketOf(db, caller, past)).ticket, /expired/);
    });

    it('attack 79: are good for their site, page and challenge alone, and not when they were changed', async () => {
      const there = await makeAccount(db, { origin: node.url.origin });
      const { ticket } = await issued({ subject: 'C-94' });
      await refused(ticket, /not issued for this site/, { at: there });
      await refused(`${ticket.slice(0, -3)}AAA`, /not issued for this site/);
      for (const made of ['samtal.', 'samtal.AAAA', `samtal.${randomBytes(100).toString('base64url')}`])
        await refused(made, /not issued for this site/);
      await refused((await issued({ subject: 'C-95', origin: 'https://other.example' })).ticket, /origin/);
      const verifier = randomBytes(32).toString('base64url');
      const nonce = createHash('sha256').update(verifier).digest('base64url');
      const bound = await issued({ subject: 'C-96', nonce });
      await refused(bound.ticket, /nonce/);
      await redeemed(bound.ticket, { verifier });
    });

    it('are given to nobody who does not hold tickets.issue, administrators included', async () => {
      assert.equal((await issue(admin, { subject: 'C-97' })).status, 403);
      const there = await makeAccount(db, { origin: node.url.origin });
      assert.equal((await issue(issuer, { subject: 'C-97' }, there)).status, 404);
      for (const body of [{}, { subject: '' }, { subject: 'a\nb' }, { subject: 'x', lifeSeconds: 301 }])
        assert.equal((await issue(issuer, body)).status, 400);
    });
  });

  it('attack 79: of two that renew one session at once, one does, and the other’s ticket stays good', async () => {
    const visitor = await nobody();
    const tickets = await Promise.all([es256.sign(account.siteKey), es256.sign(account.siteKey)]);
    const answers = await Promise.all(
      tickets.map(async (ticket) => await redeem(ticket, { token: visitor.token })),
    );
    const good = answers.filter(({ status }) => status === 201).map(({ body }) => body as VisitorSession);
    const living = [];
    for (const { token, visitorId } of good) {
      const client = new VisitorClient({ token, visitorId, account, url: node.url });
      if ((await client.try(getVisitorConversation)).status === 200) living.push(visitorId);
    }
    assert.deepEqual(
      living.filter((each) => each === visitor.visitorId).length,
      1,
      'the session has one token',
    );
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 201) continue;
      assert.equal(answer.status, 401);
      await redeemed(tickets[index] ?? '');
    }
  });

  it('are needed to begin where the site says so', async () => {
    await setSettings(db, account.id, { 'tickets.required': true }, account.siteId);
    const without = await (
      await nobody()
    ).try(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    assert.equal(without.status, 403);
    assert.match(without.text, /tickets\.required/);
    await begin(await redeemed(await es256.sign(account.siteKey)));
    await setSettings(db, account.id, { 'tickets.required': false }, account.siteId);
    await begin(await nobody());
  });

  it('leave nothing that could be read without the visitor: not who it is, not the ticket', async () => {
    const subject = `C-${randomUUID()}`;
    const ticket = await es256.sign(account.siteKey, { sub: subject });
    const { visitorId } = await redeemed(ticket);
    const { rows } = await db.asOwner<{ row: string }>(
      `select row_to_json(s)::text as row from visitor_session s where id = $1
       union all select row_to_json(u)::text from used_ticket u
       union all select body from audit_outbox union all select body from audit_entry`,
      [visitorId],
    );
    const everything = rows.map(({ row }) => row).join();
    for (const secret of [subject, Buffer.from(subject).toString('hex'), ticket])
      assert.ok(!everything.includes(secret));
    assert.ok(everything.includes('tickets.redeemed'));
  });

  it('that have expired are forgotten', async () => {
    const ticket = await es256.sign(account.siteKey);
    await redeemed(ticket);
    const count = async () =>
      (await db.asOwner<{ count: number }>('select count(*)::int as count from used_ticket')).rows[0]?.count;
    const before = await count();
    const [job] = ticketsJobs({ database: db.database });
    await job?.run();
    assert.equal(await count(), before, 'not while they could be shown again');
    await db.asOwner("update used_ticket set expires_at = now() - interval '1 second'");
    await job?.run();
    assert.equal(await count(), 0);
  });

  describe('their keys', () => {
    it('are replaced with an overlap, and revoked at once', async () => {
      const old = new TicketSigner('ES256');
      const next = new TicketSigner('EdDSA');
      const oldId = await old.addTo(account, admin);
      const { items } = await admin.call(addTicketKeys, {
        params: site(),
        body: { key: next.jwks, replaces: { keyId: oldId, overlapHours: 24 }, reason: 'Yearly' },
      });
      const ends = items.find(({ id }) => id === oldId)?.endsAt ?? '';
      assert.ok(Math.abs(Date.parse(ends) - Date.now() - 86_400_000) < 60_000, ends);
      await redeemed(await old.sign(account.siteKey));
      await redeemed(await next.sign(account.siteKey));
      await db.asOwner('update ticket_key set ends_at = now() where id = $1', [oldId]);
      await refused(await old.sign(account.siteKey), /the key has ended/);
      const key = items.find(({ kid }) => kid === next.kid);
      const params = { ...site(), keyId: key?.id ?? '' };
      const ticket = await next.sign(account.siteKey);
      await admin.call(revokeTicketKey, { params, body: { reason: 'It leaked' } });
      await refused(ticket, /kid names no key/);
      assert.equal((await admin.try(revokeTicketKey, { params })).status, 404);
      const { items: versions } = await admin.call(listVersions, {
        params: { accountId: account.id },
        query: { kind: 'ticket-key', objectId: params.keyId },
      });
      assert.deepEqual(
        versions.map(({ what, reason }) => [what, reason]),
        [
          ['removed', 'It leaked'],
          ['made', 'Yearly'],
        ],
      );
      const restored = await admin.try(restoreVersion, {
        params: { accountId: account.id, kind: 'ticket-key', objectId: params.keyId, version: 1 },
        body: { newest: 2, reason: '' },
      });
      assert.equal(restored.status, 409, 'a revoked key does not come back');
      const used = (await admin.call(listTicketKeys, { params: site() })).items;
      assert.ok(used.some(({ kid, lastUsedOn }) => kid === es256.kid && lastUsedOn !== null));
    });

    it('are public ones, on the two curves', async () => {
      const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString();
      const [read] = await readPublicKeys(`\n${pem}\n`);
      assert.match(read?.kid ?? '', /^[\w-]{43}$/, 'named by its thumbprint');
      assert.equal(read?.algorithm, 'ES256');
      const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
      const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
      const set = { keys: [rsa, p384, ec.publicKey].map((key) => key.export({ format: 'jwk' })) };
      assert.equal((await readPublicKeys(JSON.stringify(set))).length, 1, 'others of a set are left out');
      const jwk = ec.publicKey.export({ format: 'jwk' });
      for (const unfit of [
        rsa.export({ format: 'pem', type: 'spki' }).toString(),
        JSON.stringify(p384.export({ format: 'jwk' })),
        JSON.stringify({ ...jwk, use: 'enc' }),
        JSON.stringify({ ...jwk, alg: 'RS256' }),
        JSON.stringify({ ...jwk, x: jwk.y }),
        '{"keys":[]}',
        '[]',
        'null',
        'a key',
      ])
        await assert.rejects(readPublicKeys(unfit), { code: 'tickets.key-unfit' }, unfit);
      for (const secret of [
        ec.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
        JSON.stringify(ec.privateKey.export({ format: 'jwk' })),
        JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }),
      ]) {
        await assert.rejects(readPublicKeys(secret), { code: 'tickets.key-private' });
        const answer = await admin.try(addTicketKeys, { params: site(), body: { key: secret } });
        assert.equal(answer.status, 422);
      }
    });

    it('are added once, not without end, and by whoever has just shown who they are', async () => {
      const there = await makeAccount(db, { origin: node.url.origin });
      const one = await makePerson(db, there, { url: node.url, roles: ['administrator'] });
      const params = { accountId: there.id, siteId: there.siteId };
      const signer = new TicketSigner();
      await signer.addTo(there, one);
      const twice = await one.try(addTicketKeys, { params, body: { key: signer.jwks } });
      assert.match(twice.text, /tickets\.key-known/);
      for (let count = 1; count < ticketLimits.keysOfSite; count += 1)
        await new TicketSigner().addTo(there, one);
      const more = await one.try(addTicketKeys, { params, body: { key: new TicketSigner().jwks } });
      assert.match(more.text, /tickets\.too-many-keys/);
      const calm = await makePerson(db, account, {
        url: node.url,
        roles: ['administrator'],
        elevated: false,
      });
      const unelevated = await calm.try(addTicketKeys, { params: site(), body: { key: signer.jwks } });
      assert.match(unelevated.text, /signin\.elevation-required/);
      const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
      assert.equal(
        (await agent.try(addTicketKeys, { params: site(), body: { key: signer.jwks } })).status,
        403,
      );
      const foreign = await admin.try(addTicketKeys, {
        params: { accountId: account.id, siteId: there.siteId },
        body: { key: new TicketSigner().jwks },
      });
      assert.equal(foreign.status, 404);
      const replaced = await admin.try(addTicketKeys, {
        params: site(),
        body: { key: new TicketSigner().jwks, replaces: { keyId: randomUUID(), overlapHours: 0 } },
      });
      assert.equal(replaced.status, 404);
    });
  });
});
