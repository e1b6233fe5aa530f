-- Settings where they are judged within the database: sign-in (C1, C6) and inactivity (E5).

-- What an account’s settings say, the installation’s beneath them. Keys that neither sets are not there.
create function settings_of_account(wanted_account uuid) returns jsonb
  language sql stable
begin atomic
  select installation_settings() || coalesce(
    (select body from configuration_version
      where account_id = wanted_account and kind = 'settings' and object_id = wanted_account
      order by version desc limit 1),
    '{}'::jsonb);
end;

-- The same with a channel’s above them; without a channel, the account’s.
create function settings_of_channel(wanted_account uuid, wanted_channel uuid) returns jsonb
  language sql stable
begin atomic
  select settings_of_account(wanted_account) || coalesce(
    (select body from configuration_version
      where account_id = wanted_account and kind = 'settings' and object_id = wanted_channel
      order by version desc limit 1),
    '{}'::jsonb);
end;

-- The settings of each account that the person works in; the installation’s for one who works in none. An invitation
-- that is not accepted binds nobody.
create function settings_of_person(person uuid) returns setof jsonb
  language sql stable
begin atomic
  with own as materialized (
    select m.account_id from membership m
    join account on account.id = m.account_id and account.status = 'active'
    where m.user_id = person and m.status = 'active'
  )
  select settings_of_account(own.account_id) from own
  union all
  select installation_settings() where not exists (select from own);
end;

revoke all on function settings_of_account(uuid), settings_of_channel(uuid, uuid), settings_of_person(uuid) from public;
grant execute on function settings_of_account(uuid), settings_of_channel(uuid, uuid), settings_of_person(uuid)
  to samtal_platform;

-- Of the public stream: when somebody last wrote or joined, and when the visitor was last warned of the end. They change
-- with the counter, in the row that a post writes anyhow.
alter table stream
  add column last_interaction_at timestamptz not null default now(),
  add column warned_at timestamptz;

-- The watch over time sees how long it has been silent in a conversation, and nothing of what was said.
create policy everything on stream for select to samtal_platform using (true);
grant select (account_id, conversation_id, audience, last_interaction_at, warned_at) on stream to samtal_platform;
