-- Rotation of bucket keys (G9), and the role that backups read with (K2).

-- Rotating gives a bucket a new version of its key, and destroys the old ones: server/src/platform/keys/rotate-bucket.ts.
alter table key_bucket
  add column dirty_since timestamptz,
  add column key_version integer not null default 1,
  add column oldest_version integer not null default 1,
  add check (oldest_version between 1 and key_version);
create index key_bucket_to_rotate on key_bucket (dirty_since) where dirty_since is not null or oldest_version < key_version;
create index conversation_key_of_bucket on conversation_key (account_id, bucket_id);

-- The platform finds the buckets that are due, in all accounts. There are no keys in this table.
create policy due on key_bucket for select to samtal_platform using (true);
grant select (account_id, id, dirty_since, key_version, oldest_version) on key_bucket to samtal_platform;

-- ── backup (K2) ────────────────────────────────────────────────────────────────────────────────────────────────

do $$
begin
  if not exists (select from pg_roles where rolname = 'samtal_backup') then
    create role samtal_backup nologin noinherit;
  end if;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant samtal_backup to %I with set true, inherit false', current_user);
  end if;
end
$$;
grant usage on schema samtal to samtal_backup;
grant select on migration to samtal_backup;

-- Lets backups read every table and every sequence's state, and change none. Called again whenever a migration was
-- applied, so that a table is in the backups from its first day without its migration knowing of them.
create function admit_backup() returns void
  language plpgsql
as $$
declare
  found_name text;
begin
  for found_name in
    select relname from pg_class where relnamespace = 'samtal'::regnamespace and relkind in ('r', 'p') and relname <> 'migration'
  loop
    execute format('grant select on samtal.%I to samtal_backup', found_name);
    if not exists (select from pg_policy where polrelid = format('samtal.%I', found_name)::regclass and polname = 'backup') then
      execute format('create policy backup on samtal.%I for select to samtal_backup using (true)', found_name);
    end if;
  end loop;
  for found_name in select relname from pg_class where relnamespace = 'samtal'::regnamespace and relkind = 'S' loop
    execute format('grant select on sequence samtal.%I to samtal_backup', found_name);
  end loop;
end
$$;
revoke all on function admit_backup() from public;
