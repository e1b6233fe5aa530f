-- Federation (C4): identity providers of accounts, and who signs in by them.

-- Somebody whom an identity provider vouches for is known by it alone: such an identity has no address of its own by which
-- anybody else could find it, or sign in.
alter table identity alter column email_folded drop not null;

create table identity_provider (
  account_id uuid not null references account on delete cascade,
  id uuid not null unique,
  name text not null,
  active boolean not null default true,
  -- What the contract calls `saml`.
  saml jsonb not null,
  domains text[] not null default '{}',
  creates_users boolean not null default false,
  -- Which group gets which role where, and who decided that last.
  group_roles jsonb not null default '[]',
  group_roles_by uuid,
  attributes jsonb not null,
  -- Our own key towards this provider: the private one sealed under the account's key, the certificate for everybody.
  own_key bytea not null,
  own_certificate text not null,
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);
create unique index identity_provider_name on identity_provider (account_id, lower(name));

-- E-mail domains of which the operator has seen that they are the account's. One belongs to one account.
create table verified_domain (
  domain text primary key,
  account_id uuid not null references account on delete cascade,
  verified_at timestamptz not null default now()
);
create index verified_domain_of_account on verified_domain (account_id);

-- Who signs in by which provider, under which name there. Without a subject the user was let in by an administrator, and
-- has not come yet.
create table federated_user (
  account_id uuid not null,
  provider_id uuid not null,
  user_id uuid not null,
  subject text,
  linked_at timestamptz not null default now(),
  primary key (account_id, provider_id, user_id),
  unique (provider_id, subject),
  foreign key (account_id, provider_id) references identity_provider on delete cascade,
  foreign key (account_id, user_id) references membership on delete cascade
);

-- The roles that a user has because of a group there: they go when the group goes.
create table federated_grant (
  account_id uuid not null,
  grant_id uuid not null,
  provider_id uuid not null,
  primary key (account_id, grant_id),
  foreign key (account_id, grant_id) references role_grant on delete cascade,
  foreign key (account_id, provider_id) references identity_provider on delete cascade
);

-- A sign-in under way: what was asked, and which browser asked it.
create table federation_request (
  relay_hash bytea primary key,
  browser_hash bytea not null,
  account_id uuid not null,
  provider_id uuid not null,
  request_id text not null,
  -- The session that is to be elevated; without one, a session is to begin.
  elevates uuid references session on delete cascade,
  expires_at timestamptz not null,
  foreign key (account_id, provider_id) references identity_provider on delete cascade
);

-- Assertions that have been used, for as long as they could be shown again.
create table used_assertion (
  account_id uuid not null,
  provider_id uuid not null,
  assertion_hash bytea not null,
  expires_at timestamptz not null,
  primary key (provider_id, assertion_hash),
  foreign key (account_id, provider_id) references identity_provider on delete cascade
);

-- A session that an identity provider began reaches its account only, and goes with the provider.
alter table session
  add column account_id uuid,
  add column provider_id uuid,
  add constraint session_bound check ((account_id is null) = (provider_id is null)),
  add foreign key (account_id, provider_id) references identity_provider on delete cascade;
alter table session drop constraint session_elevated_by_check;
alter table session add constraint session_elevated_by_check
  check (elevated_by in ('password', 'passkey', 'totp', 'sms', 'email', 'recovery', 'identity-provider'));

do $$
declare
  name text;
begin
  foreach name in array array['identity_provider', 'verified_domain', 'federated_user', 'federated_grant',
      'federation_request', 'used_assertion'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on identity_provider, federated_user to samtal_app;
grant select, insert, delete on federated_grant to samtal_app;
grant select on verified_domain to samtal_app;
grant select on identity_provider, federated_user to samtal_platform;
grant select, insert, delete on verified_domain, federation_request, used_assertion to samtal_platform;

-- A new identity for somebody whom an identity provider vouches for. Whatever address it gives: nobody is found by it.
create function identity_by_provider(address text, display_name text) returns uuid
  language sql volatile security definer
  set search_path = samtal, pg_temp
as $$
  insert into identity (id, email, email_folded, name) values (gen_random_uuid(), address, null, display_name)
    returning id
$$;
revoke all on function identity_by_provider(text, text) from public;
grant execute on function identity_by_provider(text, text) to samtal_app;
grant create on schema samtal to samtal_platform;
alter function identity_by_provider(text, text) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
