-- Configuration and its history (H1, C11).
--
-- Each change of anything that is configured appends a version; nothing is ever overwritten. The settings of an account
-- and of its channels are nothing but their newest version.

create table configuration_version (
  account_id uuid not null references account on delete cascade,
  -- What was changed: `settings`, `site`, `queue`, `role`, …
  kind text not null,
  -- Which one. The account's own settings have the account's id, a channel's the channel's.
  object_id uuid not null,
  version integer not null check (version > 0),
  -- The whole object as it was from then on; null when it was removed.
  body jsonb,
  changed_at timestamptz not null default clock_timestamp(),
  -- A user's id; null for an operator or the platform itself.
  changed_by uuid,
  reason text not null default '',
  -- The version that this one restored.
  restored_from integer,
  -- How the object stood before its first change that was recorded: nobody is known to have made it so.
  found boolean not null default false,
  primary key (account_id, kind, object_id, version)
);
create index configuration_version_by_time on configuration_version (account_id, changed_at desc, object_id desc, version desc);

-- What operators set for the whole installation.
create table installation_settings_version (
  version integer primary key check (version > 0),
  body jsonb not null,
  changed_at timestamptz not null default clock_timestamp(),
  reason text not null default '',
  restored_from integer
);

alter table configuration_version enable row level security;
alter table configuration_version force row level security;
create policy own_account on configuration_version to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on configuration_version to samtal_platform using (true) with check (true);
-- Append-only: nobody who serves requests can change or remove a version.
grant select, insert on configuration_version to samtal_app, samtal_platform;

alter table installation_settings_version enable row level security;
alter table installation_settings_version force row level security;
create policy everything on installation_settings_version to samtal_platform using (true) with check (true);
grant select, insert on installation_settings_version to samtal_platform;

-- Accounts see what the installation says through this alone: the newest version.
create function installation_settings() returns jsonb
  language sql stable parallel safe security definer
  set search_path = samtal, pg_temp
  return coalesce((select body from installation_settings_version order by version desc limit 1), '{}'::jsonb);
revoke all on function installation_settings() from public;
grant execute on function installation_settings() to samtal_app, samtal_platform;
grant create on schema samtal to samtal_platform;
alter function installation_settings() owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
