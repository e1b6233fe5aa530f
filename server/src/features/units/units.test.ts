import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Authorisation, Scope } from '@samtal/contract/access';
import { deepestUnit } from '@samtal/contract/units';
import { asMember, testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { createRole } from '../access/create-role.ts';
import { withinScopes } from '../access/index.ts';
import { changeQueue } from '../routing/change-queue.ts';
import { createQueue } from '../routing/index.ts';
import { changeUnit } from './change-unit.ts';
import { createUnit } from './create-unit.ts';
import { deleteUnit } from './delete-unit.ts';
import { readUnits } from './queries.ts';

let db: TestDatabase;
let accountId: string;
const actor = { kind: 'operator' } as const;
before(async () => {
  db = await createTestDatabase();
  accountId = await testAccount(db);
});
after(() => db.close());

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

async function inAccount<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return await db.database.transaction(accountId, work);
}
async function unit(kind: 'region' | 'team', parentId: string | null = null): Promise<string> {
  return await inAccount((tx) =>
    createUnit(tx, accountId, { actor, unit: { kind, name: `Unit ${randomUUID()}`, parentId } }),
  );
}
async function queue(unitId: string | null): Promise<string> {
  return await inAccount((tx) =>
    createQueue(tx, accountId, { actor, queue: { name: `Queue ${randomUUID()}`, unitId } }),
  );
}
async function move(unitId: string, parentId: string | null, giver: Member | 'operator' = 'operator') {
  await inAccount((tx) => changeUnit(tx, accountId, { giver, unitId, changes: { parentId } }));
}
async function moveQueue(mover: Member, queueId: string, unitId: string | null) {
  await inAccount((tx) => changeQueue(tx, mover, { queueId, changes: { unitId } }));
}
/** The queues that lie in one of the scopes. */
async function queuesIn(...scopes: Scope[]): Promise<Set<string>> {
  const rows = await inAccount((tx) =>
    tx.sql
      .selectFrom('queue')
      .select('id')
      .where('account_id', '=', accountId)
      .where(withinScopes(scopes, { units: 'queue.units', queue: 'queue.id', site: null }))
      .execute(),
  );
  return new Set(rows.map(({ id }) => id));
}
async function member(...grants: { may: Authorisation[]; scope?: Scope }[]): Promise<Member> {
  const roles = await inAccount(async (tx) => {
    const made = [];
    for (const { may, scope = {} } of grants) {
      const fields = { name: `Role ${randomUUID()}`, authorisations: may, roles: [] };
      made.push({ role: await createRole(tx, accountId, { giver: 'operator', fields }), scope });
    }
    return made;
  });
  const { userId } = await testUser(db, accountId, { roles });
  return (await asMember(db, accountId, userId)) ?? assert.fail();
}

test('a scope covers what lies below its unit, also what comes there later, and what leaves no longer', async () => {
  const [north, south] = [await unit('region'), await unit('region')];
  const coast = await unit('region', north);
  const team = await unit('team', coast);
  const first = await queue(team);
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set([first]));
  const later = await queue(await unit('team', await unit('team', team)));
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set([first, later]));
  assert.deepEqual(await queuesIn({ unit: [team] }), new Set([first, later]));
  assert.deepEqual(await queuesIn({ unit: [south] }), new Set());
  await move(coast, south);
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set());
  assert.deepEqual(await queuesIn({ unit: [south] }), new Set([first, later]));
  assert.deepEqual(await queuesIn({ unit: [coast] }), new Set([first, later]));
  await move(coast, null);
  assert.deepEqual(await queuesIn({ unit: [south] }), new Set());
});

test('attack 41: refuses a region in a team, anything in itself, and what would lie too deep', async () => {
  const region = await unit('region');
  const below = await unit('region', region);
  const team = await unit('team', below);
  await assert.rejects(unit('region', team), refused('units.misplaced'));
  await assert.rejects(move(region, below), refused('units.misplaced'));
  await assert.rejects(move(region, region), refused('units.misplaced'));
  await assert.rejects(move(below, randomUUID()), refused('not-found'));
  let deepest = await unit('team');
  for (let level = 2; level <= deepestUnit; level += 1) deepest = await unit('team', deepest);
  await assert.rejects(unit('team', deepest), refused('units.too-deep'));
  const pair = await unit('team');
  await unit('team', pair);
  const { rows } = await db.asOwner<{ path: string[] }>('select path from unit where id = $1', [deepest]);
  const last = (rows[0]?.path ?? []).at(-2) ?? '';
  await assert.rejects(move(pair, last), refused('units.too-deep'));
});

test('attack 41: refuses a circle that two moves would close at the same time', async () => {
  const [one, other] = [await unit('region'), await unit('region')];
  const results = await Promise.allSettled([move(one, other), move(other, one)]);
  assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('attack 41: lets nobody widen by a move what he or others may, beyond what he holds', async () => {
  const [north, south] = [await unit('region'), await unit('region')];
  const team = await unit('team', south);
  const queueId = await queue(team);
  const reads: Authorisation[] = ['conversations.read'];
  const layout: Authorisation[] = ['units.manage', 'routing.manage'];
  const mover = await member({ may: layout }, { may: reads, scope: { unit: [north] } });
  await assert.rejects(move(team, north, mover), refused('access.exceeds-own'), 'for himself');
  await assert.rejects(moveQueue(mover, queueId, north), refused('access.exceeds-own'));
  const entrusted = await member(
    { may: [...layout, 'access.entrust'] },
    { may: reads, scope: { unit: [north] } },
  );
  await assert.rejects(move(team, north, entrusted), refused('access.exceeds-own'), 'nor who is entrusted');
  const stranger = await member({ may: layout });
  await assert.rejects(moveQueue(stranger, queueId, north), refused('access.exceeds-own'), 'nor for others');
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set());
  // Out of a region, and to where nobody holds a thing, anybody who lays out may move.
  await moveQueue(stranger, queueId, await unit('region'));
  const all = await member({ may: [...layout, ...reads] });
  await moveQueue(all, queueId, north);
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set([queueId]));
});

test('keeps a queue on the path of its unit when the unit moves at the same time', async () => {
  const [north, south] = [await unit('region'), await unit('region')];
  for (let round = 0; round < 5; round += 1) {
    const team = await unit('team', north);
    const [queueId] = await Promise.all([queue(team), move(team, south)]);
    assert.ok((await queuesIn({ unit: [south] })).has(queueId));
  }
  assert.deepEqual(await queuesIn({ unit: [north] }), new Set());
});

test('deletes a unit only when nothing lies in it and no grant names it', async () => {
  const drop = async (unitId: string) =>
    await inAccount((tx) => deleteUnit(tx, accountId, { giver: 'operator', unitId }));
  const region = await unit('region');
  const team = await unit('team', region);
  await assert.rejects(drop(region), refused('units.in-use'));
  const named = await unit('team');
  await member({ may: ['conversations.read'], scope: { unit: [named] } });
  await assert.rejects(drop(named), refused('units.in-use'));
  const full = await unit('team');
  await queue(full);
  await assert.rejects(drop(full), refused('units.in-use'));
  await drop(team);
  await drop(region);
  await assert.rejects(drop(region), refused('not-found'));
});

test('attack 42: shows of the tree what lies within the scope, and nothing of what lies above or beside', async () => {
  const north = await unit('region');
  const coast = await unit('region', north);
  const team = await unit('team', coast);
  const seen = await inAccount((tx) => readUnits(tx, accountId, [{ unit: [coast] }]));
  assert.deepEqual(
    seen.map(({ id, parentId }) => [id, parentId]),
    [
      [coast, null],
      [team, coast],
    ],
  );
  assert.deepEqual(await inAccount((tx) => readUnits(tx, accountId, [])), []);
});
