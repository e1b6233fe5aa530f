import { Client, Pool, type ClientConfig } from 'pg';
import { keyringSchema, migrate } from './migrate.ts';

/**
 * The keyring's records in a PostgreSQL of their own. It must be another cluster than the main database's: the write-ahead
 * log and the physical backups of a cluster hold all its databases, so keys and what they open would lie together.
 */
export class KeyringRecords {
  readonly location: string;
  readonly #pool: Pool;

  private constructor(pool: Pool, location: string) {
    this.#pool = pool;
    this.location = location;
  }

  /** Makes the schema when it is new. `main` is null where there is no main database yet. Throws {@link SameClusterError}. */
  static async open(
    url: string,
    { main, onError }: { main: ClientConfig | null; onError: (error: Error) => void },
  ): Promise<KeyringRecords> {
    const owner = new Client({ connectionString: url });
    owner.on('error', onError);
    await owner.connect();
    let location: string;
    try {
      if (main !== null && (await clusterOf(owner)) === (await clusterAt(main))) throw new SameClusterError();
      await migrate(owner, keyringSchema);
      location = `${owner.host}:${owner.port}/${owner.database ?? ''}`;
    } finally {
      await owner.end();
    }
    const pool = new Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: 10_000,
      options: '-c search_path=samtal_keyring -c statement_timeout=15000',
    });
    pool.on('error', onError);
    pool.on('connect', (client) => void client.on('error', onError));
    return new KeyringRecords(pool, location);
  }

  async read(owner: string, name: string): Promise<string | null> {
    const { rows } = await this.#pool.query<{ content: string }>(
      'select content from record where owner = $1 and name = $2',
      [owner, name],
    );
    return rows[0]?.content ?? null;
  }

  async insert(owner: string, name: string, content: string): Promise<void> {
    await this.#pool.query(
      'insert into record (owner, name, content) values ($1, $2, $3) on conflict do nothing',
      [owner, name, content],
    );
  }

  async replace(owner: string, name: string, content: string): Promise<void> {
    await this.#pool.query(
      `insert into record (owner, name, content) values ($1, $2, $3)
       on conflict (owner, name) do update set content = excluded.content`,
      [owner, name, content],
    );
    await this.#wipe();
  }

  async remove(owner: string, name: string): Promise<void> {
    const { rowCount } = await this.#pool.query('delete from record where owner = $1 and name = $2', [
      owner,
      name,
    ]);
    if (rowCount !== 0) await this.#wipe();
  }

  async owners(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ owner: string }>('select distinct owner from record');
    return rows.map(({ owner }) => owner);
  }

  async names(owner: string): Promise<string[]> {
    const { rows } = await this.#pool.query<{ name: string }>('select name from record where owner = $1', [
      owner,
    ]);
    return rows.map(({ name }) => name);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** A deleted row lies in its page until something else needs the room: the table is written anew without it. */
  async #wipe(): Promise<void> {
    await this.#pool.query('vacuum full record');
  }
}

/** The keyring's database and the main one are of one cluster. */
export class SameClusterError extends Error {
  override readonly name = 'SameClusterError';
}

async function clusterAt(config: ClientConfig): Promise<string> {
  const client = new Client(config);
  await client.connect();
  try {
    return await clusterOf(client);
  } finally {
    await client.end();
  }
}

/** The number that a cluster gets when it is made; its replicas have the same one. */
async function clusterOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  );
  return rows[0]?.id ?? '';
}
