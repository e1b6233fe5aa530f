import { startTestPostgres } from './postgres.ts';

/** A cluster for a whole test run. `env` tells every test where it is. */
export interface SharedCluster {
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the cluster that all tests of a run share, each in a database of its own. */
export async function startSharedCluster(): Promise<SharedCluster> {
  const cluster = await startTestPostgres();
  return { env: { SAMTAL_TEST_POSTGRES: cluster.url }, stop: () => cluster.stop() };
}
