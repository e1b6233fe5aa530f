import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { mainSchema, migrate } from '../src/platform/database/migrate.ts';
import { testPostgresUrl } from './postgres.ts';

/** A database as it was before the migration with this number, and then brought up to date. */
export async function withOlderDatabase(
  number: string,
  work: (owner: Client, bringUpToDate: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const { url } = await testPostgresUrl();
  const name = `samtal_test_older_${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'samtal-migrations-'));
  const maintenance = new Client({ connectionString: url });
  await maintenance.connect();
  const own = new URL(url);
  own.pathname = `/${name}`;
  const owner = new Client({ connectionString: own.href });
  try {
    await maintenance.query(`create database ${name}`);
    const from = fileURLToPath(mainSchema.directory);
    const older = (await readdir(from)).filter((file) => file < number);
    await Promise.all(older.map(async (file) => await copyFile(join(from, file), join(folder, file))));
    await owner.connect();
    await migrate(owner, { name: 'samtal', directory: pathToFileURL(`${folder}/`) });
    await work(owner, async () => await migrate(owner, mainSchema));
  } finally {
    await owner.end();
    await maintenance.query(`drop database if exists ${name} with (force)`);
    await maintenance.end();
    await rm(folder, { recursive: true });
  }
}
