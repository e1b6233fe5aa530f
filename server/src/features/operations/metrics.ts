import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { NetworkList } from '../../platform/networks/index.ts';
import { readStatisticsLag, type StatisticsLag } from '../statistics/index.ts';

interface Gauge {
  readonly help: string;
  readonly of: (lag: StatisticsLag) => number;
}

/** What is measured: of the platform as a whole, never of an account or a person. */
const gauges: Readonly<Record<string, Gauge>> = {
  samtal_statistics_behind_seconds: {
    help: 'For how long the account that is furthest behind has had something that is not counted.',
    of: ({ behindSeconds }) => behindSeconds,
  },
  samtal_statistics_failed_hours: {
    help: 'Hours that cannot be counted, and days that cannot be put together.',
    of: ({ failedHours }) => failedHours,
  },
  samtal_statistics_failed_files: {
    help: 'Files that cannot be published.',
    of: ({ failedFiles }) => failedFiles,
  },
};

/** Who may read metrics, and how everybody else is answered. */
export interface MetricsParts {
  readonly database: Database;
  readonly log: Log;
  readonly networks: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Answers like an address that the server does not know. */
  readonly refuse: (reply: FastifyReply) => Promise<FastifyReply>;
}

/**
 * `/metrics` (K1): gauges in the text format of Prometheus, version 0.0.4, for whoever asks from one of the networks. For everybody else,
 * and while there is none, it does not exist. Nor does it for a request that was forwarded by who is no trusted proxy: its address is
 * that of the one who forwarded it. 503 where they cannot be read; the log says why.
 */
export function metricsRoute(
  fastify: FastifyInstance,
  { database, log, networks, trustedProxies, refuse }: MetricsParts,
): void {
  const [list, proxies] = [new NetworkList(networks), new NetworkList(trustedProxies)];
  fastify.get('/metrics', async (request, reply) => {
    if (!list.includes(request.ip) || isOfUnknownOrigin(request, proxies)) return await refuse(reply);
    reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8');
    try {
      const lag = await database.read('platform', readStatisticsLag);
      return await reply.send(written(lag));
    } catch (error) {
      log.warn('metrics-not-read', {}, error);
      return await reply.status(503).send('');
    }
  });
}

/** Whether it came through somebody and we do not know from whom: only trusted proxies are believed, and only X-Forwarded-For. */
function isOfUnknownOrigin({ headers, socket }: FastifyRequest, proxies: NetworkList): boolean {
  if (headers['x-forwarded-for'] !== undefined) return !proxies.includes(socket.remoteAddress ?? '');
  return headers['forwarded'] !== undefined;
}

function written(lag: StatisticsLag): string {
  return Object.entries(gauges)
    .map(([name, { help, of }]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${of(lag)}\n`)
    .join('');
}
