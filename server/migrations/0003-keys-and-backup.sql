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
