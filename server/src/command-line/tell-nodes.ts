import { sql } from 'kysely';
import { nodesChannel, type Database } from '../platform/database/index.ts';
import { Fanout } from '../platform/fanout/index.ts';

/**
 * Announcements of a command to the nodes that run on its database. A node that cannot be told lets go of what it has in memory
 * within minutes by itself, so nothing fails for it.
 */
export function tellNodes(database: Database): { fanout: Fanout; told(): Promise<void> } {
  const fanout = new Fanout();
  let sent: Promise<unknown> = Promise.resolve();
  fanout.attach({
    send: (line) => {
      sent = sent.then(async () => await notify(database, line)).catch(() => undefined);
    },
  });
  return { fanout, told: async () => void (await sent) };
}

async function notify(database: Database, line: string): Promise<void> {
  await database.transaction('platform', async (tx) => {
    await sql`select pg_notify(${nodesChannel}, ${line})`.execute(tx.sql);
  });
}
