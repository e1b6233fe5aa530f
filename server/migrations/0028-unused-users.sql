-- Users who stay away become inactive (B5).

alter table membership
  -- The last day on which the user signed in or worked in the account: the day and no more, in UTC.
  add column last_active_on date,
  -- Since when the user is active, or active again: nobody is away for longer than that.
  add column active_since timestamptz not null default now(),
  add column inactive_because text check (inactive_because in ('administrator', 'unused', 'directory')),
  -- What came of the user's being away so far: told by mail, or left active for a reason that is on the audit trail.
  add column unused_notice text check (unused_notice in ('warned', 'kept')),
  add check (inactive_because is null or status = 'inactive');

update membership set last_active_on = (last_sign_in_at at time zone 'UTC')::date where last_sign_in_at is not null;
update membership set inactive_because = 'administrator' where status = 'inactive';

-- However somebody becomes active, their time begins anew.
create function begin_activity() returns trigger
  language plpgsql
  set search_path = samtal, pg_temp
as $$
begin
  if new.status = 'active' and old.status <> 'active' then
    new.active_since := now();
    new.inactive_because := null;
    new.unused_notice := null;
  end if;
  return new;
end
$$;
revoke all on function begin_activity() from public;
create trigger becomes_active before update of status on membership
  for each row execute function begin_activity();

grant update (last_active_on, unused_notice) on membership to samtal_platform;

-- Ends the sessions of somebody who is inactive in the account of the transaction: those that reach no other one, and all where
-- there is no account left that the person is active in.
create function end_sessions_of_inactive(person uuid) returns setof uuid
  language sql volatile security definer
  set search_path = samtal, pg_temp
as $$
  delete from session
  where session.user_id = person
    and exists (select from membership m
      where m.account_id = account_of_transaction() and m.user_id = person and m.status = 'inactive')
    and (session.account_id = account_of_transaction()
      or not exists (select from membership m where m.user_id = person and m.status = 'active'))
  returning session.id
$$;
revoke all on function end_sessions_of_inactive(uuid) from public;
grant execute on function end_sessions_of_inactive(uuid) to samtal_app;
grant create on schema samtal to samtal_platform;
alter function end_sessions_of_inactive(uuid) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
