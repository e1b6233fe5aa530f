import { randomUUID } from 'node:crypto';
import { rollUpAccount } from '../server/src/features/statistics/counting/roll-up-account.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase, type DurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { seedAccount } from './seed.ts';

const histories = { day: 24, year: 366 * 24 };
/** Each conversation has ten facts. */
const conversationsPerHour = 40;
const hoursPerRound = 12;
const mostRatio = 1.2;

/** Counting one more hour after a day of history, and after a year of it (I1). */
export const rollUps: Benchmark = { name: 'roll-ups', run: measureRollUps };

async function measureRollUps({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const databases = [await startDurableDatabase(), await startDurableDatabase()] as const;
  try {
    const young = await Account.open(databases[0], histories.day);
    const old = await Account.open(databases[1], histories.year);
    const ratios: number[] = [];
    const ms: { young: number[]; old: number[] } = { young: [], old: [] };
    for (let round = 0; round < rounds; round += 1) {
      const times = { young: [] as number[], old: [] as number[] };
      // In turn, hour by hour: whatever else the machine does meets both of them.
      for (let hour = 0; hour < hoursPerRound; hour += 1) {
        times.young.push(await young.countOneMoreHour());
        times.old.push(await old.countOneMoreHour());
      }
      const middle = { young: spreadOf(times.young).median, old: spreadOf(times.old).median };
      ms.young.push(middle.young);
      ms.old.push(middle.old);
      ratios.push(middle.old / middle.young);
    }
    const ratio = spreadOf(ratios);
    return [
      {
        what: 'one more hour of statistics is counted, of 40 conversations, after a year of them',
        measured: `${shown(ratio, 2)} times as long as after a day`,
        target: `at most ${mostRatio} times`,
        met: ratio.median <= mostRatio,
        from: `${shown(spreadOf(ms.old), 1)} against ${shown(spreadOf(ms.young), 1)} ms`,
      },
    ];
  } finally {
    for (const database of databases) await database.close();
  }
}

/** An account with a history that ended long enough ago for more hours to come. */
class Account {
  readonly #db: DurableDatabase['platform'];
  readonly #id: string;
  #next: number;

  private constructor(db: DurableDatabase['platform'], id: string, next: number) {
    this.#db = db;
    this.#id = id;
    this.#next = next;
  }

  static async open({ platform: db }: DurableDatabase, hours: number): Promise<Account> {
    const { id } = await seedAccount(db, new URL('http://127.0.0.1'));
    const account = new Account(db, id, Date.parse('2025-01-01T00:00:00Z'));
    await account.countOneMoreHour();
    await account.#insertFacts(hours - 1);
    await db.asOwner('delete from stale_hour');
    // As all the other hours would have been counted: they are alike.
    await db.asOwner(
      `insert into figure (account_id, grain, period_start, subject, queue_id, site_id, agent_id, base)
       select account_id, grain, period_start + n * case grain when 'hour' then interval '1 hour' else interval '1 day' end, subject,
         queue_id, site_id, agent_id, base
       from figure cross join lateral generate_series(1, $1::integer / case grain when 'hour' then 1 else 24 end - 1) n`,
      [hours],
    );
    for (const table of ['fact', 'figure']) await db.asOwner(`vacuum analyze ${table}`);
    return account;
  }

  /** How many milliseconds that takes. */
  async countOneMoreHour(): Promise<number> {
    await this.#insertFacts(1);
    const began = performance.now();
    await this.#db.database.transaction(this.#id, async (tx) => await rollUpAccount(tx, this.#id));
    return performance.now() - began;
  }

  async #insertFacts(hours: number): Promise<void> {
    const from = new Date(this.#next);
    this.#next += hours * 3_600_000;
    await this.#db.asOwner(
      `with told as (
        insert into fact (account_id, at, kind, conversation_id, queue_id, site_id, agent_id, value, outcome, counts)
        select $1::uuid, $2::timestamptz + make_interval(hours => hour) + interval '3600 seconds' / $4 * (c + step.position / 11.0),
          step.kind, md5(hour || ' ' || c)::uuid, ($5::uuid[])[1 + c % 4], ($6::uuid[])[1 + c % 2],
          case when step.kind not in ('queued', 'abandoned') then ($7::uuid[])[1 + c % 10] end,
          step.position * 1000 + c, step.outcome,
          case step.kind when 'left' then '{"messages": 3}'::jsonb when 'resolved' then '{"agents": 1, "transfers": 0}'::jsonb end
        from generate_series(0, $3::integer - 1) hour, generate_series(0, $4::integer - 1) c,
          unnest(array['queued', 'offered', 'accepted', 'joined', 'answered', 'responded', 'responded', 'responded', 'left', 'resolved'],
            array['first', null, null, 'accepted', null, 'first', 'later', 'later', 'resolved', 'agent'])
            with ordinality as step (kind, outcome, position)
        order by 2
        returning at
      )
      insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
      [this.#id, from, hours, conversationsPerHour, places.queues, places.sites, places.agents],
    );
  }
}

const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
const places = { queues: ids(4), sites: ids(2), agents: ids(10) };

if (import.meta.main) await runFromCommandLine([rollUps]);
