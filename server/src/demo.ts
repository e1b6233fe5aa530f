import { randomInt, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { giveRole, readRoles } from './features/access/index.ts';
import { createAccount, readAccounts, setAccountStatus } from './features/accounts/index.ts';
import { createCannedReply } from './features/canned-replies/index.ts';
import { createQueue } from './features/routing/index.ts';
import { admitWithPassword, Passwords } from './features/signin/index.ts';
import { createSite, newSiteKey, siteByKey } from './features/sites/index.ts';
import { createUnit } from './features/units/index.ts';
import { inviteUser } from './features/users/index.ts';
import { inventHistory } from './demo-history.ts';
import { demoAccountName, demoPeople, demoQueues, demoReplies, demoSiteName } from './demo-content.ts';
import {
  discardDraft,
  publishDraft,
  readDraft,
  readFirstRun,
  writeDraft,
  type FirstRun,
} from './first-run.ts';
import type { Database, ReadTx, Tx } from './platform/database/index.ts';
import type { Keyring } from './platform/keys/index.ts';

export interface DemoParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly dataDir: string;
  readonly publicUrl: URL;
  /** Whether the operator wants a demo at all (`SAMTAL_DEMO`). */
  readonly wanted: boolean;
  /** Whether it gets an invented past. */
  readonly history: boolean;
}

const actor = { kind: 'system' } as const;

/**
 * Fills an empty installation with a demo account, once. Says which site the demo pages carry, and where the people’s
 * passwords were written when this start made them.
 */
export async function prepareDemo(
  parts: DemoParts,
): Promise<{ siteKey: string | null; firstRun: string | null }> {
  if (!parts.wanted) return { siteKey: null, firstRun: null };
  const firstRun = await makeDemo(parts);
  return { siteKey: await demoSiteKey(parts), firstRun };
}

/**
 * Three transactions, since each is in another scope: the account, suspended; what is in it; and, when all is there, its
 * people become members. A start that was cut short is carried on with the passwords that it had written down.
 */
async function makeDemo(parts: DemoParts): Promise<string | null> {
  const { database, dataDir } = parts;
  const draft = await readDraft(dataDir);
  const plan = draft ?? planDemo(parts.publicUrl);
  if (draft === null) {
    if (await database.read('platform', hasAccounts)) return null;
    await writeDraft(dataDir, plan);
  }
  if (!(await database.transaction('platform', (tx) => beginAccount(tx, parts.keyring, plan)))) {
    await discardDraft(dataDir);
    return null;
  }
  const { id } = accountOf(plan);
  if ((await database.read(id, (tx) => readPeople(tx, id))).length === 0) {
    await database.transaction(id, (tx) => fillAccount(tx, parts, plan));
  }
  const hashes = await hashPasswords(plan);
  await database.transaction('platform', (tx) => admitPeople(tx, plan, hashes));
  return await publishDraft(dataDir);
}

function planDemo(publicUrl: URL): FirstRun {
  const accountId = randomUUID();
  return {
    url: publicUrl.origin,
    accounts: [{ id: accountId, name: demoAccountName, siteKey: newSiteKey() }],
    users: demoPeople.map(({ email, roles }) => ({ email, password: newPassword(), roles, accountId })),
  };
}

/** 99 random bits that can be read out and typed in. */
function newPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

function accountOf({ accounts: [account] }: FirstRun): FirstRun['accounts'][number] {
  if (account === undefined) throw new Error('The plan of the demo names no account');
  return account;
}

async function hasAccounts(tx: ReadTx): Promise<boolean> {
  return (await readAccounts(tx)).length > 0;
}

/** Makes the account where there is no other, and says whether there is this one; of several nodes, one makes it. */
async function beginAccount(tx: Tx, keyring: Keyring, plan: FirstRun): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(7318004)`.execute(tx.sql);
  const { id, name } = accountOf(plan);
  const accounts = await readAccounts(tx);
  if (accounts.length === 0) await createAccount(tx, keyring, { id, name, status: 'suspended', actor });
  return accounts.length === 0 || accounts.some((account) => account.id === id);
}

/** Queues, site, canned replies, people who cannot sign in yet, and what they are said to have done so far. */
async function fillAccount(
  tx: Tx,
  { publicUrl, history }: Pick<DemoParts, 'publicUrl' | 'history'>,
  plan: FirstRun,
): Promise<void> {
  const { id: accountId, siteKey } = accountOf(plan);
  const queueIds: string[] = [];
  for (const { name, team } of demoQueues) {
    const unitId = await createUnit(tx, accountId, { actor, unit: { kind: 'team', name: team } });
    queueIds.push(await createQueue(tx, accountId, { actor, queue: { name, unitId } }));
  }
  const [queueId = ''] = queueIds;
  await createSite(tx, accountId, {
    actor,
    site: {
      name: demoSiteName,
      origins: [publicUrl.origin],
      queueId,
      locale: 'sv',
      siteKey,
      accentColour: '#1d5c43',
    },
  });
  for (const reply of demoReplies) await createCannedReply(tx, accountId, { actor, reply });
  const roles = [...(await readRoles(tx, accountId)).values()];
  const agentIds: string[] = [];
  for (const { email, name, roles: words } of demoPeople) {
    const { userId } = await inviteUser(tx, accountId, { actor, user: { email, name } });
    if (words.includes('agent')) agentIds.push(userId);
    for (const { id: roleId } of roles.filter(({ builtIn }) => words.some((word) => word === builtIn))) {
      await giveRole(tx, accountId, {
        giver: 'operator',
        userId,
        roleId,
        scope: {},
        note: { reason: 'Demo' },
      });
    }
  }
  if (history) await inventHistory(tx, accountId, { queueIds, agentIds });
}

/** Lets the people in, unless an earlier start had come as far as this. */
async function admitPeople(tx: Tx, plan: FirstRun, hashes: ReadonlyMap<string, string>): Promise<void> {
  const { id: accountId } = accountOf(plan);
  const invited = (await readPeople(tx, accountId)).filter(({ status }) => status === 'invited');
  if (invited.length === 0) return;
  for (const { email, userId } of invited) {
    const passwordHash = hashes.get(email);
    if (passwordHash !== undefined) await admitWithPassword(tx, { accountId, userId, passwordHash, actor });
  }
  await setAccountStatus(tx, accountId, { status: 'active', actor });
}

async function readPeople(
  tx: ReadTx,
  accountId: string,
): Promise<{ userId: string; email: string; status: 'invited' | 'active' | 'inactive' }[]> {
  return await tx.sql
    .selectFrom('membership')
    .select(['user_id as userId', 'email', 'status'])
    .where('account_id', '=', accountId)
    .execute();
}

async function hashPasswords(plan: FirstRun): Promise<Map<string, string>> {
  const passwords = new Passwords();
  return new Map(
    await Promise.all(
      plan.users.map(async ({ email, password }) => [email, await passwords.hash(password)] as const),
    ),
  );
}

/** The site that the demo made; on a node that did not make it, the oldest that allows our own pages. */
async function demoSiteKey({ database, dataDir, publicUrl }: DemoParts): Promise<string | null> {
  const made = (await readFirstRun(dataDir))?.accounts[0]?.siteKey;
  return await database.read('platform', async (tx) => {
    if (made !== undefined && (await siteByKey(tx, made)) !== null) return made;
    const site = await tx.sql
      .selectFrom('site')
      .select('site_key')
      .where(sql<boolean>`${publicUrl.origin} = any(origins)`)
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    return site?.site_key ?? null;
  });
}
