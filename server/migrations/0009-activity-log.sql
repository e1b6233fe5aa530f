-- The activity log (G6, G10): the only tables in which addresses of visitors are, and only sealed.
--
-- Each day of an account has a key in the keyring, `activity-<day>`; each visitor session has a key of that day, wrapped
-- by the day's. With the day's key a day is gone, in every copy and backup of these tables as well.

create table activity_session (
  account_id uuid not null references account on delete cascade,
  -- In UTC.
  day date not null,
  -- The visitor session's id.
  visitor_id uuid not null,
  wrapped bytea not null,
  commitment bytea not null,
  primary key (account_id, day, visitor_id)
);
create index activity_session_of_visitor on activity_session (account_id, visitor_id);

create table activity_entry (
  account_id uuid not null,
  day date not null,
  visitor_id uuid not null,
  id uuid not null,
  -- The address under a keyed hash of the day: found by whoever has the address and the key, and by nobody else.
  address_index bytea not null,
  -- Everything else: what happened and when, the address, the kind of browser, the page.
  body bytea not null,
  primary key (account_id, day, visitor_id, id),
  foreign key (account_id, day, visitor_id) references activity_session on delete cascade
);
create index activity_entry_by_address on activity_entry (account_id, day, address_index);

-- Who has read in the log, of which case, and why. The audit trail says the same, but for the reason.
create table activity_reading (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  -- A user's id; null for an operator.
  read_by uuid,
  -- Null when an operator read the log at large. Outlives the conversation.
  conversation_id uuid,
  case_id text,
  -- Sealed under a key of the account's.
  reason bytea,
  found integer not null,
  primary key (account_id, id)
);
create index activity_reading_by_time on activity_reading (account_id, at desc, id desc);

do $$
declare
  name text;
begin
  foreach name in array array['activity_session', 'activity_entry', 'activity_reading'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_account on %I to samtal_app using (account_id = (select account_of_transaction()))
         with check (account_id = (select account_of_transaction()))', name);
  end loop;
end
$$;

grant select, insert, delete on activity_session, activity_entry, activity_reading to samtal_app;
-- Nobody changes an entry, or who has read. A reason can be erased.
grant update (reason) on activity_reading to samtal_app;
