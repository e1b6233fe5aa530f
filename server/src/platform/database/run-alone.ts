import { Client, type ClientConfig } from 'pg';

/** Any number, as long as nobody else takes it: the first half of the locks under which jobs run. */
const jobLocks = 7_318_006;

/**
 * Does the work unless it is being done already, on this node or another one: then it is left out, which is no fault. The
 * lock is that of a connection of its own, and goes with the process that holds it.
 */
export async function runAlone(
  login: ClientConfig,
  name: string,
  work: () => Promise<void>,
): Promise<'done' | 'under-way'> {
  const client = new Client({ ...login, application_name: 'samtal-job' });
  // Who loses the connection loses the lock, and the work finds out for itself that the database is gone.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ ours: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as ours',
      [jobLocks, name],
    );
    if (rows[0]?.ours !== true) return 'under-way';
    await work();
    return 'done';
  } finally {
    await client.end().catch(() => undefined);
  }
}
