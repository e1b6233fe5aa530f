-- API keys (C8): programs at work in an account.

-- A key does what its grants say, and never more than its owner may at that moment. Without an owner it is dead.
create table api_key (
  account_id uuid not null references account on delete cascade,
  -- Stands in the key that is shown: a key is found by it, and then its secret compared.
  id uuid not null unique,
  name text not null,
  purpose text not null,
  owner_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- The day and no more, in UTC.
  last_used_on date,
  -- Refusals are recorded once an hour.
  refusal_recorded_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, owner_id) references membership (account_id, user_id) on delete set null (owner_id)
);
create unique index api_key_name on api_key (account_id, lower(name)) where revoked_at is null;

-- The secrets of a key: one, or two while the new one replaces the old. Only their hashes (SHA-256 of 256 random bits).
create table api_key_secret (
  account_id uuid not null,
  id uuid not null,
  key_id uuid not null,
  hash bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  ends_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, key_id) references api_key on delete cascade
);
create index api_key_secret_of_key on api_key_secret (key_id);

-- What a key is given, as role_grant is for users. A table of its own: everything that asks that one is about people.
create table api_key_grant (
  account_id uuid not null,
  key_id uuid not null,
  role_id uuid not null,
  scope jsonb not null default '{}',
  primary key (account_id, key_id, role_id, scope),
  foreign key (account_id, key_id) references api_key on delete cascade,
  foreign key (account_id, role_id) references role
);
create index api_key_grant_of_role on api_key_grant (account_id, role_id);

-- Access tokens (RFC 6749, 4.4). They go with the secret that they were got for.
create table api_token (
  token_hash bytea primary key,
  account_id uuid not null,
  secret_id uuid not null,
  -- What the client asked to be narrowed to; null for everything the key holds.
  authorisations text[],
  expires_at timestamptz not null,
  foreign key (account_id, secret_id) references api_key_secret on delete cascade
);
create index api_token_of_secret on api_token (account_id, secret_id);

do $$
declare
  one text;
begin
  foreach one in array array['api_key', 'api_key_secret', 'api_key_grant', 'api_token'] loop
    execute format('alter table %I enable row level security', one);
    execute format('alter table %I force row level security', one);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', one);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', one);
    execute format('grant select, insert, delete on %I to samtal_app', one);
  end loop;
end
$$;
grant update (expires_at, revoked_at, last_used_on, refusal_recorded_at) on api_key to samtal_app;
grant update (ends_at) on api_key_secret to samtal_app;
-- Across accounts: whose key or token it is, and what has ended.
grant select on api_key, api_key_secret, api_token to samtal_platform;
grant delete on api_key_secret, api_token to samtal_platform;

-- What whoever did something in the account is called now: a user, or a key. Null for who has left.
create function name_at_work(wanted_account uuid, wanted uuid) returns text
  language sql stable
begin atomic
  select coalesce(
    (select name from membership where account_id = wanted_account and user_id = wanted),
    (select name from api_key where account_id = wanted_account and id = wanted));
end;
revoke all on function name_at_work(uuid, uuid) from public;
grant execute on function name_at_work(uuid, uuid) to samtal_app;
