import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ResponseOf } from '@samtal/contract/endpoint';
import {
  exportFigures,
  listStatisticsFiles,
  openStatisticsFile,
  type StatisticsFile,
} from '@samtal/contract/statistics';
import { testAccount, testUnit, testUser } from '../../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { Browser, codeOf, testHttp } from '../../../../test/requests.ts';
import { stopClock, type Clock } from '../../../../test/statistics/traffic.ts';
import { recordFact, type Fact } from '../../../platform/facts/index.ts';
import { createLog } from '../../../platform/log/index.ts';
import { filePlace } from './file-place.ts';
import { publishAccount } from './publish-account.ts';
import { rebuildStatistics } from '../rebuild.ts';
import { AccountTurns } from '../reading/account-turns.ts';
import { rollUpAll } from '../roll-up-all.ts';
import { statisticsRoutes } from '../routes.ts';

const password = 'blå hästar äter 7 tulpaner';
const log = createLog({ destination: { write: () => undefined }, readable: false });
const at = (time: string) => new Date(`2026-11-${time}Z`);

describe('published files', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: string;
  let queueId: string;
  let analyst: Browser;
  let scoped: Browser;

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, at('25T07:00:00'));
    account = await testAccount(db);
    const { rows } = await db.asOwner<{ id: string }>(
      'insert into queue (account_id, id, name) values ($1, $2, $3) returning id',
      [account, randomUUID(), '=Faktura'],
    );
    queueId = rows[0]?.id ?? '';
    const http = testHttp(db, (served) =>
      statisticsRoutes(served, { database: db.database, turns: new AccountTurns(db.database) }),
    );
    const unit = await testUnit(db, account, 'Norr');
    analyst = await Browser.signIn(http, await testUser(db, account, { password, roles: ['analyst'] }));
    scoped = await Browser.signIn(
      http,
      await testUser(db, account, { password, roles: [{ role: 'analyst', scope: { unit: [unit] } }] }),
    );
    await tell('25T07:20:00', { wait: 4_000 });
    await tell('25T07:50:00', { wait: 9_000 });
    await tell('25T09:05:00', { wait: 60_000 });
  });
  after(async () => await db.close());

  /** Somebody was answered then, however late that is told. */
  async function tell(time: string, { wait }: { wait: number }): Promise<void> {
    const [now, end] = [clock.now, at(time)];
    const since = new Date(end.getTime() - wait);
    const place = { conversationId: randomUUID(), queueId, siteId: null };
    await clock.to(since.getTime());
    await record({ kind: 'queued', ...place, outcome: 'first' });
    await clock.to(end.getTime());
    await record({ kind: 'answered', ...place, agentId: randomUUID(), since });
    await clock.to(now);
  }

  async function record(fact: Fact): Promise<void> {
    await db.database.transaction(account, async (tx) => recordFact(tx, account, fact));
  }

  async function publishAt(time: string): Promise<string[]> {
    await clock.to(at(time).getTime());
    const known = (await published()).map(({ path }) => path);
    await rollUpAll({ database: db.database, log });
    return (await published()).map(({ path }) => path).filter((path) => !known.includes(path));
  }

  async function published(of = analyst): Promise<StatisticsFile[]> {
    const files: StatisticsFile[] = [];
    let cursor: string | null = null;
    do {
      const answer: Awaited<ReturnType<Browser['call']>> = await of.call(listStatisticsFiles, {
        params: { accountId: account },
        query: { limit: 2, ...(cursor === null ? {} : { cursor }) },
      });
      const page: ResponseOf<typeof listStatisticsFiles> = answer.json();
      files.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return files;
  }

  async function textOf(path: string): Promise<string> {
    const file = (await published()).find((each) => each.path === path);
    const { body: text } = await analyst.call(openStatisticsFile, {
      params: { accountId: account, fileId: file?.id ?? '' },
    });
    assert.equal(createHash('sha256').update(text).digest('hex'), file?.sha256);
    assert.equal(Buffer.byteLength(text), file?.sizeBytes);
    return text;
  }

  async function exported(of: Browser, query: { by?: 'all' }): Promise<string> {
    const { body } = await of.call(exportFigures, {
      params: { accountId: account, subject: 'queues' },
      query: {
        grain: 'hour',
        from: at('25T07:00:00').toISOString(),
        to: at('25T08:00:00').toISOString(),
        ...query,
      },
    });
    return body;
  }

  const seven = 'Metrics/2026/11/25/07/queues-2026-11-25T07.csv';

  it('are not there before the hour has been over for ten minutes', async () => {
    assert.deepEqual(await publishAt('25T08:09:59'), []);
  });

  it('are there then, of subjects and hours in which something happened and of no other', async () => {
    assert.deepEqual(
      await publishAt('25T08:10:00'),
      [seven, 'Metrics/2026/11/25/07/visitors-2026-11-25T07.csv'].toSorted().toReversed(),
    );
    assert.deepEqual(await publishAt('25T09:30:00'), [], 'Nothing happened between eight and nine');
    assert.deepEqual(await publishAt('25T09:31:00'), [], 'What is published is not published again');
  });

  it('hold the period and version, then whose, then figures, and no cell that a spreadsheet would calculate', async () => {
    const [head, row, ...rest] = (await textOf(seven)).split('\r\n');
    assert.match(
      head ?? '',
      /^"period_start","period_end","metric_version","queue_id","queue_name","offered",/,
    );
    assert.match(
      row ?? '',
      new RegExp(`^"2026-11-25T07:00:00.000Z","2026-11-25T08:00:00.000Z","1","${queueId}","'=Faktura","2",`),
    );
    assert.deepEqual(rest, ['']);
  });

  it('are what is downloaded of that hour, whatever a queue is called since', async () => {
    await db.asOwner('update queue set name = $1 where id = $2', ['Betalning', queueId]);
    assert.equal(await exported(analyst, {}), await textOf(seven));
    assert.match(
      await exported(analyst, { by: 'all' }),
      /^"period_start","period_end","metric_version","offered"/,
    );
    assert.doesNotMatch(await exported(scoped, {}), /Faktura|Betalning/, 'Somebody else’s part');
  });

  it('of the day come when it is over, with the names of then', async () => {
    const paths = await publishAt('26T00:10:00');
    assert.ok(paths.includes('Metrics/2026/11/25/queues-2026-11-25.csv'), String(paths));
    assert.ok(paths.includes('Metrics/2026/11/25/09/queues-2026-11-25T09.csv'));
    assert.match(await textOf('Metrics/2026/11/25/queues-2026-11-25.csv'), /"Betalning","3"/);
  });

  it('are not written anew for what comes late: that is a correction beside them', async () => {
    const before = await textOf(seven);
    await tell('25T07:30:00', { wait: 1_000 });
    const death = new Error('The node died');
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await publishAccount(tx, account);
        throw death;
      }),
      death,
    );
    assert.deepEqual((await publishAt('26T00:20:00')).filter((path) => path.includes('queues')).toSorted(), [
      'Metrics/2026/11/25/07/queues-2026-11-25T07.corr-1.csv',
      'Metrics/2026/11/25/queues-2026-11-25.corr-1.csv',
    ]);
    assert.equal(await textOf(seven), before);
    assert.match(await textOf('Metrics/2026/11/25/07/queues-2026-11-25T07.corr-1.csv'), /"Betalning","3"/);
    assert.match(await exported(analyst, {}), /"Betalning","3"/, 'The newest is what is downloaded');
    await tell('25T07:31:00', { wait: 1_000 });
    assert.ok((await publishAt('26T00:21:00')).includes('Metrics/2026/11/25/queues-2026-11-25.corr-2.csv'));
  });

  it('tell of the whole account, so that whoever sees a part of it finds and opens none', async () => {
    assert.deepEqual(await published(scoped), []);
    const [file] = await published();
    const answer = await scoped.call(openStatisticsFile, {
      params: { accountId: account, fileId: file?.id ?? '' },
    });
    assert.equal(codeOf(answer), 'not-found');
  });

  it('of another account can be neither found nor opened', async () => {
    const [file] = await published();
    const other = await testAccount(db);
    const http = testHttp(db, (served) =>
      statisticsRoutes(served, { database: db.database, turns: new AccountTurns(db.database) }),
    );
    const stranger = await Browser.signIn(http, await testUser(db, other, { password, roles: ['analyst'] }));
    const answer = await stranger.call(openStatisticsFile, {
      params: { accountId: other, fileId: file?.id ?? '' },
    });
    assert.equal(codeOf(answer), 'not-found');
  });

  it('cannot be changed by the platform', async () => {
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await tx.sql
          .updateTable('statistics_file')
          .set({ folder: 'Metrics' })
          .where('account_id', '=', account)
          .execute();
      }),
      /permission denied/,
    );
  });

  it('are proven to be what comes out when everything is counted anew', async () => {
    await clock.to(at('26T01:00:00').getTime());
    const files = new Set((await published()).map(({ path }) => path.replace(/\.corr-\d+/, ''))).size;
    assert.deepEqual(await rebuildStatistics(db.database, account), {
      hours: 2,
      changedFigures: 0,
      files,
      different: [],
      failed: [],
    });
  });

  it('that were changed are found by that, and so are figures', async () => {
    await db.asOwner(
      `update figure set base = base || '{"offered": 99}' where grain = 'hour' and subject = 'queues' and account_id = $1`,
      [account],
    );
    await clock.to(at('26T02:00:00').getTime());
    await db.asOwner(`update statistics_file set content = 'x' where folder || '/' || name = $1`, [
      'Metrics/2026/11/25/09/queues-2026-11-25T09.csv',
    ]);
    const { changedFigures, different } = await rebuildStatistics(db.database, account);
    assert.equal(changedFigures, 2);
    assert.deepEqual(different, ['Metrics/2026/11/25/09/queues-2026-11-25T09.csv']);
  });
});

describe('the place of a file', () => {
  it('has two digits for month, day and hour, in UTC', () => {
    const start = new Date('2028-02-09T03:00:00Z');
    assert.deepEqual(filePlace({ grain: 'hour', start }, { subject: 'agents', correction: 2 }), {
      folder: 'Metrics/2028/02/09/03',
      name: 'agents-2028-02-09T03.corr-2.csv',
    });
    assert.deepEqual(
      filePlace(
        { grain: 'day', start: new Date('2028-02-29T00:00:00Z') },
        { subject: 'queues', correction: 0 },
      ),
      {
        folder: 'Metrics/2028/02/29',
        name: 'queues-2028-02-29.csv',
      },
    );
  });
});
