import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { createIdentityProvider, type SamlProvider } from '@samtal/contract/federation';
import { getSelfCheck, type SelfCheck } from '@samtal/contract/self-check';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, testHttp, testPublicUrl } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { selfCheckRoutes } from '../self-check/routes.ts';
import { newOwnKey } from './certificates.ts';
import { tellOfEndingCertificates } from './ending-certificates.ts';
import { OidcClients } from './index.ts';
import { federationRoutes } from './routes.ts';

const dayMs = 86_400_000;

describe('certificates of identity providers that end', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  let ada: TestPerson;
  let adas: Browser;
  const sent: { to: string; provider: string; day: string }[] = [];
  let mailServer = true;
  const watch = () =>
    tellOfEndingCertificates({
      database: db.database,
      mail: {
        isPossible: async () => mailServer,
        send: async (to, values) => sent.push({ to, provider: values.provider, day: values.day }) > 0,
      },
    });

  before(async () => {
    db = await createTestDatabase();
    const { database, keyring } = db;
    const oidcClients = new OidcClients({ outbound: new Outbound({ networks: [] }), keyring });
    http = testHttp(db, (registered) => {
      federationRoutes(registered, { database, keyring, publicUrl: testPublicUrl, oidcClients });
      selfCheckRoutes(registered, { database });
    });
    accountId = await testAccount(db);
    const password = 'the correct horse and its battery';
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    await testUser(db, accountId, { roles: ['agent'] });
    adas = await Browser.signIn(http, ada);
  });
  after(async () => {
    await http.close(0);
    await db.close();
  });

  /** One that ends in so many days: as if it had been made ten years before that. */
  async function certificate(days: number): Promise<string> {
    const made = new Date(Date.now() + days * dayMs);
    made.setUTCFullYear(made.getUTCFullYear() - 10);
    mock.timers.enable({ apis: ['Date'], now: made });
    try {
      return (await newOwnKey('idp')).certificate;
    } finally {
      mock.timers.reset();
    }
  }
  async function connect(name: string, certificates: string[], active = true): Promise<SamlProvider> {
    const answer = await adas.call(createIdentityProvider, {
      params: { accountId },
      body: {
        protocol: 'saml',
        name,
        active,
        domains: [],
        createsUsers: false,
        groupRoles: [],
        attributes: { email: null, name: null, groups: null },
        saml: {
          entityId: 'https://idp.example',
          signInUrl: 'https://idp.example/sso',
          certificates,
          signed: 'assertion',
          unsolicited: false,
          encrypted: false,
          signOutUrl: null,
          signsOutThere: false,
        },
      },
    });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json<SamlProvider>();
  }
  const found = async () =>
    (await adas.call(getSelfCheck, { params: { accountId } }))
      .json<SelfCheck>()
      .certificates.map(({ name, days }) => [name, days]);
  /** As if time had gone on: its certificates end in so many days. */
  const endIn = async ({ id, saml }: SamlProvider, days: number) =>
    await db.asOwner('update identity_provider set saml = $2 where id = $1', [
      id,
      JSON.stringify({ ...saml, certificates: [await certificate(days)] }),
    ]);

  it('are told of 30 and 7 days before, once each, to those who can do something, and found by the self-check', async () => {
    const [soon, later] = [await certificate(20.5), await certificate(400)];
    const provider = await connect('Ends', [soon]);
    await connect('Followed', [soon, later]);
    await connect('Off', [soon], false);
    assert.deepEqual(await found(), [['Ends', 20]]);
    mailServer = false;
    await watch();
    assert.deepEqual(sent, [], 'kept for when there is a mail server');
    mailServer = true;
    await watch();
    await watch();
    const day = new Date(Date.now() + 20.5 * dayMs).toISOString().slice(0, 10);
    assert.deepEqual(sent.splice(0), [{ to: ada.email, provider: 'Ends', day }]);
    await endIn(provider, 6.5);
    await watch();
    await watch();
    assert.equal(sent.splice(0).length, 1);
    await endIn(provider, -2.5);
    await watch();
    assert.equal(sent.length, 0, 'the page and the self-check go on saying it');
    assert.deepEqual(await found(), [['Ends', -3]]);
    await endIn(provider, 400);
    await watch();
    assert.deepEqual(await found(), []);
    await endIn(provider, 29.5);
    await watch();
    assert.equal(sent.splice(0).length, 1, 'the next one is told of anew');
    const { rows } = await db.asOwner<{ body: string }>(
      "select body from audit_outbox where body like '%federation.certificate-notice%'",
    );
    assert.equal(rows.length, 3);
  });
});
