import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { cloneTemplate } from '../database.ts';
import { startTestPostgres, type TestPostgres } from '../postgres.ts';

describe('a database of a test', () => {
  it('that cannot be made leaves no cluster running', async (t) => {
    let cluster: TestPostgres | undefined;
    t.after(async () => await cluster?.stop());
    const start = async (): Promise<TestPostgres> => {
      cluster = await startTestPostgres();
      const readOnly = new URL(cluster.url);
      readOnly.searchParams.set('options', '-c default_transaction_read_only=on');
      return { ...cluster, url: readOnly.href };
    };
    await assert.rejects(cloneTemplate(start), { code: '25006' });
    const client = new Client({ connectionString: cluster?.url });
    await assert.rejects(client.connect(), { code: 'ENOENT' });
  });
});
