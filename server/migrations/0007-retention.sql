-- Retention, erasure and legal hold (G7, G8, G9, A5).
--
-- Nothing that a conversation left is deleted except through erase_conversations below: it stands in the deletion log in
-- the same transaction, and it is not under hold. The role samtal_eraser owns that function and can do nothing else.

do $$
begin
  if not exists (select from pg_roles where rolname = 'samtal_eraser') then
    create role samtal_eraser nologin noinherit;
  end if;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant samtal_eraser to %I with set true, inherit false', current_user);
  end if;
end
$$;
grant usage on schema samtal to samtal_eraser;

-- Deleting a conversation takes its log along. Whoever serves requests must not be able to.
revoke delete on conversation from samtal_app;

create index conversation_resolved on conversation (account_id, site_id, resolved_at) where state = 'resolved';

-- ── legal hold ─────────────────────────────────────────────────────────────────────────────────────────────────

-- The foreign key does not cascade: PostgreSQL itself refuses to delete a conversation that is held.
create table legal_hold (
  account_id uuid not null,
  conversation_id uuid not null,
  reason text not null,
  placed_at timestamptz not null default now(),
  -- A user's id.
  placed_by uuid not null,
  -- Null: until somebody lifts it.
  until timestamptz,
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversation deferrable initially immediate
);

-- ── the deletion log ───────────────────────────────────────────────────────────────────────────────────────────

-- What was deleted together, and why; never what it was.
create table deletion (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  -- When the transaction began that deleted it.
  at timestamptz not null default now(),
  data_class text not null,
  count integer not null check (count > 0),
  cause text not null check (cause in ('retention', 'erasure', 'end-of-contract')),
  -- Retention: how long it was kept, by which setting, and where the value came from.
  setting text,
  setting_days integer,
  setting_origin text,
  -- The version of the settings of that origin; null for the installation's and for defaults.
  setting_version integer,
  -- Erasure: the request.
  erasure_id uuid,
  -- SHA-256 over the case hashes in their order: it stands in the audit trail too.
  digest bytea not null,
  primary key (account_id, id),
  check ((cause = 'erasure') = (erasure_id is not null))
);
create index deletion_by_time on deletion (account_id, at desc, id desc);
create index deletion_of_erasure on deletion (account_id, erasure_id) where erasure_id is not null;

-- One row for each conversation that was deleted: HMAC-SHA-256 of its case id under a key that the database does not have.
-- Whoever knows a case id can be shown that it was deleted; nobody can list the case ids.
create table deleted_case (
  account_id uuid not null,
  case_hash bytea not null,
  deletion_id uuid not null,
  primary key (account_id, case_hash),
  foreign key (account_id, deletion_id) references deletion on delete cascade
);
create index deleted_case_of_deletion on deleted_case (account_id, deletion_id);

-- ── erasure on request ─────────────────────────────────────────────────────────────────────────────────────────

-- States: server/src/features/retention/erasure-states.ts. What was asked for is not kept: an attribute's value or an
-- address is resolved when the request is made.
create table erasure (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  state text not null check (state in ('requested', 'live-erased', 'bucket-rotated', 'backups-expired')),
  wanted text not null check (wanted in ('case', 'attribute', 'address')),
  -- The key of the attribute.
  attribute text,
  -- The account's own name for the request, such as a number in its register.
  reference text not null default '',
  requested_at timestamptz not null default now(),
  requested_by uuid not null,
  -- Lines of the activity log that were deleted.
  log_lines integer not null default 0,
  live_erased_at timestamptz,
  bucket_rotated_at timestamptz,
  -- When the last backup is gone that could contain it.
  backups_until timestamptz,
  backups_expired_at timestamptz,
  -- The signed record: the text that was signed, byte for byte, and its Ed25519 signature.
  record text,
  signature bytea,
  primary key (account_id, id)
);
create index erasure_by_time on erasure (account_id, requested_at desc, id desc);
create index erasure_unfinished on erasure (account_id, state) where state <> 'backups-expired';

-- The conversations of a request. `conversation_id` becomes null when it is deleted.
create table erasure_case (
  account_id uuid not null,
  erasure_id uuid not null,
  case_hash bytea not null,
  conversation_id uuid,
  primary key (account_id, erasure_id, case_hash),
  foreign key (account_id, erasure_id) references erasure on delete cascade
);

-- Versions of bucket keys that have to go before backups cannot be read any more.
create table erasure_bucket (
  account_id uuid not null,
  erasure_id uuid not null,
  bucket_id uuid not null,
  key_version integer not null,
  primary key (account_id, erasure_id, bucket_id, key_version),
  foreign key (account_id, erasure_id) references erasure on delete cascade
);

-- ── the end of an account ──────────────────────────────────────────────────────────────────────────────────────

-- The platform's, and so it stays: states in server/src/features/retention/delete-account.ts.
create table account_deletion (
  account_id uuid primary key,
  state text not null check (state in ('confirmed', 'keys-destroyed', 'rows-deleted', 'backups-expired')),
  account_name text not null,
  confirmed_at timestamptz not null default now(),
  keys_destroyed_at timestamptz,
  rows_deleted_at timestamptz,
  backups_until timestamptz,
  backups_expired_at timestamptz,
  -- Rows by table, counted as they were deleted.
  counts jsonb not null default '{}',
  report text,
  signature bytea
);

-- An account goes with everything in it in one statement, so these wait until all of it has gone.
alter table role_held alter constraint role_held_account_id_held_role_id_fkey deferrable initially immediate;
alter table role_grant alter constraint role_grant_account_id_role_id_fkey deferrable initially immediate;
alter table site alter constraint site_account_id_queue_id_fkey deferrable initially immediate;
alter table conversation_key alter constraint conversation_key_account_id_bucket_id_fkey deferrable initially immediate;

-- ── who may do what ────────────────────────────────────────────────────────────────────────────────────────────

do $$
declare
  name text;
begin
  foreach name in array array['legal_hold', 'deletion', 'deleted_case', 'erasure', 'erasure_case', 'erasure_bucket'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_account on %I to samtal_app using (account_id = (select account_of_transaction()))
         with check (account_id = (select account_of_transaction()))', name);
  end loop;
  foreach name in array array['conversation', 'legal_hold', 'deletion'] loop
    execute format('create policy erased_account on %I to samtal_eraser using (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;
alter table account_deletion enable row level security;
alter table account_deletion force row level security;
create policy everything on account_deletion to samtal_platform using (true) with check (true);
-- What the platform prunes of an account's audit trail stands in the account's log.
create policy everything on deletion to samtal_platform using (true) with check (true);
grant insert on deletion to samtal_platform;
create policy erased_account on account_deletion for select to samtal_eraser using (account_id = (select account_of_transaction()));

grant select, insert, update, delete on legal_hold to samtal_app;
-- The deletion log is append-only.
grant select, insert on deletion, deleted_case to samtal_app;
grant select, insert, update on erasure to samtal_app;
grant select, insert, update on erasure_case to samtal_app;
grant select, insert on erasure_bucket to samtal_app;
grant select, insert, update on account_deletion to samtal_platform;

grant select, update, delete on conversation to samtal_eraser;
grant select, delete on legal_hold to samtal_eraser;
grant select on deletion to samtal_eraser;

-- Deletes these conversations of the transaction's account, with everything that refers to them. Refuses (SQLSTATE SM001)
-- unless `logged` is a deletion of as many, written in this very transaction, and (SM002) when one of them is held.
create function erase_conversations(ids uuid[], logged uuid) returns void
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
declare
  account constant uuid := account_of_transaction();
  erased integer;
begin
  if not exists (
    select from deletion where account_id = account and id = logged and at = now() and count = cardinality(ids)
  ) then
    raise exception 'What is erased stands in the deletion log first' using errcode = 'SM001';
  end if;
  -- A hold that is being placed has a lock on its conversation: whoever comes second sees the other.
  perform from conversation where account_id = account and id = any(ids) order by id for update;
  if exists (
    select from legal_hold
    where account_id = account and conversation_id = any(ids) and (until is null or until > now())
  ) then
    raise exception 'A conversation under legal hold is not erased' using errcode = 'SM002';
  end if;
  delete from legal_hold where account_id = account and conversation_id = any(ids);
  delete from conversation where account_id = account and id = any(ids);
  get diagnostics erased = row_count;
  if erased <> cardinality(ids) then
    raise exception 'Not all that stands in the deletion log was there' using errcode = 'SM001';
  end if;
end
$$;
revoke all on function erase_conversations(uuid[], uuid) from public;
grant execute on function erase_conversations(uuid[], uuid) to samtal_app;

-- Tables with accounts that do not go with the account by foreign keys, such as the audit trail's: the eraser empties them.
do $$
declare
  found_name text;
begin
  for found_name in
    with recursive reached(oid) as (
      select 'account'::regclass::oid
      union
      select conrelid from pg_constraint join reached on confrelid = reached.oid where contype = 'f' and confdeltype = 'c'
    )
    select relname from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'account_id'
    where relnamespace = 'samtal'::regnamespace and relkind = 'r' and pg_class.oid not in (select oid from reached)
      and relname not in ('account_deletion', 'legal_hold')
  loop
    execute format('create policy erased_account on %I to samtal_eraser using (account_id = (select account_of_transaction()))', found_name);
    execute format('grant select, delete on %I to samtal_eraser', found_name);
  end loop;
end
$$;
create policy erased_account on account to samtal_eraser using (id = (select account_of_transaction()));
grant select, delete on account to samtal_eraser;
grant select on account_deletion to samtal_eraser;

-- Deletes an account whose keys are destroyed (A5): some of its conversations at a time, and with the last of them all the
-- rest. Returns whether it is gone. Refuses (SQLSTATE SM003) unless its deletion has come that far, and (SM002) while
-- something in it is under legal hold.
create function erase_account(erased uuid, at_most integer) returns boolean
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
declare
  removed integer;
  found_name text;
begin
  perform set_config('samtal.account', erased::text, true);
  if not exists (
    select from account_deletion join account on account.id = account_id
    where account_id = erased and account_deletion.state = 'keys-destroyed' and account.status = 'suspended'
  ) then
    raise exception 'An account is erased once it is suspended and its keys are destroyed' using errcode = 'SM003';
  end if;
  if exists (select from legal_hold where account_id = erased and (until is null or until > now())) then
    raise exception 'A conversation under legal hold is not erased' using errcode = 'SM002';
  end if;
  delete from legal_hold where account_id = erased;
  delete from conversation where account_id = erased
    and id in (select id from conversation where account_id = erased order by id limit at_most);
  get diagnostics removed = row_count;
  if removed = at_most then return false; end if;
  for found_name in
    select relname from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'account_id'
    where relnamespace = 'samtal'::regnamespace and relkind = 'r' and relname not in ('conversation', 'legal_hold')
      and has_table_privilege('samtal_eraser', pg_class.oid, 'delete')
  loop
    execute format('delete from %I where account_id = $1', found_name) using erased;
  end loop;
  -- Roles that hold roles, sites with their queues: in whatever order they go, in the end all of them have gone.
  set constraints all deferred;
  delete from account where id = erased;
  return true;
end
$$;
revoke all on function erase_account(uuid, integer) from public;
grant execute on function erase_account(uuid, integer) to samtal_platform;

grant create on schema samtal to samtal_eraser;
alter function erase_conversations(uuid[], uuid) owner to samtal_eraser;
alter function erase_account(uuid, integer) owner to samtal_eraser;
revoke create on schema samtal from samtal_eraser;
