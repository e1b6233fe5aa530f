-- The audit trail, searched, checkpointed, pruned and sent elsewhere (H2, H3).

-- What is searched comes from the text that is hashed, so that neither can say anything else than the other.
alter table audit_entry
  add column action text generated always as (body::jsonb ->> 'action') stored,
  add column feature text generated always as (split_part(body::jsonb ->> 'action', '.', 1)) stored,
  add column actor_id text generated always as (body::jsonb #>> '{actor,id}') stored,
  add column subject_kind text generated always as (body::jsonb #>> '{subject,kind}') stored,
  add column subject_id text generated always as (body::jsonb #>> '{subject,id}') stored;
create index audit_entry_by_time on audit_entry (account_id, at, seq);
create index audit_entry_by_feature on audit_entry (account_id, feature, at, seq);
create index audit_entry_by_actor on audit_entry (account_id, actor_id, at, seq) where actor_id is not null;
create index audit_entry_by_subject on audit_entry (account_id, subject_id, at, seq) where subject_id is not null;

-- A statement of where all chains ended at one moment, signed with a key that the database does not have.
create table audit_checkpoint (
  number bigint primary key check (number > 0),
  at timestamptz not null,
  -- How many chains there were, and the root of the Merkle tree over their ends (RFC 9162, section 2.1).
  leaves integer not null check (leaves > 0),
  root bytea not null,
  -- The checkpoint that this one follows, and the hash of its statement: 0 and zeros for the first one.
  follows bigint not null,
  previous bytea not null,
  -- SHA-256 of the public key (SPKI, DER).
  key_hash bytea not null,
  signature bytea not null
);

-- Where one chain ended, with the path from there to the root of the newest checkpoint that says so.
create table audit_checkpoint_leaf (
  account_id uuid not null,
  seq bigint not null,
  hash bytea not null,
  -- The first checkpoint that found the chain to end here, and the newest one.
  since bigint not null,
  checkpoint bigint not null references audit_checkpoint,
  position integer not null,
  path bytea[] not null,
  primary key (account_id, seq)
);
create index audit_checkpoint_leaf_of on audit_checkpoint_leaf (checkpoint);

-- What came before an account's oldest entry was removed on purpose, up to and including this one; signed.
create table audit_base (
  account_id uuid primary key,
  seq bigint not null check (seq > 0),
  hash bytea not null,
  at timestamptz not null,
  signature bytea not null
);

-- What the last verification of an account's chain found.
create table audit_verification (
  account_id uuid primary key,
  at timestamptz not null,
  entries bigint not null,
  checkpoints bigint not null,
  fault text,
  fault_seq bigint
);

-- Where the trail is sent. Installation-wide ones have the platform's chain as their account.
create table audit_destination (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  kind text not null check (kind in ('syslog', 'webhook')),
  -- Host, port, transport or URL. Nothing secret.
  target jsonb not null,
  -- The signing secret of a webhook, the client's key and certificate of syslog; under the account's key.
  secret bytea,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  -- The last entry and the last checkpoint that arrived.
  delivered_seq bigint not null,
  delivered_checkpoint bigint not null default 0,
  delivered_at timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  -- A word of our own.
  failure text,
  next_try_at timestamptz not null default now(),
  -- One node at a time delivers, so that the order is kept.
  lease uuid,
  leased_until timestamptz,
  primary key (account_id, id)
);
create unique index audit_destination_name on audit_destination (account_id, lower(name));

do $$
declare
  name text;
begin
  foreach name in array array['audit_checkpoint_leaf', 'audit_base', 'audit_verification', 'audit_destination'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_account on %I to samtal_app using (account_id = (select account_of_transaction()))
         with check (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;
alter table audit_checkpoint enable row level security;
alter table audit_checkpoint force row level security;
create policy everything on audit_checkpoint to samtal_platform using (true) with check (true);
create policy everything on audit_verification to samtal_platform using (true) with check (true);
create policy everything on audit_destination to samtal_platform using (true) with check (true);

-- A base stands on a checkpoint, and nothing is removed but what lies at or before a base. Whether the base is genuine is
-- for the verifier to say: the database has no key.
create policy reading on audit_base for select to samtal_platform using (true);
create policy making on audit_base for insert to samtal_platform with check (
  exists (select from audit_checkpoint_leaf leaf
    where leaf.account_id = audit_base.account_id and leaf.seq = audit_base.seq and leaf.hash = audit_base.hash));
create policy moving on audit_base for update to samtal_platform using (true) with check (
  exists (select from audit_checkpoint_leaf leaf
    where leaf.account_id = audit_base.account_id and leaf.seq = audit_base.seq and leaf.hash = audit_base.hash));
drop policy everything on audit_entry;
create policy reading on audit_entry for select to samtal_platform using (true);
create policy sealing on audit_entry for insert to samtal_platform with check (true);
create policy pruning on audit_entry for delete to samtal_platform using (
  seq <= (select base.seq from audit_base base where base.account_id = audit_entry.account_id));
create policy reading on audit_checkpoint_leaf for select to samtal_platform using (true);
create policy making on audit_checkpoint_leaf for insert to samtal_platform with check (true);
create policy moving on audit_checkpoint_leaf for update to samtal_platform using (true) with check (true);
create policy pruning on audit_checkpoint_leaf for delete to samtal_platform using (
  seq < (select base.seq from audit_base base where base.account_id = audit_checkpoint_leaf.account_id));

grant select, insert on audit_checkpoint to samtal_platform;
grant select, insert, delete, update (checkpoint, position, path) on audit_checkpoint_leaf to samtal_platform;
grant select, insert, update on audit_base to samtal_platform;
grant delete on audit_entry to samtal_platform;
grant select, insert, update on audit_verification to samtal_platform;
grant select, insert, update, delete on audit_destination to samtal_platform;
grant select on audit_checkpoint_leaf, audit_base, audit_verification to samtal_app;
grant select, insert, delete, update (name, active, failures, failing_since, failure, next_try_at) on audit_destination
  to samtal_app;
