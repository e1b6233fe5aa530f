-- Statistics export over SFTP (I3, I4): who may fetch the files, and by which keys.
--
-- A third role works for the process that speaks SFTP. It reads the published files of the account that its transaction is bound
-- to, and writes to that account's audit trail. Who signs in it learns from one function, by the exact name.

do $$
begin
  if not exists (select from pg_roles where rolname = 'samtal_sftp') then
    create role samtal_sftp nologin noinherit;
  end if;
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant samtal_sftp to %I with set true, inherit false', current_user);
  end if;
end
$$;
grant usage on schema samtal to samtal_sftp;

create table export_account (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  name text not null,
  -- What it signs in as. Half of it is random: a name that is taken would tell of another account.
  user_name text not null unique,
  purpose text not null,
  networks text[] not null default '{}',
  expires_at timestamptz,
  disabled boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (account_id, id)
);
create unique index export_account_name on export_account (account_id, name);

-- pending → active (until it ends) | refused; either → revoked
create table export_key (
  account_id uuid not null,
  id uuid not null,
  export_account_id uuid not null,
  kind text not null check (kind in ('supplied', 'generated')),
  state text not null check (state in ('pending', 'active', 'refused', 'revoked')),
  type text not null,
  bits integer not null,
  -- As SSH sends it (RFC 4253, 6.6). The private half is nowhere.
  public_key bytea not null,
  submitted_by uuid not null,
  submitted_at timestamptz not null default now(),
  -- To whom its fingerprints were shown while it was pending.
  seen_by uuid[] not null default '{}',
  wrong_fingerprints integer not null default 0,
  confirmed_by uuid,
  confirmed_as text check (confirmed_as in ('second-person', 'customer')),
  confirmed_at timestamptz,
  replaces uuid,
  overlap_hours integer,
  -- When it is taken no more: replaced, refused or revoked.
  ends_at timestamptz,
  last_used_at timestamptz,
  -- Of a generated pair: sealed, until somebody else has read it.
  passphrase bytea,
  passphrase_until timestamptz,
  primary key (account_id, id),
  foreign key (account_id, export_account_id) references export_account on delete cascade,
  check ((passphrase is null) = (passphrase_until is null)),
  check (state <> 'active' or confirmed_at is not null)
);
create index export_key_of_account on export_key (account_id, export_account_id);
create unique index export_key_standing on export_key (account_id, export_account_id, public_key)
  where state in ('pending', 'active');

do $$
declare
  name text;
begin
  foreach name in array array['export_account', 'export_key'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
    execute format('create policy own_account_by_sftp on %I to samtal_sftp
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, delete on export_account, export_key to samtal_app;
grant update (purpose, networks, expires_at, disabled) on export_account to samtal_app;
grant update (state, seen_by, wrong_fingerprints, confirmed_by, confirmed_as, confirmed_at, ends_at, passphrase, passphrase_until)
  on export_key to samtal_app;
-- For the functions below, and to tidy up.
grant select on export_account, export_key to samtal_platform;
grant delete, update (passphrase, passphrase_until) on export_key to samtal_platform;
-- That it was used.
grant select (account_id, id), update (last_used_at) on export_account, export_key to samtal_sftp;
create policy own_account_by_sftp on audit_outbox for insert to samtal_sftp
  with check (account_id = (select account_of_transaction()));
grant insert (account_id, body) on audit_outbox to samtal_sftp;

-- Whether somebody of this name may sign in with this key: one row, or none where there is no such name. `fault` says what is
-- against it; where they may come from is judged by whoever asks. One question whoever it is, so that its time tells nothing.
create function export_login(wanted_name text, wanted_key bytea)
  returns table (account_id uuid, export_account_id uuid, key_id uuid, networks text[], fault text)
  language sql stable security definer
  set search_path = samtal, pg_temp
begin atomic
  select a.account_id, a.id, k.id, a.networks,
    case
      when owner.status <> 'active' then 'account-suspended'
      when a.disabled then 'disabled'
      when a.expires_at <= now() then 'expired'
      when k.id is null then 'key-unknown'
      when k.state = 'pending' then 'key-pending'
      when k.state <> 'active' or k.ends_at <= now() then 'key-ended'
    end
  from export_account a
  join account owner on owner.id = a.account_id
  left join lateral (
    select each.id, each.state, each.ends_at from export_key each
    where each.account_id = a.account_id and each.export_account_id = a.id and each.public_key = wanted_key
    order by each.state = 'active' desc, each.submitted_at desc
    limit 1
  ) k on true
  where a.user_name = wanted_name;
end;

-- Which of these keys may still be used, and from where: sessions of the others end.
create function standing_export_keys(wanted uuid[]) returns table (key_id uuid, networks text[])
  language sql stable security definer
  set search_path = samtal, pg_temp
begin atomic
  select k.id, a.networks
  from export_key k
  join export_account a on a.account_id = k.account_id and a.id = k.export_account_id
  join account owner on owner.id = a.account_id
  where k.id = any(wanted) and k.state = 'active' and (k.ends_at is null or k.ends_at > now())
    and not a.disabled and (a.expires_at is null or a.expires_at > now()) and owner.status = 'active';
end;

revoke all on function export_login(text, bytea), standing_export_keys(uuid[]) from public;
grant execute on function export_login(text, bytea), standing_export_keys(uuid[]) to samtal_sftp;
grant create on schema samtal to samtal_platform;
alter function export_login(text, bytea) owner to samtal_platform;
alter function standing_export_keys(uuid[]) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
create unique index export_key_id on export_key (id);
