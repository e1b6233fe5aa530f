-- What a user was called in each version of the user (H1). Versions outlive a membership and are changed by nobody; names do
-- not: they stand here, and go with the membership, so that the history forgets them without anything having to think of it.
create table user_name_version (
  account_id uuid not null,
  user_id uuid not null,
  -- The version of kind `user` that it belongs to.
  version integer not null check (version > 0),
  name text not null,
  primary key (account_id, user_id, version),
  foreign key (account_id, user_id) references membership on delete cascade
);

alter table user_name_version enable row level security;
alter table user_name_version force row level security;
create policy own_account on user_name_version to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on user_name_version to samtal_platform using (true) with check (true);
-- Append-only, like the versions: what takes names away is the end of a membership alone.
grant select, insert on user_name_version to samtal_app, samtal_platform;
