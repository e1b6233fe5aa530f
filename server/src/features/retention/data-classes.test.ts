import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { dataClassNames } from '@samtal/contract/retention';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { classOfOtherTables, classOfTable, dataClasses } from './data-classes.ts';

describe('data classes', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  it('are known of every table there is, and of none that is not', async () => {
    const { rows } = await db.asOwner<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'samtal' order by 1",
    );
    const others = Object.keys(classOfOtherTables).filter((name) => !name.includes('.'));
    assert.deepEqual(
      rows.map(({ name }) => name),
      [...Object.keys(classOfTable), ...others].toSorted(),
    );
  });

  it('cover every schema of the database', async () => {
    const { rows } = await db.asOwner<{ name: string }>(
      "select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema$|public$)' order by 1",
    );
    const schemas = Object.keys(classOfOtherTables).flatMap((name) =>
      name.endsWith('.*') ? [name.slice(0, -2)] : [],
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      [...schemas, 'samtal'].toSorted(),
    );
  });

  it('have a name and a purpose that people can read, in each language', () => {
    for (const language of ['en', 'sv']) {
      const texts = JSON.parse(
        readFileSync(new URL(`../../../../contract/text/console/${language}.json`, import.meta.url), 'utf8'),
      ) as Record<string, string>;
      for (const name of dataClassNames) {
        assert.ok(texts[`data-class.${name}`], `${language} ${name}`);
        assert.ok(texts[`data-class.${name}-says`], `${language} ${name}`);
      }
    }
  });

  it('that an account’s end must take along go with the account', async () => {
    // Every table with accounts reaches the account by foreign keys that cascade, or is named by the one who deletes it.
    const { rows } = await db.asOwner<{ name: string }>(`
      with recursive reached(oid) as (
        select 'account'::regclass::oid
        union
        select conrelid from pg_constraint join reached on confrelid = reached.oid
        where contype = 'f' and confdeltype = 'c'
      )
      select relname as name from pg_class
      join pg_attribute on attrelid = pg_class.oid and attname = 'account_id'
      where relnamespace = 'samtal'::regnamespace and relkind = 'r' and pg_class.oid not in (select oid from reached)
      order by 1`);
    assert.deepEqual(
      rows.map(({ name }) => name),
      [
        'account_deletion',
        'audit_base',
        'audit_checkpoint_leaf',
        'audit_destination',
        'audit_entry',
        'audit_head',
        'audit_outbox',
        'audit_verification',
        'fact',
        'legal_hold',
        'stale_hour',
      ],
    );
  });

  it('that tell of visitors are within reach of a request for erasure, save what ends by itself or must be kept', () => {
    const others = Object.entries(dataClasses).filter(
      ([, { personal, onRequest }]) => personal === 'visitors' && !onRequest,
    );
    assert.deepEqual(
      others.map(([name]) => name),
      // Answers are gone within a day, and are read by nobody but who has the key that the request came with.
      ['visitor-session', 'legal-hold', 'api-answers'],
    );
  });
});
