import type { FastifyInstance } from 'fastify';
import type { Database } from '../../platform/database/index.ts';

const askMs = 2_000;

/**
 * `/healthz`: the process is alive. `/readyz`: it can do its work now, so a load balancer may send people here (K1).
 * Both are plain JSON without details: anyone may ask.
 */
export function healthRoutes(
  fastify: FastifyInstance,
  { database, isDraining }: { database: Database; isDraining: () => boolean },
): void {
  fastify.get('/healthz', async () => ({ status: 'ok' }));
  fastify.get('/readyz', async (_request, reply) => {
    const ready = !isDraining() && (await answers(database));
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not-ready' });
  });
}

async function answers(database: Database): Promise<boolean> {
  const asked = database.read(
    'platform',
    async (tx) => await tx.sql.selectFrom('account').select('id').limit(1).execute(),
  );
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('The database did not answer in time')), askMs).unref();
  });
  try {
    await Promise.race([asked, timeout]);
    return true;
  } catch {
    // Why is in the log of whoever needed the database; here it only matters that it is not there.
    return false;
  }
}
