import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { endpoints } from '@samtal/contract';
import { authorisations, listRoles, type Authorisation } from '@samtal/contract/access';
import { sensitiveAuthorisations } from '@samtal/contract/api-keys';
import { acceptConversation, takeConversation } from '@samtal/contract/conversations';
import type { Endpoint } from '@samtal/contract/endpoint';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import { changeSite, listSites } from '@samtal/contract/sites';
import { createFileLink, sendVisitorFile } from '@samtal/contract/media';
import { createDataService } from '@samtal/contract/data-services';
import { createIdentityProvider } from '@samtal/contract/federation';
import { scimUrns } from '@samtal/contract/provisioning';
import { beginFactor, beginFirstFactor, type BegunFactor } from '@samtal/contract/signin';
import { inviteUser } from '@samtal/contract/users';
import { identifyVisitor, readVisitorEntries, startConversation } from '@samtal/contract/widget';
import { startSession } from '../../src/features/signin/sessions.ts';
import { openApiDocument } from '../../src/platform/http/openapi.ts';
import { testUnit, testUser } from '../accounts.ts';
import { tokenHash } from '../../src/platform/tokens/index.ts';
import { audited } from '../audited.ts';
import { scopeCases } from '../scope-cases.ts';
import { eventually, TestSocket } from '../socket.ts';
import {
  inAnotherSession,
  makeAccount,
  makePerson,
  makeProgram,
  makeVisitor,
  request,
  type Answer,
  type FileToSend,
  type Person,
  type Program,
  type TestAccount,
  type VisitorClient,
} from '../callers.ts';
import { TestIdentityProvider } from '../identity-provider.ts';
import { TestOpenIdProvider } from '../openid-provider.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { attemptCookie, codeOfApp, giveApp, giveMailFactor } from '../factors.ts';
import { png } from '../files.ts';
import { startMailServer, type TestMailServer } from '../mail-server.ts';
import { setUpMail } from '../mail-settings.ts';
import { approvedAccess, askForAccess, enterAs, entryOf } from '../operators.ts';
import { startTestNode, type TestNode } from '../node.ts';
import { makeResolvedConversations } from '../resolved-conversations.ts';
import { setSettings } from '../settings.ts';
import { tableContents } from '../table-contents.ts';
import { TicketSigner } from '../tickets.ts';
import { clientKey, testExportAccount, testExportKey } from '../export-accounts.ts';
import { fingerprintsOf } from '../../src/features/statistics-export/fingerprints.ts';
import { sealPassphrase } from '../../src/features/statistics-export/passphrase.ts';

/** What one call of an endpoint takes. */
interface Input {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: Record<string, unknown>;
  readonly form?: Record<string, string>;
  readonly file?: FileToSend;
  /** Of somebody who has no session: an attempt to sign in. */
  readonly headers?: Record<string, string>;
}

/** How an endpoint is called so that it succeeds once, and what those get who may call it but hold nothing here. */
interface Recipe {
  /** Real ids of `place`, made for this one call. */
  input?(place: Place): Promise<Input> | Input;
  /** Who calls: someone who holds everything, unless told. */
  as?(place: Place): Person;
  /** Which visitor calls, where that matters: a new one in a conversation, unless told. */
  visitor?(place: Place): VisitorClient;
  /** Answers for those with the authorisation in another queue only; 404 unless told. */
  readonly elsewhere?: number;
  /** Where access is `member`: the answer for members who hold nothing; 404 unless told. */
  readonly holdingNothing?: number;
  /** The code that a key is refused with which holds everything; it is served unless told. */
  readonly byKey?: string;
  /** Takes away what would go on changing tables by itself. */
  readonly afterwards?: () => Promise<unknown>;
  /** Ids of the body that must belong to the account, each replaced in turn by another account’s and an unknown one. */
  readonly bodyIds?: Readonly<Record<string, (place: Place, id: string) => Record<string, unknown>>>;
}

/** One account with everything in it. */
interface Place {
  readonly account: TestAccount;
  /** Holds every authorisation there is. */
  readonly right: Person;
  readonly nothing: Person;
  /** A key of everything that `right` holds. */
  readonly program: Program;
  readonly programId: string;
  /** Will have given his elevation back. */
  readonly lowered: Person;
  /** Changes what they sign in with. */
  readonly owner: Person;
  /** Will have signed out. */
  readonly leaver: Person;
  /** Whom the account has let in for a time. */
  readonly operator: Person;
  readonly visitor: VisitorClient;
  readonly otherQueueId: string;
  readonly roleId: string;
  readonly grantId: string;
  readonly userId: string;
  readonly replyId: string;
  readonly destinationId: string;
  readonly providerId: string;
  readonly siteId: string;
  /** Something that is configured: the site. */
  readonly objectId: string;
  readonly queueId: string;
  /** Holds in NORTH every authorisation that can be held there. */
  readonly north: Person;
  /** SOUTH, where everything lies but the other queue. */
  readonly unitId: string;
  readonly conversationId: string;
  readonly mediaId: string;
  readonly keyId: string;
  readonly groupId: string;
  /** What an operator asks for. */
  readonly accessId: string;
  readonly exportAccountId: string;
  readonly serviceKey: string;
}

/** The ids that a place has. */
type PlaceId = (typeof pathIds)[number];

const scoped = (Object.keys(authorisations) as Authorisation[]).filter((each) => authorisations[each].scoped);
const name = () => `Name ${randomBytes(5).toString('hex')}`;
const password = 'the correct horse and its battery';

let db: TestDatabase;
let node: TestNode;
let mail: TestMailServer;

const account = (place: Place) => ({ params: { accountId: place.account.id } });
const figures = (place: Place) => ({
  params: { accountId: place.account.id, subject: 'queues' },
  query: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z', grain: 'day' },
});
const one = (key: PlaceId) => (place: Place) => ({
  params: { accountId: place.account.id, [key]: place[key] },
});
const site = (place: Place) => ({ params: { siteKey: place.account.siteKey } });

const fileIn = (input: Input, params: Record<string, string>): Input => ({
  params: { ...input.params, ...params },
  file: { name: 'Picture.png', content: png() },
});

async function anotherSession(userId: string): Promise<string> {
  const { sessionId } = await db.database.transaction('platform', (tx) => startSession(tx, userId));
  return sessionId;
}

const service = () => ({
  key: `service-${randomBytes(5).toString('hex')}`,
  name: name(),
  description: 'For a test',
  enabled: true,
  requestsPerMinute: 600,
  roleIds: [],
  query: {
    subject: 'queues' as const,
    measures: ['offered'],
    by: null,
    grain: 'day' as const,
    period: { kind: 'given' as const, longestDays: 31 },
    filters: { queueIds: null, siteIds: null },
    parameters: { queue: 'not', site: 'not', agent: 'not' } as const,
  },
});
async function definedService(by: Person): Promise<string> {
  const of = { params: { accountId: by.accountId }, body: service() };
  return (await by.call(createDataService, of)).key;
}
const askingService = (place: Place): Input => {
  const { from, to } = figures(place).query;
  return { ...one('serviceKey')(place), query: { from, to } };
};
async function waiting(place: Place): Promise<string> {
  const visitor = await makeVisitor(db, place.account, node.url);
  return (await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } })).id;
}
const conversation = (id: string, place: Place) => ({
  params: { accountId: place.account.id, conversationId: id },
});
async function caseIdOf(id: string): Promise<string> {
  const { rows } = await db.asOwner<{ case_id: string }>('select case_id from conversation where id = $1', [
    id,
  ]);
  return rows[0]?.case_id ?? '';
}
async function mine(place: Place): Promise<Input> {
  const input = conversation(await waiting(place), place);
  await place.right.call(takeConversation, { params: input.params });
  return input;
}
async function offered(place: Place): Promise<Input> {
  const id = await waiting(place);
  await db.asOwner(
    "update conversation set state = 'offered', agent_id = $2, offer_until = now() + interval '1 minute' where id = $1",
    [id, place.right.userId],
  );
  return conversation(id, place);
}
/** A list that is empty admits whoever asks. */
async function networkTrial(place: Place): Promise<Input> {
  await db.asOwner(
    `insert into network_trial (account_id, until) values ($1, now() + interval '1 hour') on conflict do nothing`,
    [place.account.id],
  );
  return account(place);
}

async function invited(place: Place): Promise<{ userId: string; token: string }> {
  const body = { email: `${randomBytes(6).toString('hex')}@example.org`, name: name() };
  const { user, link } = await place.right.call(inviteUser, {
    params: { accountId: place.account.id },
    body,
  });
  return { userId: user.id, token: link.slice(link.lastIndexOf('=') + 1).replace(/^.*[#/]/, '') };
}

async function set(place: Place, overrides: SettingOverrides): Promise<void> {
  const { version } = await place.right.call(getSettings, account(place));
  await place.right.call(changeSettings, {
    ...account(place),
    body: { channelId: null, version, set: overrides, unset: [], reason: '' },
  });
}

/** A domain of the account’s own. */
async function verifiedDomain({ account: { id } }: Pick<Place, 'account'>): Promise<string> {
  const domain = `${id}.example`;
  await db.asOwner(
    'insert into verified_domain (domain, account_id) values ($1, $2) on conflict do nothing',
    [domain, id],
  );
  return domain;
}

/** Somebody whom the directory sees. */
async function ofDirectory(place: Place): Promise<Input> {
  const email = `${randomUUID()}@${await verifiedDomain(place)}`;
  const { userId } = await testUser(db, place.account.id, { email });
  return { params: { accountId: place.account.id, userId } };
}

async function directoryGroup({ account: { id } }: Pick<Place, 'account'>): Promise<string> {
  const groupId = randomUUID();
  await db.asOwner('insert into directory_group (account_id, id, name) values ($1, $2, $3)', [
    id,
    groupId,
    name(),
  ]);
  return groupId;
}

async function exportKey(place: Place, blob: Buffer, state: 'pending' | 'active') {
  const { params } = one('exportAccountId')(place);
  const of = { accountId: place.account.id, exportAccountId: place.exportAccountId, blob };
  return { params: { ...params, keyId: await testExportKey(db, of, state) } };
}

/** A generated key, of somebody else, whose passphrase waits. */
async function passphraseWaiting(place: Place): Promise<Input> {
  const input = await exportKey(place, clientKey().blob, 'active');
  const of = { accountId: place.account.id, keyId: input.params.keyId };
  const sealed = await sealPassphrase(db.keyring, of, 'quiet-otter');
  await db.asOwner(
    "update export_key set passphrase = $2, passphrase_until = now() + interval '1 hour' where id = $1",
    [of.keyId, sealed],
  );
  return input;
}

async function publishedFile(place: Place): Promise<Input> {
  const fileId = randomUUID();
  await db.asOwner(
    `insert into statistics_file (account_id, id, grain, period_start, subject, folder, name, content, size_bytes, sha256)
     values ($1, $2, 'day', now(), 'queues', 'Metrics', $3, 'x', 1, '')`,
    [place.account.id, fileId, name()],
  );
  return { params: { accountId: place.account.id, fileId } };
}

async function declare(place: Place): Promise<void> {
  const customer = {
    key: 'customer',
    label: 'Customer',
    purpose: 'Test',
    category: 'customer',
    indexed: true,
  } as const;
  await set(place, { 'visitors.attributes': [customer] });
}

async function givePassword(place: Place): Promise<void> {
  const user = await testUser(db, place.account.id, { password });
  await db.asOwner(
    'update identity set password_hash = (select password_hash from identity where id = $2) where id = $1',
    [place.right.userId, user.userId],
  );
}

/** Whoever has changed what they sign in with has to show again that it is them. */
async function elevateAgain({ userId }: Person): Promise<void> {
  await db.asOwner(
    "update session set elevated_until = now() + interval '1 hour', elevated_by = 'totp' where user_id = $1",
    [userId],
  );
}

/** Somebody with a link to a new password. */
async function renewing(place: Place): Promise<{ userId: string; token: string }> {
  const { userId } = await testUser(db, place.account.id, { roles: ['agent'], password });
  const token = randomBytes(32).toString('base64url');
  await db.asOwner(
    `insert into one_time_code (id, user_id, channel, destination, purpose, bound_to, mac, expires_at)
     values ($1, $2, 'email', '', 'renewal-link', $1, $3, now() + interval '30 minutes')`,
    [randomUUID(), userId, tokenHash(token)],
  );
  return { userId, token };
}

/** The first version of a site that has been changed since. */
async function changedSite(place: Place): Promise<Input> {
  const { siteId } = place;
  const params = { accountId: place.account.id, siteId };
  await place.right.call(changeSite, { params, body: { name: name() } });
  return {
    params: { accountId: place.account.id, kind: 'site', objectId: siteId, version: '1' },
  };
}

const idp = await TestIdentityProvider.make();
function newProvider({ roleId }: Pick<Place, 'roleId'>) {
  const { entityId, signInUrl, certificate } = idp;
  return {
    protocol: 'saml' as const,
    name: name(),
    active: true,
    saml: {
      entityId,
      signInUrl,
      certificates: [certificate],
      signed: 'assertion' as const,
      unsolicited: false,
      encrypted: false,
      signOutUrl: null,
      signsOutThere: false,
    },
    domains: ['almvik.example'],
    createsUsers: true,
    groupRoles: [{ group: 'chat', roleId, scope: {} }],
    attributes: { email: null, name: null, groups: null },
  };
}
let openId: TestOpenIdProvider;
const ofProvider = ({ account: { id: accountId }, providerId, userId }: Place) => ({
  params: { accountId, providerId, userId },
});

const recipes: Record<string, Recipe> = {
  'signin.signIn': {
    input: async (place) => {
      const { email } = await testUser(db, place.account.id, { password });
      return { body: { email, password } };
    },
  },
  'signin.getSession': {},
  'signin.signOut': { as: (place) => place.leaver },
  'signin.changePassword': {
    input: async (place) => {
      await givePassword(place);
      return { body: { current: password, next: `${password} and more` } };
    },
  },
  'signin.elevate': {
    input: async (place) => {
      await givePassword(place);
      return { body: { kind: 'password', password } };
    },
  },
  'signin.endElevation': { as: (place) => place.lowered },
  'signin.listOwnSessions': {},
  'signin.endOwnSession': {
    input: async (place) => ({ params: { sessionId: await anotherSession(place.right.userId) } }),
  },
  'signin.endOtherSessions': { as: (place) => place.nothing },
  'signin.listSessionsOfUser': { input: one('userId') },
  'signin.endSessionOfUser': {
    input: async (place) => ({
      params: { ...one('userId')(place).params, sessionId: await anotherSession(place.userId) },
    }),
  },
  'signin.getSignInStep': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id);
      return { headers: { cookie: await attemptCookie(db, userId, 'factor') } };
    },
  },
  'signin.startPasskeySignIn': {},
  'signin.sendSignInCode': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id);
      const factorId = await giveMailFactor(db, userId);
      return { body: { factorId }, headers: { cookie: await attemptCookie(db, userId, 'factor') } };
    },
  },
  'signin.continueSignIn': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id, { roles: ['agent'] });
      const { code } = await giveApp(db, userId);
      const headers = { cookie: await attemptCookie(db, userId, 'factor') };
      return { body: { kind: 'totp', code: code() }, headers };
    },
  },
  'signin.renewExpiredPassword': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id, { roles: ['agent'] });
      const headers = { cookie: await attemptCookie(db, userId, 'renew') };
      return { body: { password: `the words of ${name()}` }, headers };
    },
  },
  'signin.beginFirstFactor': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id);
      const headers = { cookie: await attemptCookie(db, userId, 'enrol') };
      return { body: { kind: 'totp', name: name() }, headers };
    },
  },
  'signin.confirmFirstFactor': {
    input: async (place) => {
      const { userId } = await testUser(db, place.account.id, { roles: ['agent'] });
      const headers = { cookie: await attemptCookie(db, userId, 'enrol'), origin: node.url.origin };
      const body = { kind: 'totp', name: name() };
      const begun = await request(node.url, beginFirstFactor, { body, headers });
      const { id, totp } = begun.body as BegunFactor;
      return { params: { factorId: id }, body: { code: codeOfApp(totp?.secret ?? '') }, headers };
    },
  },
  'signin.getElevationWays': {},
  'signin.sendElevationCode': {
    as: (place) => place.owner,
    input: async ({ owner }) => ({ body: { factorId: await giveMailFactor(db, owner.userId) } }),
  },
  'signin.startElevationByPasskey': {},
  'signin.listFactors': {},
  'signin.beginFactor': {
    as: (place) => place.owner,
    input: async ({ owner }) => {
      await elevateAgain(owner);
      return { body: { kind: 'totp', name: name() } };
    },
  },
  'signin.confirmFactor': {
    as: (place) => place.owner,
    input: async ({ owner }) => {
      await elevateAgain(owner);
      const { id, totp } = await owner.call(beginFactor, { body: { kind: 'totp', name: name() } });
      return { params: { factorId: id }, body: { code: codeOfApp(totp?.secret ?? '') } };
    },
  },
  'signin.renameFactor': {
    as: (place) => place.owner,
    input: async ({ owner }) => ({
      params: { factorId: await giveMailFactor(db, owner.userId) },
      body: { name: name() },
    }),
  },
  'signin.removeFactor': {
    as: (place) => place.owner,
    input: async ({ owner }) => {
      await elevateAgain(owner);
      return { params: { factorId: await giveMailFactor(db, owner.userId) } };
    },
  },
  'signin.renewRecoveryCodes': {
    as: (place) => place.owner,
    input: async ({ owner }) => {
      await elevateAgain(owner);
      return {};
    },
  },
  'signin.listFactorsOf': { input: one('userId') },
  'signin.resetFactors': { input: one('userId') },
  'signin.askForRenewal': {
    input: async (place) => ({ body: { email: (await testUser(db, place.account.id, { password })).email } }),
  },
  'signin.openRenewal': { input: async (place) => ({ body: { token: (await renewing(place)).token } }) },
  'signin.sendRenewalCode': {
    input: async (place) => {
      const { userId, token } = await renewing(place);
      return { body: { token, factorId: await giveMailFactor(db, userId) } };
    },
  },
  'signin.startRenewalByPasskey': {
    input: async (place) => ({ body: { token: (await renewing(place)).token } }),
  },
  'signin.completeRenewal': {
    input: async (place) => {
      const { token } = await renewing(place);
      return { body: { token, password: `${password} anew`, proof: null } };
    },
  },
  'signin.readInvitation': { input: async (place) => ({ body: { token: (await invited(place)).token } }) },
  'signin.acceptInvitation': {
    input: async (place) => ({ body: { token: (await invited(place)).token, name: name(), password } }),
  },
  'accounts.getAccount': { input: account, holdingNothing: 200 },
  'accounts.changeAccount': { input: (place) => ({ ...account(place), body: { name: name() } }) },
  'users.listUsers': { input: account },
  'users.inviteUser': {
    input: (place) => ({ ...account(place), body: { email: `${randomUUID()}@example.org`, name: name() } }),
  },
  'users.getUser': { input: one('userId') },
  'users.changeUser': {
    input: (place) => ({ ...one('userId')(place), body: { name: name(), status: 'active' } }),
  },
  'users.removeUser': {
    input: async (place) => ({
      params: { accountId: place.account.id, userId: (await testUser(db, place.account.id)).userId },
    }),
  },
  'users.inviteUserAgain': {
    input: async (place) => ({
      params: { accountId: place.account.id, userId: (await invited(place)).userId },
    }),
  },
  'provisioning.listScimUsers': { input: account },
  'provisioning.createScimUser': {
    input: async (place) => ({
      ...account(place),
      body: { userName: `${randomUUID()}@${await verifiedDomain(place)}`, active: true },
    }),
  },
  'provisioning.getScimUser': { input: ofDirectory },
  'provisioning.replaceScimUser': {
    input: async (place) => {
      const email = `${randomUUID()}@${await verifiedDomain(place)}`;
      const { userId } = await testUser(db, place.account.id, { email });
      return { params: { accountId: place.account.id, userId }, body: { userName: email, active: false } };
    },
  },
  'provisioning.patchScimUser': {
    input: async (place) => ({
      ...(await ofDirectory(place)),
      body: { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] },
    }),
  },
  'provisioning.deleteScimUser': { input: ofDirectory },
  'provisioning.listScimGroups': { input: account },
  'provisioning.createScimGroup': {
    input: (place) => ({ ...account(place), body: { displayName: name() } }),
  },
  'provisioning.getScimGroup': { input: one('groupId') },
  'provisioning.replaceScimGroup': {
    input: (place) => ({ ...one('groupId')(place), body: { displayName: name(), members: [] } }),
  },
  'provisioning.patchScimGroup': {
    input: (place) => ({
      ...one('groupId')(place),
      body: { Operations: [{ op: 'replace', path: 'displayName', value: name() }] },
    }),
  },
  'provisioning.deleteScimGroup': {
    input: async (place) => ({ params: { ...account(place).params, groupId: await directoryGroup(place) } }),
  },
  'provisioning.getScimConfiguration': { input: account },
  'provisioning.listScimResourceTypes': { input: account },
  'provisioning.listScimSchemas': { input: account },
  'settings.getSettings': { input: account },
  'data-protection.getDataProtectionRecord': { input: account },
  'self-check.getSelfCheck': { input: account },
  'settings.changeSettings': {
    input: async (place) => {
      const { version } = await place.right.call(getSettings, account(place));
      return {
        ...account(place),
        body: { channelId: null, version, set: { 'retention.transcript-days': 9 }, unset: [], reason: '' },
      };
    },
  },
  'settings.getNetworkTrial': { input: account },
  'settings.confirmNetworks': { input: networkTrial, byKey: 'access.not-for-keys' },
  'settings.revertNetworks': { input: networkTrial, byKey: 'access.not-for-keys' },
  'masking.getMasking': { input: account },
  'masking.publishMasking': {
    input: async (place) => {
      const { version } = await place.right.call(getSettings, account(place));
      return {
        ...account(place),
        body: { channelId: null, version, set: { 'masking.cards': false }, unset: [], reason: 'A walk' },
      };
    },
  },
  'masking.previewMasking': {
    input: (place) => ({
      ...account(place),
      body: { channelId: null, set: {}, unset: [], reason: 'before-publishing' },
    }),
    bodyIds: {
      siteId: (_place, id) => ({ channelId: id, set: {}, unset: [], reason: 'before-publishing' }),
    },
  },
  'history.listVersions': { input: account },
  'history.getVersion': { input: changedSite },
  'history.compareVersions': { input: changedSite },
  'history.restoreVersion': {
    input: async (place) => {
      const input = await changedSite(place);
      const { items } = await place.right.call(listSites, account(place));
      const newest = items.find(({ id }) => id === place.siteId)?.version ?? 0;
      return { ...input, body: { newest, reason: '' } };
    },
  },
  'access.listRoles': { input: account },
  'access.createRole': {
    input: (place) => ({
      ...account(place),
      body: { name: name(), authorisations: [], roles: [place.roleId] },
    }),
    bodyIds: { roleId: (_place, id) => ({ name: name(), authorisations: [], roles: [id] }) },
  },
  'access.changeRole': {
    input: (place) => ({ ...one('roleId')(place), body: { name: name() } }),
    bodyIds: { roleId: (_place, id) => ({ roles: [id] }) },
  },
  'access.deleteRole': {
    input: async (place) => {
      const roleId = randomUUID();
      await db.asOwner('insert into role (account_id, id, name) values ($1, $2, $3)', [
        place.account.id,
        roleId,
        name(),
      ]);
      return { params: { accountId: place.account.id, roleId } };
    },
  },
  'access.listGrants': { input: account },
  'access.giveRole': {
    input: (place) => ({
      ...account(place),
      body: { userId: place.userId, roleId: place.roleId, scope: { queue: [place.queueId] } },
    }),
    bodyIds: {
      userId: (place, id) => ({ userId: id, roleId: place.roleId, scope: {} }),
      roleId: (place, id) => ({ userId: place.userId, roleId: id, scope: {} }),
      queueId: (place, id) => ({ userId: place.userId, roleId: place.roleId, scope: { queue: [id] } }),
      siteId: (place, id) => ({ userId: place.userId, roleId: place.roleId, scope: { site: [id] } }),
      unitId: (place, id) => ({ userId: place.userId, roleId: place.roleId, scope: { unit: [id] } }),
    },
  },
  'access.listHeld': { input: one('userId') },
  'access.listHolders': {
    input: (place) => ({ params: { ...account(place).params, authorisation: 'conversations.read' } }),
  },
  'access.withdrawRole': { input: one('grantId') },
  'federation.findSignIn': { input: () => ({ body: { email: 'vera@almvik.example' } }) },
  'federation.listIdentityProviders': { input: account },
  'federation.createIdentityProvider': {
    input: (place) => ({ ...account(place), body: newProvider(place) }),
    bodyIds: {
      roleId: (_place, roleId) => newProvider({ roleId }),
      queueId: (place, id) => ({
        ...newProvider(place),
        groupRoles: [{ group: null, roleId: place.roleId, scope: { queue: [id] } }],
      }),
    },
  },
  'federation.changeIdentityProvider': {
    input: (place) => ({ ...one('providerId')(place), body: { name: name() } }),
  },
  'federation.deleteIdentityProvider': { input: one('providerId') },
  'federation.readProviderMetadata': {
    input: (place) => ({
      ...account(place),
      file: { name: 'metadata.xml', content: Buffer.from(idp.metadata) },
    }),
  },
  'federation.readIssuer': {
    input: (place) => ({ ...account(place), body: { issuer: openId.issuer } }),
  },
  'federation.listFederatedUsers': { input: one('providerId') },
  'federation.linkUser': { input: ofProvider },
  'federation.unlinkUser': { input: ofProvider },
  'operator-access.listOperatorAccess': { input: account },
  'operator-access.listOperatorsPresent': { input: account, holdingNothing: 200 },
  'operator-access.approveOperatorAccess': {
    input: async ({ account: { id: accountId } }) => ({
      params: { accountId, accessId: await askForAccess(db, accountId) },
      body: { minutes: 30 },
    }),
  },
  'operator-access.refuseOperatorAccess': {
    input: async ({ account: { id: accountId } }) => ({
      params: { accountId, accessId: await askForAccess(db, accountId) },
    }),
  },
  'operator-access.endOperatorAccess': {
    input: async ({ account: { id: accountId } }) => ({
      params: { accountId, accessId: await approvedAccess(db, accountId) },
    }),
  },
  'operator-access.leaveAccount': { as: (place) => place.operator },
  'operator-access.enterAccount': {
    input: async ({ account: { id: accountId } }) => ({
      body: { token: await entryOf(db, accountId, await approvedAccess(db, accountId)) },
    }),
  },
  'api-keys.listApiKeys': { input: account },
  'api-keys.createApiKey': {
    input: (place) => ({
      ...account(place),
      body: { name: name(), purpose: 'A walk', grants: [{ roleId: place.roleId, scope: {} }] },
    }),
    bodyIds: {
      roleId: (_place, id) => ({ name: name(), purpose: 'A walk', grants: [{ roleId: id, scope: {} }] }),
      siteId: (place, id) => ({
        name: name(),
        purpose: 'A walk',
        grants: [{ roleId: place.roleId, scope: { site: [id] } }],
      }),
    },
  },
  'api-keys.rotateApiKey': {
    input: (place) => ({ ...one('keyId')(place), body: { oldEndsAt: null } }),
  },
  'api-keys.revokeApiKey': { input: one('keyId') },
  'api-keys.issueToken': {
    input: async (place) => {
      const { keyId, bearer } = await makeProgram(place.right, [{ roleId: place.roleId, scope: {} }]);
      await set(place, { 'api.authentication': 'token' });
      return {
        form: { grant_type: 'client_credentials', client_id: keyId, client_secret: bearer },
      };
    },
    afterwards: async () =>
      await db.asOwner("delete from configuration_version where body ? 'api.authentication'"),
  },
  'units.listUnits': { input: account, holdingNothing: 200 },
  'units.createUnit': {
    input: (place) => ({
      ...account(place),
      body: { kind: 'team', name: name(), parentId: place.unitId },
    }),
    bodyIds: { unitId: (_place, id) => ({ kind: 'team', name: name(), parentId: id }) },
  },
  'units.changeUnit': {
    input: (place) => ({ ...one('unitId')(place), body: { name: name() } }),
    bodyIds: { unitId: (_place, id) => ({ parentId: id }) },
  },
  'units.deleteUnit': {
    input: async (place) => ({
      params: { accountId: place.account.id, unitId: await testUnit(db, place.account.id, name()) },
    }),
  },
  'sites.listSites': { input: account },
  'sites.createSite': {
    input: (place) => ({
      ...account(place),
      body: { name: name(), origins: ['https://example.org'], queueId: place.queueId },
    }),
    bodyIds: { queueId: (_place, id) => ({ name: name(), origins: [], queueId: id }) },
  },
  'sites.changeSite': {
    input: (place) => ({ ...one('siteId')(place), body: { name: name() } }),
    bodyIds: { queueId: (_place, id) => ({ queueId: id }) },
  },
  'sites.deleteSite': { input: one('siteId') },
  'statistics-export.getExportServer': { input: account },
  'statistics-export.listExportAccounts': { input: account },
  'statistics-export.createExportAccount': {
    input: (place) => ({
      ...account(place),
      body: { name: `n${randomBytes(5).toString('hex')}`, purpose: 'A test' },
    }),
  },
  'statistics-export.changeExportAccount': {
    input: (place) => ({ ...one('exportAccountId')(place), body: { purpose: name() } }),
  },
  'statistics-export.deleteExportAccount': {
    input: async (place) => ({
      params: {
        ...account(place).params,
        exportAccountId: (await testExportAccount(db, place.account.id)).id,
      },
    }),
  },
  'statistics-export.submitExportKey': {
    input: (place) => ({ ...one('exportAccountId')(place), body: { publicKey: clientKey().publicKey } }),
  },
  'statistics-export.generateExportKey': {
    input: (place) => ({ ...one('exportAccountId')(place), body: { passphrase: { by: 'person' } } }),
  },
  'statistics-export.readExportPassphrase': { input: passphraseWaiting },
  'statistics-export.showExportKey': {
    input: async (place) => await exportKey(place, clientKey().blob, 'pending'),
  },
  'statistics-export.confirmExportKey': {
    input: async (place) => {
      const { blob } = clientKey();
      const fingerprint = fingerprintsOf(blob).sha256;
      return { ...(await exportKey(place, blob, 'pending')), body: { as: 'second-person', fingerprint } };
    },
  },
  'statistics-export.revokeExportKey': {
    input: async (place) => await exportKey(place, clientKey().blob, 'active'),
  },
  'tickets.listTicketKeys': { input: one('siteId') },
  'tickets.addTicketKeys': {
    input: (place) => ({ ...one('siteId')(place), body: { key: new TicketSigner().jwks } }),
  },
  'tickets.issueTicket': { input: (place) => ({ ...one('siteId')(place), body: { subject: 'C-1' } }) },
  'tickets.revokeTicketKey': {
    input: async (place) => {
      const keyId = await new TicketSigner().addTo(place.account, place.right);
      return { params: { accountId: place.account.id, siteId: place.account.siteId, keyId } };
    },
  },
  'routing.listQueues': { input: account, elsewhere: 200 },
  'routing.createQueue': {
    input: (place) => ({ ...account(place), body: { name: name() } }),
    bodyIds: { unitId: (_place, id) => ({ name: name(), unitId: id }) },
  },
  'routing.changeQueue': {
    input: (place) => ({ ...one('queueId')(place), body: { name: name() } }),
    bodyIds: { unitId: (_place, id) => ({ unitId: id }) },
  },
  'routing.deleteQueue': {
    input: async (place) => {
      const queueId = randomUUID();
      await db.asOwner('insert into queue (account_id, id, name) values ($1, $2, $3)', [
        place.account.id,
        queueId,
        name(),
      ]);
      return { params: { accountId: place.account.id, queueId } };
    },
  },
  'routing.listPresence': { input: account },
  'statistics.readFigures': { input: figures, elsewhere: 200 },
  'statistics.exportFigures': { input: figures, elsewhere: 200 },
  'statistics.readOwnFigures': {
    input: (place) => ({ ...account(place), query: figures(place).query }),
    elsewhere: 200,
    byKey: 'api-keys.not-for-keys',
  },
  'data-services.listDataServices': { input: account, holdingNothing: 200 },
  'data-services.getDataService': { input: one('serviceKey') },
  'data-services.createDataService': {
    input: (place) => ({ ...account(place), body: service() }),
    bodyIds: {
      roleId: (_place, id) => ({ ...service(), roleIds: [id] }),
      queueId: (_place, id) => ({
        ...service(),
        query: { ...service().query, filters: { queueIds: [id], siteIds: null } },
      }),
      siteId: (_place, id) => ({
        ...service(),
        query: { ...service().query, filters: { queueIds: null, siteIds: [id] } },
      }),
    },
  },
  'data-services.changeDataService': {
    input: (place) => ({ ...one('serviceKey')(place), body: { name: name() } }),
  },
  'data-services.deleteDataService': {
    input: async (place) => ({
      params: { accountId: place.account.id, serviceKey: await definedService(place.right) },
    }),
  },
  'data-services.readDataService': { input: askingService, elsewhere: 200 },
  'data-services.exportDataService': { input: askingService, elsewhere: 200 },
  'statistics.listMetrics': { input: account, elsewhere: 200 },
  'statistics.readLive': { input: account, elsewhere: 200 },
  'statistics.listFiles': { input: account, elsewhere: 200 },
  'statistics.openFile': { input: publishedFile },
  'routing.setPresence': {
    input: (place) => ({ ...account(place), body: { state: 'away' } }),
    elsewhere: 200,
  },
  'canned-replies.listCannedReplies': { input: account, holdingNothing: 200 },
  'canned-replies.createCannedReply': {
    input: (place) => ({
      ...account(place),
      body: { shortcut: randomBytes(5).toString('hex'), text: 'Text' },
    }),
  },
  'canned-replies.changeCannedReply': {
    input: (place) => ({ ...one('replyId')(place), body: { text: 'Other text' } }),
  },
  'canned-replies.deleteCannedReply': { input: one('replyId') },
  'conversations.listMyConversations': { input: account, elsewhere: 200 },
  'conversations.listWaitingConversations': { input: account, elsewhere: 200 },
  'conversations.findConversations': { input: account, elsewhere: 200 },
  'conversations.getConversation': { input: one('conversationId') },
  'conversations.readEntries': { input: one('conversationId') },
  'conversations.postEntry': {
    input: async (place) => ({
      ...(await mine(place)),
      body: { cid: randomUUID(), kind: 'message', text: 'Hello' },
    }),
    byKey: 'conversations.not-yours',
  },
  'conversations.acceptConversation': { input: offered },
  'conversations.declineConversation': { input: offered },
  'conversations.takeConversation': { input: async (place) => conversation(await waiting(place), place) },
  'conversations.transferConversation': {
    input: async (place) => ({ ...(await mine(place)), body: { queueId: place.otherQueueId } }),
    bodyIds: { queueId: (_place, id) => ({ queueId: id }), userId: (_place, id) => ({ agentId: id }) },
  },
  'conversations.resolveConversation': { input: mine },
  'conversations.listTags': { input: account, holdingNothing: 200 },
  'conversations.changeTags': {
    input: async (place) => {
      const input = await mine(place);
      await db.asOwner(
        'insert into conversation_tag (account_id, conversation_id, tag) values ($1, $2, $3)',
        [place.account.id, input.params?.['conversationId'], 'of old'],
      );
      return { ...input, body: { add: [], remove: ['of old'] } };
    },
  },
  'search.searchTranscripts': {
    input: async (place) => {
      await set(place, { 'search.transcripts': true });
      return { ...account(place), body: { words: 'hello' } };
    },
    elsewhere: 200,
  },
  'subject-access.exportSubjectData': {
    input: async (place) => {
      const { rows } = await db.asOwner<{ case_id: string }>(
        'select case_id from conversation where id = $1',
        [place.conversationId],
      );
      const subject = { kind: 'case', caseId: rows[0]?.case_id };
      return { ...account(place), body: { subject, locale: 'en', notes: 'included' } };
    },
  },
  'subject-access.exportAddressLines': {
    input: async (place) => {
      await waiting(place);
      await eventually(async () => {
        const { rows } = await db.asOwner('select from activity_entry where account_id = $1', [
          account(place).params.accountId,
        ]);
        return rows.length > 0;
      }, 'the activity log is written');
      const body = { address: '127.0.0.1', since: null, until: null, locale: 'en' };
      return { ...account(place), body: { ...body, reason: 'Asked in person, with papers' } };
    },
  },
  'visitors.listAttributes': { input: account, holdingNothing: 200 },
  'visitors.getProfile': { input: one('conversationId') },
  'visitors.findByAttributes': {
    input: async (place) => {
      await declare(place);
      return { ...account(place), body: { attributes: [{ key: 'customer', value: 'C-1' }] } };
    },
    elsewhere: 200,
  },
  'activity-log.lookUpAddress': {
    input: async (place) => ({
      ...conversation(await waiting(place), place),
      body: { reason: 'A threat that the police is told of' },
    }),
  },
  'activity-log.listActivityReadings': { input: account },
  'audit.findAuditEntries': { input: account },
  'audit.exportAuditEntries': { input: (place) => ({ ...account(place), query: { format: 'jsonl' } }) },
  'audit.exportAuditProofs': { input: account },
  'audit.getAuditState': { input: account },
  'audit.verifyAuditTrail': { input: account },
  'audit.testAuditDestination': { input: one('destinationId') },
  'audit.listAuditDestinations': { input: account },
  'audit.createAuditDestination': {
    input: (place) => ({
      ...account(place),
      body: { name: name(), target: { kind: 'webhook', url: 'https://siem.example' }, from: 'now' },
    }),
    afterwards: async () => await db.asOwner('delete from audit_destination where active'),
  },
  'audit.changeAuditDestination': {
    input: (place) => ({ ...one('destinationId')(place), body: { name: name() } }),
  },
  'audit.deleteAuditDestination': { input: one('destinationId') },
  'retention.getRetention': { input: account },
  'retention.previewRetention': { input: (place) => ({ ...account(place), query: { transcriptDays: '7' } }) },
  'retention.listDeletions': { input: account },
  'retention.listHolds': { input: account },
  'retention.placeHold': {
    input: async (place) => ({
      ...account(place),
      body: { caseId: await caseIdOf(await waiting(place)), reason: 'A court asks for it', until: null },
    }),
  },
  'retention.liftHold': {
    input: async (place) => {
      const id = await waiting(place);
      await db.asOwner(
        "insert into legal_hold (account_id, conversation_id, reason, placed_by) values ($1, $2, 'x', $2)",
        [place.account.id, id],
      );
      return conversation(id, place);
    },
  },
  'retention.getHold': { input: async (place) => conversation(await waiting(place), place) },
  'retention.previewErasure': {
    input: async (place) => ({
      ...account(place),
      body: { subject: { kind: 'case', caseId: await caseIdOf(await waiting(place)) } },
    }),
  },
  'retention.requestErasure': {
    input: async (place) => ({
      ...account(place),
      body: {
        id: randomUUID(),
        subject: { kind: 'case', caseId: await caseIdOf(await waiting(place)) },
        reference: '',
      },
    }),
  },
  'retention.listErasures': { input: account },
  'retention.getErasureRecord': {
    input: async (place) => {
      const erasureId = randomUUID();
      await db.asOwner(
        `insert into erasure (account_id, id, state, wanted, requested_by, record, signature)
         values ($1, $2, 'live-erased', 'case', $2, '{}', 'x')`,
        [place.account.id, erasureId],
      );
      return { params: { accountId: place.account.id, erasureId } };
    },
  },
  'mail.forwardConversation': {
    input: async (place) => {
      return { ...(await mine(place)), body: { to: 'anna@example.org', reason: 'A doctor asks for it' } };
    },
    afterwards: async () => await db.asOwner('delete from mail'),
  },
  'mail.listForwardings': { input: one('conversationId') },
  'media.getFileRules': { input: one('conversationId') },
  'media.sendFile': {
    input: async (place) => fileIn(await mine(place), { cid: randomUUID() }),
    byKey: 'conversations.not-yours',
  },
  'media.openFile': { input: one('mediaId') },
  'media.createFileLink': { input: one('mediaId') },
  'media.openFileLink': {
    input: async (place) => {
      const { url } = await place.right.call(createFileLink, {
        params: { accountId: place.account.id, mediaId: place.mediaId },
      });
      return { params: { token: url.slice(url.lastIndexOf('/') + 1) } };
    },
  },
  'media.sendVisitorFile': { input: (place) => fileIn(site(place), { cid: randomUUID() }) },
  'media.openVisitorFile': {
    input: (place) => ({ params: { ...site(place).params, mediaId: place.mediaId } }),
    visitor: (place) => place.visitor,
  },
  'realtime.createRealtimeTicket': { input: account, holdingNothing: 201 },
  'widget.getWidgetConfiguration': { input: site },
  'widget.startVisitorSession': { input: site },
  'widget.redeemTicket': {
    input: async (place) => {
      const signer = new TicketSigner();
      await signer.addTo(place.account, place.right);
      return { ...site(place), body: { ticket: await signer.sign(place.account.siteKey) } };
    },
  },
  'widget.endVisitorSession': { input: site },
  'widget.startConversation': {
    input: (place) => ({ ...site(place), body: { cid: randomUUID(), text: 'Hello' } }),
  },
  'widget.identifyVisitor': { input: (place) => ({ ...site(place), body: { attributes: {} } }) },
  'widget.getVisitorConversation': { input: site },
  'widget.readVisitorEntries': { input: site },
  'widget.endConversation': { input: site },
  'widget.rateConversation': {
    input: async (place) => {
      const [made] = await makeResolvedConversations(db, place.account, { daysAgo: [0] });
      const conversationId = made?.id ?? '';
      await db.asOwner('update conversation set visitor_id = $2 where id = $1', [
        conversationId,
        place.visitor.visitorId,
      ]);
      await db.asOwner('insert into rating (account_id, conversation_id) values ($1, $2)', [
        place.account.id,
        conversationId,
      ]);
      return { params: { ...site(place).params, conversationId }, body: { score: 4 } };
    },
    visitor: (place) => place.visitor,
  },
};

/** The ids in paths, and where a place has one. */
const pathIds = [
  'userId',
  'roleId',
  'grantId',
  'siteId',
  'queueId',
  'unitId',
  'replyId',
  'destinationId',
  'providerId',
  'conversationId',
  'objectId',
  'mediaId',
  'keyId',
  'groupId',
  'accessId',
  'exportAccountId',
  'serviceKey',
] as const;

describe('the endpoint walk', () => {
  let here: Place;
  let there: Place;
  let ofProgram: Place;
  const partial = new Map<Authorisation, { without: Person; elsewhere: Person }>();

  before(async () => {
    db = await createTestDatabase();
    openId = await TestOpenIdProvider.start();
    mail = await startMailServer();
    await setUpMail(db, mail);
    node = await startTestNode(db, { outboundNetworks: ['127.0.0.0/8', '::1/128'] });
    [here, there, ofProgram] = [await makePlace(), await makePlace(), await makePlace()];
    for (const authorisation of Object.keys(authorisations) as Authorisation[]) {
      const others = (Object.keys(authorisations) as Authorisation[]).filter(
        (each) => each !== authorisation,
      );
      partial.set(authorisation, {
        without: await personWith(here.account, [{ of: others }]),
        elsewhere: await personWith(here.account, [
          { of: [authorisation], scope: { queue: [here.otherQueueId] } },
        ]),
      });
    }
  });
  after(async () => {
    await node.stop();
    await mail.close();
    await openId.close();
    await db.close();
  });

  it('has a recipe for every endpoint of the contract, and for no other', () => {
    assert.deepEqual(Object.keys(recipes).toSorted(), endpoints.map(({ id }) => id).toSorted());
  });

  it('attack 77: knows of every endpoint, and of no other, what it leaves on the audit trail, or why nothing', () => {
    assert.deepEqual(Object.keys(audited).toSorted(), endpoints.map(({ id }) => id).toSorted());
  });

  it('finds every endpoint of the contract served, and described in the OpenAPI document', () => {
    assert.equal(new Set(endpoints.map(({ id }) => id)).size, endpoints.length);
    assert.equal(
      new Set(endpoints.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)).size,
      endpoints.length,
    );
    assert.deepEqual([...node.app.http.served].toSorted(), endpoints.map(({ id }) => id).toSorted());
    const { paths } = openApiDocument() as { paths: Record<string, Record<string, { operationId: string }>> };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
      ),
    );
    assert.deepEqual(
      described.toSorted(),
      endpoints.map(({ id, method, path }) => `${id} ${method} ${path}`).toSorted(),
    );
  });

  it('tells the maker of a key about every authorisation that a person needs an elevated session for', () => {
    // Restoring needs the authorisation of what is restored as well; a look-up needs its own, wherever it is.
    const besides = { 'history.restoreVersion': [], 'activity-log.lookUpAddress': ['activity-log.look-up'] };
    const needed = endpoints
      .filter(({ sensitive, notForKeys }) => sensitive !== undefined && notForKeys !== true)
      .flatMap(({ id, access }): readonly string[] =>
        Object.hasOwn(besides, id)
          ? besides[id as keyof typeof besides]
          : typeof access === 'object'
            ? [access.holding]
            : [],
      );
    assert.deepEqual([...new Set(needed)].toSorted(), sensitiveAuthorisations);
  });

  it('refuses a second handler for an endpoint', () => {
    const [endpoint] = endpoints;
    assert.ok(endpoint);
    assert.throws(() => node.app.http.serve(endpoint, async () => undefined as never), /two handlers/);
  });

  for (const endpoint of endpoints) {
    const { id, access } = endpoint;
    const recipe = recipes[id] ?? {};

    it(`attack 32, 35, 77: ${id} refuses whoever may not, changes nothing by it, and serves whoever may`, async () => {
      const input = await given(here, recipe);
      const foreign = await given(there, recipe);
      const unchanged = await tableContents(db);
      if (access === 'visitor') await refuseOtherVisitors(endpoint, input);
      else if (access !== 'anyone') {
        await refuseWithoutSession(endpoint, input);
        if (endpoint.method !== 'GET') await refuseForgery(endpoint, input, recipe.as?.(here) ?? here.right);
      }
      if (access === 'member' || typeof access === 'object') {
        await refuseOtherAccounts(endpoint, recipe, { input, foreign });
        if (access === 'member') {
          const nothing = await here.nothing.try(endpoint, input);
          assert.equal(nothing.status, recipe.holdingNothing ?? 404, 'a member who holds nothing');
        } else await refuseUnauthorised(endpoint, recipe, input, access.holding);
      }
      if (endpoint.sensitive !== undefined) await refuseUnelevated(endpoint, input);
      if (id !== 'realtime.createRealtimeTicket')
        assert.deepEqual(await tableContents(db), unchanged, 'refusals change nothing');
      const action = audited[id];
      const before = await recorded(action);
      const answer =
        access === 'visitor' || access === 'anyone'
          ? await asVisitor(endpoint, input, recipe)
          : await (recipe.as?.(here) ?? here.right).try(endpoint, input);
      assert.equal(answer.status, endpoint.status, answer.text);
      assert.equal(answer.text === '', endpoint.status === 204);
      const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
      if (endpoint.status !== 204) assert.ok((endpoint.media ?? [jsonTypeOf(endpoint)]).includes(type), type);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      if (typeof action === 'string')
        assert.ok((await recorded(action)) > before, `a call that succeeds records ${action}`);
      await recipe.afterwards?.();
    });
  }

  for (const endpoint of endpoints.filter(isForKeys)) {
    it(`${endpoint.id} serves a key that holds everything, and records what it does as the key’s`, async () => {
      const recipe = recipes[endpoint.id] ?? {};
      const input = await given(ofProgram, recipe);
      const answer = await ofProgram.program.try(endpoint, input);
      await recipe.afterwards?.();
      if (recipe.byKey !== undefined) return refusedWith(answer, recipe.byKey);
      assert.equal(answer.status, endpoint.status, answer.text);
      const action = audited[endpoint.id];
      if (typeof action !== 'string') return;
      const { rows } = await db.asOwner<{ kind: string }>(
        `select distinct body::jsonb -> 'actor' ->> 'kind' as kind
         from (select body from audit_outbox union all select body from audit_entry) each
         where body::jsonb ->> 'action' = $1 and body::jsonb -> 'actor' ->> 'id' = $2`,
        [action, ofProgram.programId],
      );
      assert.deepEqual(rows, [{ kind: 'api-key' }]);
    });
  }

  it('attack 42: knows of every endpoint that a scope reaches, and of no other, how it is held against it', () => {
    const reached = endpoints.filter(
      ({ access }) =>
        access === 'member' || (typeof access === 'object' && authorisations[access.holding].scoped),
    );
    assert.deepEqual(Object.keys(scopeCases).toSorted(), reached.map(({ id }) => id).toSorted());
  });

  for (const endpoint of endpoints) {
    const scopeCase = scopeCases[endpoint.id];
    if (scopeCase === undefined || typeof scopeCase === 'object') continue;
    it(`attack 42: ${endpoint.id} is in NORTH as if there were no SOUTH`, async () => {
      const recipe = recipes[endpoint.id] ?? {};
      const input = await given(here, recipe);
      if (scopeCase === 'list') await refuseToCountSouth(endpoint, input);
      else await refuseIdsOfSouth(endpoint, input, scopeCase);
      await recipe.afterwards?.();
    });
  }

  it('attack 42: lets nobody in NORTH follow what lies in SOUTH on a socket, nor hear of it', async () => {
    const visitor = await makeVisitor(db, here.account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const sockets = [await TestSocket.asAgent(here.north), await TestSocket.asAgent(here.right)] as const;
    const streams = [id, randomUUID()].flatMap((each) => [
      { stream: `${each}:public` as const, after: 0 },
      { stream: `${each}:internal` as const, after: 0 },
    ]);
    for (const socket of sockets) socket.send({ t: 'sub', streams });
    const theirs = await TestSocket.asVisitor(visitor, node.url);
    theirs.post(`${id}:public`, 'More');
    // When whoever may has heard of it, and NORTH is answered what came later, NORTH has not.
    await sockets[1].next((frame) => frame.t === 'entries' && JSON.stringify(frame).includes('More'));
    const last = randomUUID();
    sockets[0].send({ t: 'sub', streams: [{ stream: `${last}:public`, after: 0 }] });
    await sockets[0].next((frame) => frame.t === 'gone' && frame.stream === `${last}:public`);
    const heard = sockets[0].frames.filter((frame) => !['ping', 'changed', 'welcome'].includes(frame.t));
    assert.deepEqual(
      heard,
      [...streams, { stream: `${last}:public` }].map(({ stream }) => ({ t: 'gone', stream })),
    );
    for (const socket of [...sockets, theirs]) socket.close();
  });

  /** An id of SOUTH, in the path or the body, is answered byte for byte like one that nobody has. */
  async function refuseIdsOfSouth(endpoint: Endpoint, input: Input, where: 'path' | 'body'): Promise<void> {
    const unknown =
      where === 'path'
        ? { ...input, params: withUnknownIds(input.params ?? {}) }
        : {
            ...input,
            body: JSON.parse(
              JSON.stringify(input.body).replace(
                await caseIdOf(here.conversationId),
                await caseIdOf(there.conversationId),
              ),
            ) as Record<string, unknown>,
          };
    assert.notDeepEqual(unknown, input);
    const expected = await here.north.try(endpoint, unknown);
    refusedWith(expected, expected.status === 409 ? 'conversations.not-offered' : 'not-found');
    sameAnswer(await here.north.try(endpoint, input), expected);
  }

  function withUnknownIds(params: Record<string, string>): Record<string, string> {
    const swapped = Object.entries(params).map(([key, value]) =>
      pathIds.some((id) => id === key) ? [key, randomUUID()] : [key, value],
    );
    return Object.fromEntries(swapped) as Record<string, string>;
  }

  /** A list of NORTH says the same before and after something came to be in SOUTH, and that of the whole account does not. */
  async function refuseToCountSouth(endpoint: Endpoint, input: Input): Promise<void> {
    const [north, all] = [await here.north.try(endpoint, input), await here.right.try(endpoint, input)];
    assert.equal(north.status, 200, north.text);
    const added = await addToSouth();
    sameAnswer(await here.north.try(endpoint, input), north);
    assert.notEqual((await here.right.try(endpoint, input)).text, all.text, 'there was something to be seen');
    for (const id of [here.conversationId, here.queueId, here.unitId, ...added])
      assert.ok(!north.text.includes(id), north.text);
  }

  /** A team, a queue and a conversation more, of a visitor who is known. */
  async function addToSouth(): Promise<string[]> {
    const unitId = await testUnit(db, here.account.id, name(), here.unitId);
    const queueId = randomUUID();
    await db.asOwner('insert into queue (account_id, id, name, unit_id) values ($1, $2, $3, $4)', [
      here.account.id,
      queueId,
      name(),
      unitId,
    ]);
    const visitor = await makeVisitor(db, here.account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await declare(here);
    await visitor.call(identifyVisitor, { body: { attributes: { customer: 'C-1' } } });
    return [unitId, queueId, id];
  }

  async function given(place: Place, recipe: Recipe): Promise<Input> {
    return (await recipe.input?.(place)) ?? {};
  }

  function isForKeys({ access, notForKeys }: Endpoint): boolean {
    return notForKeys !== true && (access === 'member' || typeof access === 'object');
  }

  /** How often this action is on the audit trail, sealed or not yet. */
  async function recorded(action: unknown): Promise<number> {
    const { rows } = await db.asOwner<{ count: number }>(
      `select count(*)::int as count from (select body from audit_outbox union all select body from audit_entry) each
       where body::jsonb ->> 'action' = $1`,
      [typeof action === 'string' ? action : ''],
    );
    return rows[0]?.count ?? 0;
  }

  it('offers nothing to an agent that is offered to another one', async () => {
    const input = await offered(here);
    const other = await personWith(here.account, [{ of: Object.keys(authorisations) as Authorisation[] }]);
    assert.equal((await other.try(acceptConversation as Endpoint, input)).status, 409);
  });

  async function refuseWithoutSession(endpoint: Endpoint, input: Input): Promise<void> {
    const { url } = node;
    const origin = url.origin;
    for (const headers of [
      {},
      { cookie: `__Host-samtal=${randomBytes(32).toString('base64url')}`, origin },
      { cookie: `__Host-samtal=${here.visitor.token}`, origin },
      { cookie: 'samtal=x', origin },
    ]) {
      refusedWith(await request(url, endpoint, { ...input, headers }), 'signin.required');
    }
    const ofPeople = endpoint.access === 'signed-in' || endpoint.notForKeys === true;
    for (const token of [here.visitor.token, there.visitor.token, 'x']) {
      const headers = { authorization: `Bearer ${token}`, origin };
      const answer = await request(url, endpoint, { ...input, headers });
      refusedWith(answer, ofPeople ? 'access.not-for-keys' : 'api-keys.refused');
    }
    if (ofPeople) refusedWith(await here.program.try(endpoint, input), 'access.not-for-keys');
    else if (input.params?.['accountId'] !== undefined)
      refusedWith(await there.program.try(endpoint, input), 'not-found');
  }

  async function refuseForgery(endpoint: Endpoint, input: Input, person: Person): Promise<void> {
    const foreignToken = await there.right.csrfToken();
    for (const csrf of ['', randomBytes(32).toString('base64url'), foreignToken]) {
      refusedWith(await person.try(endpoint, input, { 'x-csrf-token': csrf }), 'request.csrf');
    }
    for (const headers of [
      { origin: '' },
      { origin: 'https://attacker.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      refusedWith(await person.try(endpoint, input, headers), 'request.origin');
    }
  }

  /** The hour of one session is not another one’s, though it be the same person’s. */
  async function refuseUnelevated(endpoint: Endpoint, input: Input): Promise<void> {
    const { sensitive } = endpoint;
    assert.ok(typeof sensitive !== 'function' || sensitive(input.body), 'the recipe does what is sensitive');
    refusedWith(
      await (await inAnotherSession(db, here.right)).try(endpoint, input),
      'signin.elevation-required',
    );
  }

  async function refuseOtherVisitors(endpoint: Endpoint, input: Input): Promise<void> {
    const { url } = node;
    const { origin } = here.account;
    const send = async (token: string | null, headers: object = {}) =>
      await request(url, endpoint, {
        ...input,
        headers: { origin, ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      });
    const unknown = await send(randomBytes(32).toString('base64url'));
    refusedWith(unknown, 'visitors.session-ended');
    for (const answer of [
      await send(null),
      await send(there.visitor.token),
      await send(null, { cookie: here.right.cookie, 'x-csrf-token': await here.right.csrfToken() }),
    ]) {
      sameAnswer(answer, unknown);
    }
    refusedWith(await send(here.visitor.token, { origin: 'https://attacker.example' }), 'request.origin');
    const nowhere = { ...input, params: { siteKey: 'A'.repeat(20) } };
    const headers = { origin, authorization: `Bearer ${here.visitor.token}` };
    refusedWith(await request(url, endpoint, { ...nowhere, headers }), 'not-found');
  }

  /** Another account’s administrator, and another account’s ids within one’s own account: as if there were nothing. */
  async function refuseOtherAccounts(
    endpoint: Endpoint,
    recipe: Recipe,
    { input, foreign }: { input: Input; foreign: Input },
  ): Promise<void> {
    const unknownAccount = { ...input, params: { ...input.params, accountId: randomUUID() } };
    const unknown = await there.right.try(endpoint, unknownAccount);
    refusedWith(unknown, 'not-found');
    sameAnswer(await there.right.try(endpoint, input), unknown);
    sameAnswer(await here.right.try(endpoint, foreign), unknown);
    for (const key of pathIds) {
      if (input.params?.[key] === undefined) continue;
      const swapped = async (value: string | undefined) =>
        await here.right.try(endpoint, { ...input, params: { ...input.params, [key]: value } });
      const expected = await swapped(randomUUID());
      refusedWith(expected, expected.status === 409 ? 'conversations.not-offered' : 'not-found');
      sameAnswer(await swapped(foreign.params?.[key]), expected);
    }
    for (const [key, body] of Object.entries(recipe.bodyIds ?? {})) {
      const swapped = async (value: string) =>
        await here.right.try(endpoint, { ...input, body: body(here, value) });
      const expected = await swapped(randomUUID());
      refusedWith(expected, 'not-found');
      sameAnswer(await swapped(there[key as PlaceId]), expected);
    }
  }

  async function refuseUnauthorised(
    endpoint: Endpoint,
    recipe: Recipe,
    input: Input,
    authorisation: Authorisation,
  ): Promise<void> {
    const { without, elsewhere } = partial.get(authorisation) ?? assert.fail(authorisation);
    refusedWith(await without.try(endpoint, input), 'access.forbidden');
    refusedWith(await here.nothing.try(endpoint, input), 'access.forbidden');
    // What acts on the account as a whole falls away from a grant with a scope. The rest sees what is in the scope: nothing.
    if (!authorisations[authorisation].scoped)
      return refusedWith(await elsewhere.try(endpoint, input), 'access.forbidden');
    // Saying where one is changes that, so it is no refusal.
    if (endpoint.id === 'routing.setPresence') return;
    const answer = await elsewhere.try(endpoint, input);
    assert.equal(
      answer.status,
      recipe.elsewhere ?? 404,
      `holding ${authorisation} in another queue: ${answer.text}`,
    );
    if (answer.status !== 200) return;
    // Figures are no list of things that have an id of their own.
    if (/^(?:statistics|data-services)\./.test(endpoint.id))
      return assert.ok(!answer.text.includes(here.account.queueId), answer.text);
    const { items } = answer.body as { items: { id: string; queueId?: string }[] };
    assert.ok(
      items.every((item) => item.id === here.otherQueueId || item.queueId === here.otherQueueId),
      answer.text,
    );
  }

  async function asVisitor(endpoint: Endpoint, input: Input, recipe: Recipe): Promise<Answer<unknown>> {
    if (recipe.visitor !== undefined) return await recipe.visitor(here).try(endpoint, input);
    const visitor = await makeVisitor(db, here.account, node.url);
    if (endpoint.access === 'visitor')
      await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const { headers = {}, ...sent } = input;
    return await visitor.try(endpoint, sent, headers);
  }

  async function personWith(
    of: TestAccount,
    grants: { of: readonly Authorisation[]; scope?: object }[],
  ): Promise<Person> {
    const person = await makePerson(db, of, { url: node.url, roles: [], maxConversations: 50 });
    for (const { of: held, scope = {} } of grants) {
      const roleId = randomUUID();
      await db.asOwner('insert into role (account_id, id, name) values ($1, $2, $3)', [
        of.id,
        roleId,
        name(),
      ]);
      await db.asOwner('insert into role_authorisation select $1, $2, unnest($3::text[])', [
        of.id,
        roleId,
        held,
      ]);
      await db.asOwner('insert into role_allows select $1, $2, unnest($3::text[])', [of.id, roleId, held]);
      await db.asOwner(
        'insert into role_grant (account_id, id, user_id, role_id, scope) values ($1, $2, $3, $4, $5)',
        [of.id, randomUUID(), person.userId, roleId, JSON.stringify(scope)],
      );
    }
    return person;
  }

  async function makePlace(): Promise<Place> {
    const of = await makeAccount(db, { origin: node.url.origin });
    const right = await personWith(of, [{ of: Object.keys(authorisations) as Authorisation[] }]);
    const nothing = await personWith(of, []);
    const { items: roles } = await right.call(listRoles, { params: { accountId: of.id } });
    const everything = roles.find(({ allows }) => allows.length === Object.keys(authorisations).length);
    assert.ok(everything);
    const program = await makeProgram(right, [{ roleId: everything.id, scope: {} }]);
    // The first use of a day is written down, and so is the first refusal of an hour; what comes after changes nothing.
    await program.call(listRoles, { params: { accountId: of.id } });
    const other = await testUser(db, of.id);
    const [otherQueueId, roleId, grantId, replyId, siteId] = Array.from({ length: 5 }, () => randomUUID());
    assert.ok(otherQueueId && roleId && grantId && replyId && siteId);
    await db.asOwner('insert into queue (account_id, id, name) values ($1, $2, $3)', [
      of.id,
      otherQueueId,
      'Other',
    ]);
    await db.asOwner('insert into role (account_id, id, name) values ($1, $2, $3)', [of.id, roleId, name()]);
    await db.asOwner('insert into role_grant (account_id, id, user_id, role_id) values ($1, $2, $3, $4)', [
      of.id,
      grantId,
      other.userId,
      roleId,
    ]);
    await db.asOwner(
      "insert into canned_reply (account_id, id, shortcut, text) values ($1, $2, 'hi', 'Hello')",
      [of.id, replyId],
    );
    await db.asOwner(
      'insert into site (account_id, id, site_key, name, queue_id) values ($1, $2, $3, $4, $5)',
      [of.id, siteId, randomBytes(10).toString('hex'), 'Second site', of.queueId],
    );
    const destinationId = randomUUID();
    // Paused, so that nothing is sent while tables are compared.
    await db.asOwner(
      `insert into audit_destination (account_id, id, name, kind, target, active, delivered_seq)
       values ($1, $2, 'Log server', 'syslog', $3, false, 0)`,
      [
        of.id,
        destinationId,
        JSON.stringify({ kind: 'syslog', host: 'log.example', port: 6514, transport: 'tls' }),
      ],
    );
    const [northId, unitId] = [await testUnit(db, of.id, 'NORTH'), await testUnit(db, of.id, 'SOUTH')];
    const lies = 'update queue set unit_id = $2 where id = $1';
    await db.asOwner(lies, [of.queueId, unitId]);
    await db.asOwner(lies, [otherQueueId, northId]);
    const provider = { params: { accountId: of.id }, body: newProvider({ roleId }) };
    const { id: providerId } = await right.call(createIdentityProvider, provider);
    const visitor = await makeVisitor(db, of, node.url);
    const { id: conversationId } = await visitor.call(startConversation, {
      body: { cid: randomUUID(), text: 'Hello' },
    });
    await setSettings(db, of.id, {
      'media.visitors-may-send': true,
      'media.agents-may-send': true,
      'media.access-enforced': false,
    });
    await visitor.call(sendVisitorFile, fileIn({ params: { siteKey: of.siteKey } }, { cid: randomUUID() }));
    const sent = (await visitor.call(readVisitorEntries)).entries.at(-1);
    assert.ok(sent?.kind === 'file');
    return {
      account: of,
      right,
      nothing,
      program,
      programId: program.keyId,
      lowered: await personWith(of, []),
      owner: await personWith(of, []),
      leaver: await personWith(of, []),
      operator: await enterAs(db, of.id, {
        accessId: await approvedAccess(db, of.id),
        url: node.url,
      }),
      accessId: await askForAccess(db, of.id),
      visitor,
      otherQueueId,
      roleId,
      grantId,
      replyId,
      destinationId,
      providerId,
      siteId,
      groupId: await directoryGroup({ account: of }),
      exportAccountId: (await testExportAccount(db, of.id)).id,
      serviceKey: await definedService(right),
      objectId: siteId,
      conversationId,
      mediaId: sent.body.mediaId,
      keyId: (await makeProgram(right, [{ roleId, scope: {} }])).keyId,
      userId: other.userId,
      queueId: of.queueId,
      north: await personWith(of, [{ of: scoped, scope: { unit: [northId] } }]),
      unitId,
    };
  }
});

function refusedWith(answer: Answer<unknown>, code: string): void {
  if ((answer.headers.get('content-type') ?? '').startsWith('application/scim+json'))
    return refusedByScim(answer, code);
  const problem = answer.body as { code: string; status: number; instance: string };
  assert.equal(problem?.code, code, answer.text);
  assert.equal(answer.status, problem.status);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.match(problem.instance, /^[0-9a-f-]{36}$/);
}

function jsonTypeOf({ scim }: Endpoint): string {
  return scim === true ? 'application/scim+json' : 'application/json';
}

/** The same in the shape of SCIM (RFC 7644, 3.12). */
function refusedByScim(answer: Answer<unknown>, code: string): void {
  const { status, [scimUrns.refusal]: refusal } = answer.body as {
    status: string;
    [scimUrns.refusal]: { code: string };
  };
  assert.equal(refusal.code, code, answer.text);
  assert.equal(status, String(answer.status));
}

/** Byte for byte, but for the request’s own id, the time and how long somebody has waited by then. */
function sameAnswer(one: Answer<unknown>, other: Answer<unknown>): void {
  const comparable = ({ status, text, headers }: Answer<unknown>) => ({
    status,
    text: text
      .replace(/"instance":"[0-9a-f-]{36}"/, '"instance":""')
      .replaceAll(/"longestWaitSeconds":\d+/g, '"longestWaitSeconds":0'),
    // The time, and how many requests are left.
    headers: [...headers].filter(([header]) => header !== 'date' && header !== 'ratelimit'),
  });
  assert.deepEqual(comparable(one), comparable(other));
}
