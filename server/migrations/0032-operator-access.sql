-- Temporary access of operators to one account (B4).
--
--   requested → approved → ended        by the account, the operator, or when its time is over
--   requested → refused | withdrawn | lapsed
--
-- The id is that of the operator in the sessions that they begin under it: what they do there is recorded by it.
create table operator_access (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  operator_name text not null,
  operator_email text not null,
  reason text not null,
  authorisations text[] not null,
  scope jsonb not null,
  -- Asked for; from the approval on: given.
  minutes integer not null check (minutes between 5 and 1440),
  state text not null default 'requested'
    check (state in ('requested', 'approved', 'refused', 'withdrawn', 'lapsed', 'ended')),
  requested_at timestamptz not null default now(),
  lapses_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid,
  ends_at timestamptz,
  ended_at timestamptz,
  ended_by text check (ended_by in ('account', 'operator', 'time')),
  entered_at timestamptz,
  -- The link by which the operator comes in: good once, soon.
  token_hash bytea unique,
  token_expires_at timestamptz,
  -- When those who decide were told of the request.
  told_at timestamptz,
  primary key (account_id, id),
  check (state <> 'approved' or (decided_by is not null and ends_at is not null))
);
create unique index operator_access_id on operator_access (id);
alter table operator_access enable row level security;
alter table operator_access force row level security;
create policy own_account on operator_access to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on operator_access to samtal_platform using (true) with check (true);
grant select, insert, update on operator_access to samtal_app;
grant select, insert, update, delete on operator_access to samtal_platform;

-- A session of an operator reaches one account, without an identity provider, and ends with the access.
alter table session
  add column is_operator boolean not null default false,
  drop constraint session_bound,
  add constraint session_bound check ((account_id is null) = (provider_id is null and not is_operator));

-- An operator is no user, and follows what they may read all the same. A ticket goes with its session.
alter table realtime_ticket drop constraint realtime_ticket_account_id_user_id_fkey;
