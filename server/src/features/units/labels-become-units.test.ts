import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { withOlderDatabase } from '../../../test/older-database.ts';

test('labels of queues become units, and grants and versions cover exactly what they covered', async () => {
  await withOlderDatabase('0017', async (owner, bringUpToDate) => {
    const [account, user, role] = [randomUUID(), randomUUID(), randomUUID()];
    await owner.query("insert into account (id, name) values ($1, 'Older')", [account]);
    await owner.query(
      "insert into identity (id, email, email_folded, name) values ($1, 'a@b.se', 'a@b.se', 'A')",
      [user],
    );
    await owner.query(
      "insert into membership (account_id, user_id, email, name) values ($1, $2, 'a@b.se', 'A')",
      [account, user],
    );
    await owner.query("insert into role (account_id, id, name) values ($1, $2, 'Role')", [account, role]);
    const labels: [string | null, string | null][] = [
      ['North', 'Permits'],
      ['North', null],
      ['SOUTH', 'Permits'],
      ['south', null],
      [null, 'Night'],
      [null, null],
    ];
    const queues = labels.map(([region, team]) => ({ id: randomUUID(), region, team }));
    for (const [at, { id, region, team }] of queues.entries()) {
      await owner.query(
        'insert into queue (account_id, id, name, region, team) values ($1, $2, $3, $4, $5)',
        [account, id, `Q${at}`, region, team],
      );
      await owner.query(
        "insert into configuration_version (account_id, kind, object_id, version, body) values ($1, 'queue', $2, 1, $3)",
        [account, id, { name: `Q${at}`, region, team }],
      );
    }
    type Flat = { region?: string[]; team?: string[]; queue?: string[] };
    const scopes: Flat[] = [
      { region: ['North'] },
      { team: ['Permits'] },
      { region: ['North'], team: ['Permits'] },
      { region: ['SOUTH', 'south'] },
      { region: ['North'], team: ['Night'] },
      { region: ['East'] },
      { team: ['Nowhere'] },
      {},
      { queue: [queues[5]?.id ?? ''] },
      { team: ['Night'], queue: [queues[4]?.id ?? ''] },
    ];
    const grants = scopes.map((scope) => ({ id: randomUUID(), scope }));
    for (const { id, scope } of grants) {
      await owner.query(
        'insert into role_grant (account_id, id, user_id, role_id, scope) values ($1, $2, $3, $4, $5)',
        [account, id, user, role, scope],
      );
      await owner.query(
        "insert into configuration_version (account_id, kind, object_id, version, body) values ($1, 'grant', $2, 1, $3)",
        [account, id, { userId: user, roleId: role, scope }],
      );
    }
    const key = randomUUID();
    await owner.query(
      "insert into api_key (account_id, id, name, purpose, owner_id, expires_at) values ($1, $2, 'Key', 'Test', $3, now())",
      [account, key, user],
    );
    // The first two come to the same: only the North has permits in the North.
    for (const scope of [
      { region: ['North'], team: ['Permits'] },
      { region: ['North'], team: ['Permits', 'Permits'] },
    ])
      await owner.query(
        'insert into api_key_grant (account_id, key_id, role_id, scope) values ($1, $2, $3, $4)',
        [account, key, role, scope],
      );
    const forgotten = randomUUID();
    await owner.query(
      "insert into configuration_version (account_id, kind, object_id, version, body) values ($1, 'grant', $2, 1, $3)",
      [account, forgotten, { scope: { region: ['Atlantis'] } }],
    );

    await bringUpToDate();

    const after = await owner.query<{ id: string; scope: { unit?: string[]; queue?: string[] } }>(
      'select id, scope from role_grant',
    );
    const lying = await owner.query<{ id: string; units: string[]; path: string[] | null }>(
      'select queue.id, units, path from queue left join unit on unit.id = unit_id',
    );
    const units = new Map(lying.rows.map(({ id, units: path }) => [id, path]));
    for (const { units: path, path: own } of lying.rows) assert.deepEqual(path, own ?? []);
    for (const { id, scope } of grants) {
      const before = queues.filter(
        ({ id: queueId, region, team }) =>
          (scope.region?.includes(region ?? '') ?? true) &&
          (scope.team?.includes(team ?? '') ?? true) &&
          (scope.queue?.includes(queueId) ?? true),
      );
      const now = after.rows.find((row) => row.id === id)?.scope ?? assert.fail();
      assert.ok(!('region' in now) && !('team' in now), JSON.stringify(now));
      assert.notDeepEqual(now.unit, [], 'a scope never opens');
      const covered = queues.filter(
        ({ id: queueId }) =>
          (now.unit?.some((each) => units.get(queueId)?.includes(each)) ?? true) &&
          (now.queue?.includes(queueId) ?? true),
      );
      assert.deepEqual(covered, before, JSON.stringify({ scope, now }));
      const {
        rows: [version],
      } = await owner.query<{ body: { scope: unknown } }>(
        'select body from configuration_version where object_id = $1',
        [id],
      );
      assert.deepEqual(version?.body.scope, now);
    }
    const {
      rows: [kept],
    } = await owner.query<{ body: { scope: unknown } }>(
      'select body from configuration_version where object_id = $1',
      [forgotten],
    );
    assert.deepEqual(
      kept?.body.scope,
      { region: ['Atlantis'] },
      'what cannot be said any more is left as it was',
    );
    const { rows: keyGrants } = await owner.query<{ units: number }>(
      "select jsonb_array_length(scope -> 'unit') as units from api_key_grant",
    );
    assert.deepEqual(keyGrants, [{ units: 1 }]);
    const { rows: bodies } = await owner.query<{ same: boolean }>(
      `select v.body = jsonb_build_object('name', queue.name, 'unitId', unit_id) as same
       from configuration_version v join queue on queue.id = v.object_id`,
    );
    assert.deepEqual(
      bodies.map(({ same }) => same),
      labels.map(() => true),
    );
    const {
      rows: [night],
    } = await owner.query<{ count: number }>(
      "select count(*)::int from unit where name = 'Night' and parent_id is null",
    );
    assert.equal(night?.count, 1);
  });
});
