import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';

/** A schema, and the folder of the migrations that make it. */
export interface MigratedSchema {
  readonly name: string;
  readonly directory: URL;
  /** A statement to run whenever a migration was applied. */
  readonly afterwards?: string;
}

export const mainSchema: MigratedSchema = {
  name: 'samtal',
  directory: new URL('../../../migrations/', import.meta.url),
  afterwards: 'select admit_backup()',
};
export const keyringSchema: MigratedSchema = {
  name: 'samtal_keyring',
  directory: new URL('../../../keyring-migrations/', import.meta.url),
};

/** Any number, as long as nobody else takes it: holds back a second node that starts at the same time. */
const migrationLock = 7_318_001;

export class MigrationError extends Error {}

/** The migrations of this version in order, with what each must still be when it was applied. */
async function migrations(directory: URL): Promise<{ name: string; sql: string; hash: string }[]> {
  const names = (await readdir(fileURLToPath(directory))).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. `owner` may create roles and schemas.
 * Refuses a database whose applied migrations are not the beginning of ours: it belongs to another version.
 */
export async function migrate(
  owner: Client,
  { name: schema, directory, afterwards }: MigratedSchema,
): Promise<string[]> {
  await owner.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await owner.query(`create schema if not exists ${schema}`);
    await owner.query(`set search_path = ${schema}`);
    await owner.query(
      'create table if not exists migration (name text primary key, hash text not null, applied_at timestamptz not null default now())',
    );
    const applied = (
      await owner.query<{ name: string; hash: string }>('select name, hash from migration order by name')
    ).rows;
    const ours = await migrations(directory);
    applied.forEach(({ name, hash }, index) => {
      if (ours[index]?.name !== name)
        throw new MigrationError(`The database knows a migration that this version does not: ${name}`);
      if (ours[index].hash !== hash)
        throw new MigrationError(`The migration ${name} was changed after it was applied`);
    });
    const due = ours.slice(applied.length);
    for (const { name, sql, hash } of due) {
      await owner.query('begin');
      try {
        await owner.query(sql);
        await owner.query('insert into migration (name, hash) values ($1, $2)', [name, hash]);
        await owner.query('commit');
      } catch (error) {
        await owner.query('rollback');
        throw error;
      }
    }
    if (due.length > 0 && afterwards !== undefined) await owner.query(afterwards);
    return due.map(({ name }) => name);
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [migrationLock]);
  }
}

/** The migrations of the main schema that this version has, in order. */
export async function knownMigrations(): Promise<{ name: string; hash: string }[]> {
  return (await migrations(mainSchema.directory)).map(({ name, hash }) => ({ name, hash }));
}
