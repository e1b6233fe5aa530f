import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import { Pool, types, type ClientBase, type PoolClient, type PoolConfig } from 'pg';
import { copyBytes } from './copy.ts';
import type { Tables } from './tables.ts';
import { refuseUnkeepable } from './unkeepable.ts';

/** An account's id. A transaction is about one account, or about the platform: signing in, and finding due work. */
export type Scope = string | 'platform';

/**
 * A statement that runs so often that each connection prepares it once: then it is parsed and planned once, too. `name`
 * is its own among all of them; `text` always stays the same, so lists come as one array (`unnest`, `any`).
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What a transaction hands to whoever works in it. Without one there is no way to query. */
export interface Tx {
  readonly sql: Kysely<Tables>;
  /** Runs a statement and answers with its rows. */
  run<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Answers with the bytes in the only column of a select, of all its rows one after the other, up to so many; null when there are no
   * rows. For what is large. `$1` and so on stand for whole numbers and ids, and for nothing else.
   */
  bytes(select: string, values: readonly (number | string)[], mostBytes: number): Promise<Buffer | null>;
  /**
   * Sends a statement whose answer nobody needs, without waiting for it. It comes before whatever is asked next, and when
   * it fails the transaction fails with its error.
   */
  send(statement: Statement, values: readonly unknown[]): void;
  /** Runs once the transaction has committed, and never if it has not. For announcing, not for writing. */
  afterCommit(effect: () => void): void;
}

/** A transaction that cannot write. */
export type ReadTx = Tx;

// bigint: counters and sizes, all far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

const accountId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The only door to the database. Each transaction takes on a role that owns nothing and cannot bypass row-level
 * security: `samtal_app` bound to one account, or `samtal_platform`. Both settings end with the transaction. In the process that speaks SFTP
 * it is `samtal_sftp` either way.
 */
export class Database {
  readonly #pool: Pool;
  readonly #role: 'samtal_sftp' | null;
  /** One promise for each connection that is open, kept when it has ended. */
  readonly #open = new Set<Promise<void>>();
  readonly #builders = new WeakMap<PoolClient, Kysely<Tables>>();
  readonly #within = new AsyncLocalStorage<true>();
  readonly #alongside = new AsyncLocalStorage<Alongside>();

  /**
   * `role`: of a process that is to have that one and no other, bound to an account or not. `statementTimeoutMs`: what takes longer is broken
   * off (15 seconds).
   */
  constructor(
    options: PoolConfig & {
      onError: (error: Error) => void;
      role?: 'samtal_sftp';
      statementTimeoutMs?: number;
    },
  ) {
    const { onError, role, statementTimeoutMs = 15_000, ...config } = options;
    this.#role = role ?? null;
    this.#pool = new Pool({
      max: 20,
      connectionTimeoutMillis: 10_000,
      // What is asked goes out at once and is answered in order, so that nobody waits for an answer that nobody needs.
      pipeline: true,
      ...config,
      // No statement may hold a connection, or a lock, for ever.
      options: `-c search_path=samtal -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=15000`,
    });
    this.#pool.on('error', onError);
    this.#pool.on('connect', (client) => {
      const ended = new Promise<void>((resolve) => client.once('end', resolve));
      this.#open.add(ended);
      void ended.then(() => this.#open.delete(ended));
    });
    // NOTE: the pool stops listening while a connection is in use. Without this, a database that dies takes us along.
    this.#pool.on('connect', (client) => void client.on('error', onError));
  }

  /** Does `work` in one transaction: all of it is committed, or none. Refuses to nest: pass the `Tx` on instead. */
  async transaction<Result>(scope: Scope, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const alongside = this.#alongside.getStore();
    if (alongside === undefined || alongside.isDone || alongside.scope !== scope)
      return await this.#run(scope, 'begin', work);
    return await this.#run(scope, 'begin', async (tx) => {
      const result = await work(tx);
      await alongside.also(tx);
      tx.afterCommit(() => void (alongside.isDone = true));
      return result;
    });
  }

  /** Reads one consistent state (repeatable read). */
  async read<Result>(scope: Scope, work: (tx: ReadTx) => Promise<Result>): Promise<Result> {
    return await this.#run(scope, 'begin isolation level repeatable read read only', work);
  }

  /**
   * Does `work`, and `also` in the first transaction of the scope that it commits: both are committed, or neither. For what has
   * to be true exactly when something was done, whatever it was, such as that it must not be done again.
   */
  async alongside<Result>(
    scope: Scope,
    also: (tx: Tx) => Promise<void>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    return await this.#alongside.run({ scope, also, isDone: false }, work);
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
    // The pool says goodbye without waiting for the answer. Whoever ends the database next would cut it short.
    await Promise.all(this.#open);
  }

  async #run<Result>(scope: Scope, begin: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    // Whoever holds a connection and waits for another one waits for ever, once enough others do the same.
    if (this.#within.getStore() === true) throw new Error('Transactions do not nest: pass the Tx on');
    const bound = `${begin}; ${binding(scope, this.#role)}`;
    const client = await this.#pool.connect();
    const effects: (() => void)[] = [];
    // Sent and not yet answered. What fails first is why the rest fails: PostgreSQL does nothing more in a transaction in
    // which a statement has failed, and turns its commit into a rollback.
    const sent: Promise<Failure | null>[] = [];
    const ask = (statement: Statement, values: readonly unknown[]) => {
      refuseUnkeepable(values);
      return client.query({ ...statement, values: [...values] });
    };
    let result: Result;
    try {
      // One message, so that binding the transaction costs no round trip of its own.
      sent.push(failureOf(client.query(bound)));
      const tx: Tx = {
        sql: this.#builder(client),
        run: async <Row extends object>(statement: Statement, values: readonly unknown[]) =>
          (await ask(statement, values)).rows as Row[],
        bytes: async (select, values, mostBytes) => await copyBytes(client, select, { values, mostBytes }),
        send: (statement, values) => void sent.push(failureOf(ask(statement, values))),
        afterCommit: (effect) => void effects.push(effect),
      };
      const [worked] = await Promise.allSettled([this.#within.run(true, async () => await work(tx))]);
      if (worked.status === 'rejected') throw (await firstOf(sent))?.error ?? worked.reason;
      const committing = client.query('commit');
      const failure = await firstOf([...sent, failureOf(committing)]);
      if (failure !== null) throw failure.error;
      if ((await committing).command !== 'COMMIT') {
        throw new Error('The transaction was rolled back because a statement in it had failed');
      }
      result = worked.value;
    } catch (error) {
      await this.#abandon(client);
      throw error;
    }
    client.release();
    for (const effect of effects) effect();
    return result;
  }

  /** Rolls back; a connection on which even that fails is thrown away. */
  async #abandon(client: PoolClient): Promise<void> {
    try {
      await client.query('rollback');
      client.release();
    } catch (error) {
      client.release(error instanceof Error ? error : true);
    }
  }

  #builder(client: PoolClient): Kysely<Tables> {
    let builder = this.#builders.get(client);
    if (builder === undefined) {
      builder = new Kysely<Tables>({ dialect: dialectOn(client) });
      this.#builders.set(client, builder);
    }
    return builder;
  }
}

/** What the next transaction of a scope does besides. */
interface Alongside {
  readonly scope: Scope;
  readonly also: (tx: Tx) => Promise<void>;
  isDone: boolean;
}

interface Failure {
  readonly error: unknown;
}

/** Whether it fails. Listens from the beginning, so that a failure that nobody has asked about yet is not unhandled. */
async function failureOf(sent: Promise<unknown>): Promise<Failure | null> {
  return await sent.then(
    () => null,
    (error: unknown) => ({ error }),
  );
}

/** Waits for all of them; answers with the first failure in their order. */
async function firstOf(failures: readonly Promise<Failure | null>[]): Promise<Failure | null> {
  return (await Promise.all(failures)).find((failure) => failure !== null) ?? null;
}

function binding(scope: Scope, role: 'samtal_sftp' | null): string {
  if (scope === 'platform') return `set local role ${role ?? 'samtal_platform'}`;
  if (!accountId.test(scope)) throw new Error('A transaction was asked for without a proper account id');
  return `set local role ${role ?? 'samtal_app'}; set local samtal.account = '${scope}'`;
}

/** Kysely on a connection whose transaction somebody else begins and ends. */
export function dialectOn(client: ClientBase) {
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      refuseUnkeepable(query.parameters);
      const result = await client.query<Row & object>(query.sql, [...query.parameters]);
      return { rows: result.rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
    },
    streamQuery() {
      throw new Error('Streaming is not part of a transaction’s interface');
    },
  };
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuseNesting,
    commitTransaction: refuseNesting,
    rollbackTransaction: refuseNesting,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver,
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

async function refuseNesting(): Promise<never> {
  throw new Error('Transactions do not nest: pass the Tx on');
}
