-- Provisioning from the customer's directory by SCIM 2.0 (B6).

-- What the directory calls a user. Goes with the membership, like everything that it says of people.
create table provisioned_user (
  account_id uuid not null,
  user_id uuid not null,
  -- Null where it is the address.
  user_name text,
  external_id text,
  -- The directory made the user: an identity of this account alone, with no password.
  made boolean not null default false,
  changed_at timestamptz not null default now(),
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references membership on delete cascade
);
create unique index provisioned_user_name on provisioned_user (account_id, lower(user_name));
create index provisioned_user_external on provisioned_user (account_id, external_id);

create table directory_group (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  name text not null,
  external_id text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (account_id, id)
);
create unique index directory_group_name on directory_group (account_id, lower(name));

create table directory_group_member (
  account_id uuid not null,
  group_id uuid not null,
  user_id uuid not null,
  primary key (account_id, group_id, user_id),
  foreign key (account_id, group_id) references directory_group on delete cascade,
  foreign key (account_id, user_id) references membership on delete cascade
);
create index directory_group_of_user on directory_group_member (account_id, user_id);

-- The roles that somebody has because of a group of the directory: they go when the group does.
create table directory_grant (
  account_id uuid not null,
  grant_id uuid not null,
  primary key (account_id, grant_id),
  foreign key (account_id, grant_id) references role_grant on delete cascade
);

do $$
declare
  name text;
begin
  foreach name in array array['provisioned_user', 'directory_group', 'directory_group_member', 'directory_grant'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on provisioned_user, directory_group to samtal_app;
grant select, insert, delete on directory_group_member, directory_grant to samtal_app;

-- Another address for somebody whom the account's directory or identity provider made, and who belongs to no other account. An address
-- that somebody signs in with is theirs: nothing is changed then, and false is answered.
create function readdress_made_identity(person uuid, address text) returns boolean
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
begin
  update identity set email = address
    where id = person and email_folded is null
      and exists (select from membership m where m.user_id = person and m.account_id = account_of_transaction())
      and not exists (select from membership m where m.user_id = person and m.account_id <> account_of_transaction());
  return found;
end
$$;
revoke all on function readdress_made_identity(uuid, text) from public;
grant execute on function readdress_made_identity(uuid, text) to samtal_app;
grant create on schema samtal to samtal_platform;
alter function readdress_made_identity(uuid, text) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
