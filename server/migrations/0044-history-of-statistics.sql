-- How far the history of statistics goes back (I3, G7), and what of it cannot be counted.

-- Hours before this moment, the beginning of a UTC day, are gone, and are never counted anew. Null: nothing has been removed yet.
alter table rolled_up add column kept_since timestamptz;

-- Hours that could not be counted, and since when: a fact is not what counting expects, or the database gave up. They are tried again, less
-- and less often, and hold up no other hour.
create table failed_hour (
  account_id uuid not null references account on delete cascade,
  hour timestamptz not null,
  since timestamptz not null default moment(),
  tries integer not null default 1,
  retry_at timestamptz not null,
  primary key (account_id, hour)
);
alter table failed_hour enable row level security;
alter table failed_hour force row level security;
create policy own_account on failed_hour to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on failed_hour for select to samtal_platform using (true);
grant select, insert, update, delete on failed_hour to samtal_app;
grant select on failed_hour to samtal_platform;

-- The same of files that could not be published.
alter table unpublished_period
  add column failed_since timestamptz,
  add column tries integer not null default 0,
  add column retry_at timestamptz;
grant update on unpublished_period to samtal_app;

do $$
declare
  name text;
begin
  foreach name in array array['failed_hour', 'carried_hour', 'rolled_up', 'figure', 'statistics_file', 'unpublished_period'] loop
    execute format('create policy erased_account on %I to samtal_eraser using (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;
grant select, delete on failed_hour, carried_hour, figure, statistics_file, unpublished_period to samtal_eraser;
grant select, update on rolled_up to samtal_eraser;

-- What facts call the conversations of an account that are under legal hold: their facts stay with them.
create function held_facts(account uuid) returns uuid[]
  language sql stable
  return array(
    select fact_id from legal_hold
    join conversation on conversation.account_id = legal_hold.account_id and conversation.id = legal_hold.conversation_id
    where legal_hold.account_id = account and (until is null or until > now()));

-- Removes what the transaction's account has of statistics up to the end of this UTC day: facts, hours that wait to be counted, what stood
-- open, figures and published files. What stood open when the next day began stays, since that day is counted with it. Refuses (SQLSTATE
-- SM001) unless `logged` is a deletion of as many facts, figures and files, written in this very transaction, and (SM004) what ended less
-- than 93 days ago, which is more than any three months.
create function forget_statistics(day timestamptz, logged uuid) returns void
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
declare
  account constant uuid := account_of_transaction();
  next_day constant timestamptz := day + interval '24 hours';
  held constant uuid[] := held_facts(account);
  expected bigint;
  removed bigint;
  removed_now bigint;
begin
  if day <> date_trunc('day', day, 'UTC') or next_day > moment() - make_interval(hours => 93 * 24) then
    raise exception 'Statistics are kept for 93 days at least' using errcode = 'SM004';
  end if;
  select count into expected from deletion
    where account_id = account and id = logged and at = now() and data_class = 'statistics';
  if not found then
    raise exception 'What is removed stands in the deletion log first' using errcode = 'SM001';
  end if;
  update rolled_up set kept_since = greatest(kept_since, next_day) where account_id = account;
  if not found then
    raise exception 'Nothing is removed before it was counted' using errcode = 'SM001';
  end if;
  delete from stale_hour where account_id = account and hour < next_day;
  delete from failed_hour where account_id = account and hour < next_day;
  delete from carried_hour where account_id = account and hour < next_day;
  delete from unpublished_period where account_id = account and grain in ('hour', 'day') and period_start < next_day;
  delete from fact where account_id = account and at < next_day and (conversation_id is null or conversation_id <> all (held));
  get diagnostics removed = row_count;
  delete from figure where account_id = account and grain in ('hour', 'day') and period_start < next_day;
  get diagnostics removed_now = row_count;
  removed := removed + removed_now;
  delete from statistics_file where account_id = account and period_start < next_day;
  get diagnostics removed_now = row_count;
  removed := removed + removed_now;
  if removed <> expected then
    raise exception 'Not all that stands in the deletion log was there' using errcode = 'SM001';
  end if;
end
$$;
revoke all on function forget_statistics(timestamptz, uuid) from public;
grant execute on function forget_statistics(timestamptz, uuid) to samtal_app;
grant create on schema samtal to samtal_eraser;
alter function forget_statistics(timestamptz, uuid) owner to samtal_eraser;
revoke create on schema samtal from samtal_eraser;
