import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  changeRole,
  createRole,
  deleteRole,
  giveRole,
  type Authorisation,
  type Scope,
} from '@samtal/contract/access';
import { createApiKey } from '@samtal/contract/api-keys';
import * as contract from '@samtal/contract/data-services';
import { createIdentityProvider } from '@samtal/contract/federation';
import { getVersion, restoreVersion } from '@samtal/contract/history';
import { deleteQueue } from '@samtal/contract/routing';
import { readFigures, subjects, type FiguresRow } from '@samtal/contract/statistics';
import { removeUser } from '@samtal/contract/users';
import { makeAccount, makePerson, makeProgram, type Answer, type Person } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { TestIdentityProvider } from '../../../test/identity-provider.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { Random } from '../../../test/random.ts';
import { makeBusyAccount, stopClock, Traffic, type BusyAccount } from '../../../test/statistics/traffic.ts';
import { rollUpAccount } from '../statistics/counting/roll-up-account.ts';

const [begin, end] = [Date.parse('2028-02-28T21:30:00Z'), Date.parse('2028-02-29T03:10:00Z')];
const days = { from: '2028-02-28T00:00:00.000Z', to: '2028-03-01T00:00:00.000Z' };
const nothing = { queue: 'not', site: 'not', agent: 'not' } as const;

describe('data services', () => {
  let db: TestDatabase;
  let node: TestNode;
  let place: BusyAccount;
  let params: { accountId: string };
  /** Administers, sees all statistics, and defines services. */
  let definer: Person;
  let readsAll: string;

  before(async () => {
    db = await createTestDatabase();
    const clock = await stopClock(db, new Date(begin));
    place = await makeBusyAccount(db);
    params = { accountId: place.account };
    const traffic = new Traffic(db, { clock, random: new Random(29_022_028), place });
    await traffic.open();
    while (clock.now < end) await traffic.step(60_000);
    await traffic.look();
    await db.database.transaction(place.account, async (tx) => {
      while ((await rollUpAccount(tx, place.account)) === true);
    });
    // What the node itself does from now on is of another day.
    await clock.to(Date.parse('2028-03-02T10:30:00Z'));
    node = await startTestNode(db);
    definer = await makePerson(db, { id: place.account }, { url: node.url, roles: ['administrator'] });
    readsAll = await role(['data-services.read']);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  let made = 0;
  async function role(authorisations: Authorisation[], roles: string[] = []): Promise<string> {
    made += 1;
    const body = { name: `Role ${made}`, authorisations, roles };
    return (await definer.call(createRole, { params, body })).id;
  }

  async function person(...grants: { roleId: string; scope?: Scope }[]): Promise<Person> {
    const one = await makePerson(db, { id: place.account }, { url: node.url, roles: [] });
    for (const { roleId, scope = {} } of grants)
      await definer.call(giveRole, { params, body: { userId: one.userId, roleId, scope } });
    return one;
  }

  type Query = contract.DataServiceQuery;
  const query: Query = {
    subject: 'queues',
    measures: ['waiting_time_mean_s', 'offered', 'answered'],
    by: null,
    grain: 'hour',
    period: { kind: 'given', longestDays: 31 },
    filters: { queueIds: null, siteIds: null },
    parameters: { ...nothing, queue: 'may' },
  };
  const definition = (of: Partial<contract.DataServiceConfiguration> = {}) => {
    made += 1;
    return {
      key: `service-${made}`,
      name: `Service ${made}`,
      description: 'For a test',
      enabled: true,
      requestsPerMinute: 600,
      roleIds: [],
      query,
      ...of,
    };
  };
  async function define(of: Partial<contract.DataServiceConfiguration> = {}): Promise<contract.DataService> {
    return await definer.call(contract.createDataService, { params, body: definition(of) });
  }
  const refusedDefinition = async (of: Partial<Query>) =>
    await definer.try(contract.createDataService, {
      params,
      body: definition({ query: { ...query, ...of } }),
    });
  const at = ({ key }: { key: string }) => ({ params: { ...params, serviceKey: key } });
  const run = async (
    who: Pick<Person, 'try'>,
    service: { key: string },
    asked: contract.DataServiceParameters = days,
  ) => await who.try(contract.readDataService, { ...at(service), query: asked });
  const rowsOf = (answer: Answer<unknown>) => {
    assert.equal(answer.status, 200, answer.text);
    return (answer.body as contract.DataServiceRows).rows;
  };
  const listed = async (who: Person) =>
    (await who.call(contract.listDataServices, { params })).items.map(({ key }) => key);
  const chosen = (rows: readonly FiguresRow[], measures: readonly string[]) =>
    rows.map((row) => ({
      ...row,
      measures: Object.fromEntries(measures.map((name) => [name, row.measures[name]])),
    }));
  const nameOfQueue = ({ dimensions }: FiguresRow) => dimensions[0]?.name;

  it('answers with the rows of statistics for the same question, and with the measures that it names alone', async () => {
    const both = await role(['data-services.read', 'statistics.view']);
    for (const scope of [{}, { unit: [place.north] }, { queue: [place.queues[2]?.id ?? ''] }]) {
      const reader = await person({ roleId: both, scope });
      for (const { subject, by, grain, measures } of [
        { subject: 'queues', by: null, grain: 'hour', measures: ['offered', 'waiting_time_mean_s'] },
        { subject: 'queues', by: 'site', grain: 'day', measures: ['answered'] },
        { subject: 'agents', by: 'all', grain: 'total', measures: ['accepted', 'available_time_s'] },
        { subject: 'agents', by: 'agent', grain: 'day', measures: ['available_time_s', 'messages'] },
        { subject: 'visitors', by: null, grain: 'hour', measures: ['sessions'] },
        { subject: 'conversations', by: null, grain: 'hour', measures: ['duration_s'] },
      ] satisfies Pick<Query, 'subject' | 'by' | 'grain' | 'measures'>[]) {
        const parameters = nothing;
        const service = await define({ query: { ...query, subject, by, grain, measures, parameters } });
        const { rows } = await reader.call(readFigures, {
          params: { ...params, subject },
          query: { ...days, grain, ...(by === null ? {} : { by }) },
        });
        const answer = await run(reader, service);
        assert.deepEqual(rowsOf(answer), chosen(rows, measures), `${subject} by ${by}`);
        const { version, from, to } = answer.body as contract.DataServiceRows;
        assert.deepEqual([version, from, to], [subjects[subject].version, days.from, days.to]);
        if (scope.unit === undefined && scope.queue === undefined) assert.ok(rows.length > 0, subject);
      }
    }
  });

  it('attack 53: gives the same rows as CSV, in the order of the subject, with no cell that a spreadsheet would calculate', async () => {
    const reader = await person({ roleId: readsAll });
    await db.asOwner("update queue set name = '=Cards' where id = $1", [place.queues[1]?.id]);
    const service = await define({ query: { ...query, grain: 'total' } });
    const rows = rowsOf(await run(reader, service));
    const { text, headers } = await reader.try(contract.exportDataService, { ...at(service), query: days });
    await db.asOwner("update queue set name = 'Cards' where id = $1", [place.queues[1]?.id]);
    const [head, ...lines] = text.trimEnd().split('\r\n');
    assert.equal(
      head,
      '"period_start","period_end","metric_version","queue_id","queue_name","offered","answered","waiting_time_mean_s"',
    );
    assert.deepEqual(
      lines,
      rows.map(({ periodStart, periodEnd, dimensions: [queue], measures }) =>
        [
          periodStart,
          periodEnd,
          1,
          queue?.id,
          queue?.name === '=Cards' ? "'=Cards" : queue?.name,
          measures['offered'],
          measures['answered'],
          measures['waiting_time_mean_s'] ?? '',
        ]
          .map((cell) => `"${cell}"`)
          .join(),
      ),
    );
    assert.ok(text.includes(`"'=Cards"`));
    assert.match(headers.get('content-disposition') ?? '', new RegExp(`${service.key}-2028-02-28\\.csv`));
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
  });

  it('attack 42: shows somebody of one region nothing of another, whatever is asked', async () => {
    const service = await define();
    const north = await person({ roleId: readsAll, scope: { unit: [place.north] } });
    const south = await person({ roleId: readsAll, scope: { unit: [place.south] } });
    assert.deepEqual(
      new Set(rowsOf(await run(north, service)).map(nameOfQueue)),
      new Set(['Loans', 'Cards']),
    );
    assert.deepEqual(new Set(rowsOf(await run(south, service)).map(nameOfQueue)), new Set(['Claims']));
    const claims = { ...days, queueId: place.queues[2]?.id ?? '' };
    assert.deepEqual(rowsOf(await run(north, service, claims)), []);
    assert.ok(rowsOf(await run(south, service, claims)).length > 0);
    const fixed = await define({
      query: { ...query, filters: { queueIds: [claims.queueId], siteIds: null } },
    });
    assert.deepEqual(rowsOf(await run(north, fixed)), [], 'nor by a definition that names it');
  });

  it('keeps what a caller asks for within the filters of the definition', async () => {
    const reader = await person({ roleId: readsAll });
    const [loans, cards, claims] = place.queues.map(({ id }) => id) as [string, string, string];
    const service = await define({
      query: { ...query, filters: { queueIds: [loans, claims], siteIds: null } },
    });
    const names = async (asked: contract.DataServiceParameters) =>
      new Set(rowsOf(await run(reader, service, { ...days, ...asked })).map(nameOfQueue));
    assert.deepEqual(await names({}), new Set(['Loans', 'Claims']));
    assert.deepEqual(await names({ queueId: loans }), new Set(['Loans']));
    assert.deepEqual(await names({ queueId: cards }), new Set());
    const ofSite = await define({
      query: {
        ...query,
        by: 'site',
        filters: { queueIds: null, siteIds: [place.sites[0]?.id ?? ''] },
      },
    });
    assert.deepEqual(
      new Set(rowsOf(await run(reader, ofSite)).map(nameOfQueue)),
      new Set([place.sites[0]?.name]),
    );
  });

  it('answers for the last hours or days that are over', async () => {
    const reader = await person({ roleId: readsAll });
    const last = async (unit: 'hour' | 'day', count: number) => {
      const grain = unit === 'day' ? ('day' as const) : ('hour' as const);
      const service = await define({ query: { ...query, grain, period: { kind: 'last', unit, count } } });
      const { from, to, rows } = (await run(reader, service, {})).body as contract.DataServiceRows;
      return { from, to, rows: rows.length };
    };
    assert.deepEqual(await last('hour', 2), {
      from: '2028-03-02T08:00:00.000Z',
      to: '2028-03-02T10:00:00.000Z',
      rows: 0,
    });
    const { from, to, rows } = await last('day', 3);
    assert.deepEqual([from, to], ['2028-02-28T00:00:00.000Z', '2028-03-02T00:00:00.000Z']);
    assert.ok(rows > 0);
  });

  it('refuses a definition of what there is not', async () => {
    refused(await refusedDefinition({ measures: ['offered', 'sessions'] }), 422, 'data-services.measure');
    refused(await refusedDefinition({ measures: ['constructor'] }), 422, 'data-services.measure');
    refused(await refusedDefinition({ measures: [] }), 400, 'request.invalid');
    refused(await refusedDefinition({ by: 'agent' }), 422, 'statistics.dimension');
    refused(
      await refusedDefinition({ subject: 'conversations', measures: ['duration_s'], by: 'queue' }),
      422,
      'statistics.dimension',
    );
    refused(
      await refusedDefinition({ subject: 'conversations', measures: ['duration_s'], by: 'all' }),
      422,
      'statistics.dimension',
    );
    refused(
      await refusedDefinition({ parameters: { ...nothing, agent: 'may' } }),
      422,
      'statistics.dimension',
    );
    const queueIds = [place.queues[0]?.id ?? ''];
    refused(
      await refusedDefinition({
        subject: 'visitors',
        measures: ['sessions'],
        parameters: nothing,
        filters: { queueIds, siteIds: null },
      }),
      422,
      'statistics.dimension',
    );
    for (const period of [
      { kind: 'given', longestDays: 32 },
      { kind: 'last', unit: 'day', count: 32 },
    ] as const)
      refused(await refusedDefinition({ period }), 422, 'data-services.period');
    refused(
      await refusedDefinition({ grain: 'day', period: { kind: 'last', unit: 'hour', count: 24 } }),
      422,
      'data-services.period',
    );
    const there = await makeAccount(db, { origin: node.url.origin });
    refused(
      await refusedDefinition({ filters: { queueIds: [there.queueId], siteIds: null } }),
      404,
      'not-found',
    );
    refused(
      await definer.try(contract.createDataService, {
        params,
        body: definition({ roleIds: [crypto.randomUUID()] }),
      }),
      404,
      'not-found',
    );
  });

  it('attack 52: takes nothing into a definition but words of closed lists', async () => {
    for (const hostile of ["offered' or 1=1 --", 'offered; drop table figure', '(select 1)', 'Offered'])
      refused(await refusedDefinition({ measures: [hostile] }), 400, 'request.invalid');
    for (const part of ['sql', 'where', 'expression'])
      refused(
        await definer.try(contract.createDataService, {
          params,
          body: { ...definition(), query: { ...query, [part]: 'select 1' } },
        }),
        400,
        'request.invalid',
      );
  });

  it('refuses a parameter that it does not take, and the lack of one that it needs, and says which', async () => {
    const reader = await person({ roleId: readsAll });
    const service = await define({ query: { ...query, parameters: { ...nothing, queue: 'must' } } });
    const { queueId } = { queueId: place.queues[0]?.id ?? '' };
    const faults = async (asked: contract.DataServiceParameters) => {
      const answer = await run(reader, service, asked);
      refused(answer, 422, 'data-services.parameter');
      return (answer.body as { fields: { pointer: string }[] }).fields.map(({ pointer }) => pointer);
    };
    assert.deepEqual(await faults({}), ['/query/from', '/query/to', '/query/queueId']);
    assert.deepEqual(await faults({ ...days, queueId, siteId: place.sites[0]?.id ?? '' }), ['/query/siteId']);
    assert.equal((await run(reader, service, { ...days, queueId })).status, 200);
    refused(
      await run(reader, service, { ...days, queueId, measures: 'resolved' } as never),
      400,
      'request.invalid',
    );
    const rolling = await define({
      query: { ...query, parameters: nothing, period: { kind: 'last', unit: 'hour', count: 1 } },
    });
    refused(await run(reader, rolling, days), 422, 'data-services.parameter');
  });

  it('refuses a period that is longer than the definition says, and one that is none', async () => {
    const reader = await person({ roleId: readsAll });
    const service = await define({ query: { ...query, period: { kind: 'given', longestDays: 2 } } });
    assert.equal((await run(reader, service)).status, 200);
    const longer = { ...days, to: '2028-03-01T01:00:00.000Z' };
    refused(await run(reader, service, longer), 422, 'data-services.too-long');
    refused(await run(reader, service, { from: days.to, to: days.from }), 422, 'statistics.period');
    refused(
      await run(reader, service, { ...days, from: '2028-02-28T00:30:00.000Z' }),
      422,
      'statistics.period',
    );
  });

  it('answers a caller so often in a minute, counts each caller and service apart, and says so', async () => {
    const [reader, other] = [await person({ roleId: readsAll }), await person({ roleId: readsAll })];
    const service = await define({ requestsPerMinute: 3 });
    const answers: Answer<unknown>[] = [];
    // Two minutes may have a part in it.
    for (let request = 0; request < 7; request += 1) answers.push(await run(reader, service));
    const [first] = answers;
    assert.equal(first?.headers.get('ratelimit-policy'), '"requests";q=3000;w=60, "data-service";q=3;w=60');
    assert.match(
      first?.headers.get('ratelimit') ?? '',
      /^"requests";r=\d+;t=\d{1,2}, "data-service";r=2;t=\d{1,2}$/,
    );
    const beyond = answers.find(({ status }) => status === 429) ?? assert.fail('none was refused');
    refused(beyond, 429, 'request.rate-limited');
    const wait = Number(beyond.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60);
    assert.equal((await run(other, service)).status, 200);
    assert.equal((await run(reader, await define())).status, 200);
  });

  it('is there for who has one of its roles, directly or within another, and for nobody else', async () => {
    const partners = await role(['data-services.read']);
    const service = await define({ roleIds: [partners] });
    const within = await role([], [await role([], [partners])]);
    const [direct, nested, without] = [
      await person({ roleId: partners, scope: { unit: [place.north] } }),
      await person({ roleId: within }),
      await person({ roleId: readsAll }),
    ];
    for (const who of [direct, nested]) {
      assert.equal((await run(who, service)).status, 200);
      assert.ok((await listed(who)).includes(service.key));
      assert.equal((await who.try(contract.getDataService, at(service))).status, 200);
    }
    refused(await run(without, service), 404, 'not-found');
    refused(await without.try(contract.exportDataService, { ...at(service), query: days }), 404, 'not-found');
    refused(await without.try(contract.getDataService, at(service)), 404, 'not-found');
    assert.ok(!(await listed(without)).includes(service.key));
    assert.deepEqual(await listed(await person()), [], 'who may run none sees none');
  });

  it('is run by a key that holds nothing else, and never by more than its owner has', async () => {
    const partners = await role(['data-services.read']);
    const service = await define({ roleIds: [partners] });
    const key = await makeProgram(definer, [{ roleId: partners, scope: { unit: [place.north] } }]);
    assert.deepEqual(
      new Set(rowsOf(await run(key as never, service)).map(nameOfQueue)),
      new Set(['Loans', 'Cards']),
    );
    const other = await makeProgram(definer, [{ roleId: readsAll, scope: {} }]);
    refused(await run(other as never, service), 404, 'not-found');
    const figures = {
      params: { ...params, subject: 'queues' as const },
      query: { ...days, grain: 'day' as const },
    };
    refused(await key.try(readFigures, figures), 403, 'access.forbidden');
    refused(await key.try(contract.deleteDataService, at(service)), 403, 'access.forbidden');
    // Whoever makes keys, and holds what the role allows, but not the role: no service of it comes by a key.
    const maker = await person({ roleId: readsAll }, { roleId: await role(['api-keys.manage']) });
    const body = { name: 'Not theirs', purpose: 'A test', grants: [{ roleId: partners, scope: {} }] };
    refused(await maker.try(createApiKey, { params, body }), 403, 'access.exceeds-own');
    const later = await role(['data-services.read']);
    const early = await makeProgram(maker, [{ roleId: later, scope: {} }]);
    const ofLater = await define({ roleIds: [later] });
    refused(await run(early as never, ofLater), 404, 'not-found');
    await definer.call(giveRole, { params, body: { userId: maker.userId, roleId: later, scope: {} } });
    assert.equal((await run(early as never, ofLater)).status, 200);
  });

  it('attack 41: comes by a role to nobody whose giver has neither it nor the say over services', async () => {
    const partners = await role(['data-services.read']);
    const service = await define({ roleIds: [partners] });
    const held = await role(['data-services.read', 'access.manage', 'federation.manage', 'users.manage']);
    // Holds everything that the role allows, and may give it: but for the service that goes with it.
    const giver = await person({ roleId: held });
    const other = await person();
    const give = async (who: Person, userId: string, roleId = partners) =>
      await who.try(giveRole, { params, body: { userId, roleId, scope: {} } });
    for (const userId of [giver.userId, other.userId])
      refused(await give(giver, userId), 403, 'access.exceeds-own');
    refused(await give(giver, other.userId, await role([], [partners])), 403, 'access.exceeds-own');
    refused(
      await giver.try(changeRole, { params: { ...params, roleId: held }, body: { roles: [partners] } }),
      403,
      'access.exceeds-own',
    );
    refused(await run(giver, service), 404, 'not-found');
    // Nor by who comes through an identity provider, nor by deciding over somebody who has it.
    const has = await person({ roleId: partners });
    refused(
      await giver.try(removeUser, { params: { ...params, userId: has.userId } }),
      403,
      'access.exceeds-own',
    );
    const provider = { params, body: await providerGiving(partners) };
    refused(await giver.try(createIdentityProvider, provider), 403, 'access.exceeds-own');
    assert.equal((await give(giver, other.userId, readsAll)).status, 201, 'one that brings no service');
    await definer.call(giveRole, { params, body: { userId: giver.userId, roleId: partners, scope: {} } });
    assert.equal((await give(giver, other.userId)).status, 201);
    assert.equal((await giver.try(createIdentityProvider, provider)).status, 201);
    assert.equal((await run(other, service)).status, 200);
  });

  it('is defined by nobody who does not see all statistics, and changed by nobody who does not define', async () => {
    const manages = await role(['data-services.manage']);
    const blind = await person({ roleId: manages }, { roleId: readsAll });
    const narrow = await person(
      { roleId: manages },
      { roleId: await role(['statistics.view']), scope: { unit: [place.north] } },
    );
    const service = await define();
    for (const who of [blind, narrow]) {
      refused(
        await who.try(contract.createDataService, { params, body: definition() }),
        403,
        'access.exceeds-own',
      );
      refused(
        await who.try(contract.changeDataService, { ...at(service), body: { roleIds: [] } }),
        403,
        'access.exceeds-own',
      );
    }
    const reader = await person({ roleId: readsAll });
    refused(
      await reader.try(contract.createDataService, { params, body: definition() }),
      403,
      'access.forbidden',
    );
    refused(
      await reader.try(contract.changeDataService, { ...at(service), body: { enabled: false } }),
      403,
      'access.forbidden',
    );
    refused(await reader.try(contract.deleteDataService, at(service)), 403, 'access.forbidden');
    refused(await run(narrow, service), 403, 'access.forbidden');
    const off = await blind.call(contract.changeDataService, { ...at(service), body: { enabled: false } });
    assert.equal(off.enabled, false, 'taking away needs nothing');
  });

  it('answers nobody while it is switched off', async () => {
    const reader = await person({ roleId: readsAll });
    const service = await define({ enabled: false });
    refused(await run(definer, service), 409, 'data-services.disabled');
    refused(await run(reader, service), 404, 'not-found');
    assert.ok(!(await listed(reader)).includes(service.key));
    assert.ok((await listed(definer)).includes(service.key));
  });

  it('is not there for another account, which may have one of the same name', async () => {
    const there = await makeAccount(db, { origin: node.url.origin });
    const stranger = await makePerson(db, there, { url: node.url, roles: ['administrator'] });
    const service = await define();
    refused(await run(stranger, service), 404, 'not-found');
    const own = { accountId: there.id };
    refused(
      await stranger.try(contract.readDataService, {
        params: { ...own, serviceKey: service.key },
        query: days,
      }),
      404,
      'not-found',
    );
    await stranger.call(contract.createDataService, { params: own, body: definition({ key: service.key }) });
    refused(
      await definer.try(contract.createDataService, { params, body: definition({ key: service.key }) }),
      409,
      'names.taken',
    );
  });

  it('answers with nothing, and nobody, for what has gone from its definition', async () => {
    const gone = await role(['data-services.read']);
    const ofRole = await define({ roleIds: [gone] });
    await definer.call(deleteRole, { params: { ...params, roleId: gone } });
    const reader = await person({ roleId: readsAll });
    refused(await run(reader, ofRole), 404, 'not-found');

    const queueId = crypto.randomUUID();
    await db.asOwner("insert into queue (account_id, id, name) values ($1, $2, 'Short-lived')", [
      place.account,
      queueId,
    ]);
    const ofQueue = await define({ query: { ...query, filters: { queueIds: [queueId], siteIds: null } } });
    await definer.call(deleteQueue, { params: { ...params, queueId } });
    assert.deepEqual(rowsOf(await run(reader, ofQueue)), []);
    const renamed = await definer.call(contract.changeDataService, {
      ...at(ofQueue),
      body: { name: 'Other' },
    });
    assert.deepEqual(renamed.query.filters.queueIds, [queueId], 'what is gone may stay, and answers nothing');
  });

  it('keeps its versions, takes no change of an older one, and is restored', async () => {
    const service = await define();
    const changed = await definer.call(contract.changeDataService, {
      ...at(service),
      body: { name: 'Another', version: service.version, reason: 'Clearer' },
    });
    assert.deepEqual([changed.name, changed.version, changed.key], ['Another', 2, service.key]);
    refused(
      await definer.try(contract.changeDataService, { ...at(service), body: { name: 'X', version: 1 } }),
      409,
      'history.changed-meanwhile',
    );
    const version = { ...params, kind: 'data-service' as const, objectId: service.id, version: 1 };
    const { body } = await definer.call(getVersion, { params: version });
    assert.equal((body as { name: string }).name, service.name);
    await definer.call(contract.deleteDataService, at(service));
    refused(await definer.try(contract.getDataService, at(service)), 404, 'not-found');
    await definer.call(restoreVersion, { params: version, body: { newest: 3, reason: 'Needed after all' } });
    const again = await definer.call(contract.getDataService, at(service));
    assert.deepEqual({ ...again, version: 1 }, service);
  });
});

function refused(answer: Answer<unknown>, status: number, code: string): void {
  assert.deepEqual(
    [answer.status, (answer.body as { code?: string } | null)?.code],
    [status, code],
    answer.text,
  );
}

/** An identity provider that gives this role to a group. */
async function providerGiving(roleId: string) {
  const idp = await TestIdentityProvider.make();
  return {
    ...idp.agreement('almvik.example'),
    createsUsers: true,
    groupRoles: [{ group: 'partners', roleId, scope: {} }],
  };
}
