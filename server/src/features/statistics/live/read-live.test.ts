import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { BuiltInRole, Scope } from '@samtal/contract/access';
import { testAccount, testUnit, testUser } from '../../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { createQueue } from '../../routing/index.ts';
import { createSite, readSites } from '../../sites/index.ts';
import { readLive } from './read-live.ts';

const actor = { kind: 'operator' } as const;
let db: TestDatabase;
let account: string;
let north: { unit: string; queue: string };
let south: { unit: string; queue: string };
let site: string;
const agents = { nils: '', sofia: '', alva: '' };

before(async () => {
  db = await createTestDatabase();
  account = await testAccount(db);
  north = await region('Norr');
  south = await region('Söder');
  site = await db.database.transaction(account, async (tx) => {
    await createSite(tx, account, {
      actor,
      site: { name: 'norr.example', origins: ['https://norr.example'], queueId: north.queue },
    });
    return (await readSites(tx, account))[0]?.id ?? '';
  });
  agents.nils = await agent('Nils', { unit: [north.unit] });
  agents.sofia = await agent('Sofia', { unit: [south.unit] });
  agents.alva = await agent('Alva', {});
  await testUser(db, account, { name: 'Ulla', roles: ['administrator'] });
  await present(agents.nils, 'available');
  await present(agents.alva, 'away');
  await present(agents.sofia, 'available', '-1 second');
  await conversation(north, { state: 'waiting', waitedSeconds: 90 });
  await conversation(north, { state: 'offered', waitedSeconds: 10, agent: agents.nils });
  await conversation(south, { state: 'active', waitedSeconds: 600, agent: agents.alva });
  await conversation(north, { state: 'active', waitedSeconds: 600, agent: agents.alva, site: null });
  await conversation(south, { state: 'resolved', waitedSeconds: 900 });
});
after(async () => await db.close());

async function region(name: string) {
  const unit = await testUnit(db, account, name);
  const queue = await db.database.transaction(account, async (tx) =>
    createQueue(tx, account, { actor, queue: { name: `Kö ${name}`, unitId: unit } }),
  );
  return { unit, queue };
}

async function agent(name: string, scope: Scope): Promise<string> {
  const role: BuiltInRole = 'agent';
  return (await testUser(db, account, { name, roles: [{ role, scope }] })).userId;
}

async function present(user: string, choice: string, until = '1 minute'): Promise<void> {
  await db.asOwner(
    `insert into agent_presence (account_id, user_id, choice, connected_until) values ($1, $2, $3, now() + $4::interval)`,
    [account, user, choice, until],
  );
}

interface Begun {
  readonly state: 'waiting' | 'offered' | 'active' | 'resolved';
  readonly waitedSeconds: number;
  readonly agent?: string;
  readonly site?: null;
}

async function conversation(
  { queue }: { queue: string },
  { state, waitedSeconds, agent: agentId = null as never, site: at }: Begun,
): Promise<void> {
  const id = randomUUID();
  await db.asOwner(
    `insert into conversation (account_id, id, case_id, state, site_id, site_name, queue_id, queue_name, visitor_id, agent_id,
       queued_at, offer_until, resolved_at)
     values ($1, $2::uuid, $2::uuid::text, $3::text, $4, 'norr.example', $5, 'Kö', $2::uuid, $6, now() - make_interval(secs => $7),
       case when $3::text = 'offered' then now() end, case when $3::text = 'resolved' then now() end)`,
    [account, id, state, at === null ? null : site, queue, agentId, waitedSeconds],
  );
}

const live = async (...scopes: Scope[]) =>
  await db.database.read(account, async (tx) => await readLive(tx, account, scopes));
const loads = ({ agents: seen }: Awaited<ReturnType<typeof live>>) =>
  seen.map(({ name, state, conversations }) => `${name} ${state} ${conversations}`);
const counts = ({ queues }: Awaited<ReturnType<typeof live>>) =>
  queues.map(({ name, waiting, offered, active }) => `${name} ${waiting} ${offered} ${active}`);

test('whoever sees the account sees every queue, every site and every agent', async () => {
  const all = await live({});
  assert.equal(all.scopes, null);
  assert.deepEqual(counts(all), ['Kö Norr 1 1 1', 'Kö Söder 0 0 1']);
  assert.deepEqual(loads(all), ['Alva away 2', 'Nils available 1', 'Sofia offline 0']);
  assert.deepEqual(all.serviceLevel, { seconds: 20, percent: 80 });
  assert.deepEqual(all.sites, [{ siteId: site, name: 'norr.example' }]);
});

test('the longest wait is that of whoever came first and has no agent yet', async () => {
  const [first, second] = (await live({})).queues;
  const waited = first?.longestWaitSeconds ?? 0;
  assert.ok(waited >= 90 && waited < 120, String(waited));
  assert.equal(second?.longestWaitSeconds, null);
});

test('a region sees its queues and its agents, and of an agent of all regions what they have in it', async () => {
  const part = await live({ unit: [south.unit] });
  assert.deepEqual(part.scopes, [{ units: ['Söder'] }]);
  assert.deepEqual(counts(part), ['Kö Söder 0 0 1']);
  assert.deepEqual(loads(part), ['Alva away 1', 'Sofia offline 0']);
  assert.deepEqual(part.sites, []);
});

test('a site sees the queue that it leads to, and conversations of its own in any', async () => {
  const part = await live({ site: [site] });
  assert.deepEqual(counts(part), ['Kö Norr 1 1 0', 'Kö Söder 0 0 1']);
  assert.deepEqual(loads(part), ['Alva away 1', 'Nils available 1', 'Sofia offline 0']);
  const met = await live({ site: [site], queue: [north.queue] });
  assert.deepEqual(counts(met), ['Kö Norr 1 1 0']);
  assert.deepEqual(met.scopes, [{ queues: ['Kö Norr'], sites: ['norr.example'] }]);
});

test('scopes add up, and without one there is nothing', async () => {
  assert.deepEqual(counts(await live({ unit: [north.unit] }, { queue: [south.queue] })), [
    'Kö Norr 1 1 1',
    'Kö Söder 0 0 1',
  ]);
  const none = await live({ unit: [randomUUID()] });
  assert.deepEqual(none.scopes, [{ units: [] }]);
  assert.deepEqual([none.queues, none.sites, none.agents], [[], [], []]);
  assert.deepEqual((await live()).agents, []);
});
