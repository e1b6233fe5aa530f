-- Requests with an Idempotency-Key, and what they were answered, for 24 hours (C8).
create table idempotent_request (
  account_id uuid not null references account on delete cascade,
  -- The user or the key that called: nobody else's request is ever found.
  caller_id uuid not null,
  -- Of the header, and of the request: keyed hashes, neither can be read.
  key_mac bytea not null,
  request_mac bytea not null,
  -- begun: nothing was committed. done: what was asked for was, and its answer is not known here. answered: it is.
  state text not null default 'begun' check (state in ('begun', 'done', 'answered')),
  -- Whose turn it is; another one takes over when the lease has run out and nothing was committed.
  attempt uuid not null,
  leased_until timestamptz not null,
  begun_at timestamptz not null default now(),
  -- Under a key that comes from the account's and from the header, which is not kept.
  answer bytea,
  primary key (account_id, caller_id, key_mac),
  check (answer is null or state = 'answered')
);
create index idempotent_request_by_age on idempotent_request (begun_at);

alter table idempotent_request enable row level security;
alter table idempotent_request force row level security;
create policy own_account on idempotent_request to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on idempotent_request to samtal_platform using (true) with check (true);
grant select, insert, delete, update (state, attempt, leased_until, answer) on idempotent_request to samtal_app;
grant select (begun_at), delete on idempotent_request to samtal_platform;
