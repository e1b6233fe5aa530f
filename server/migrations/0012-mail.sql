-- Mail that the platform sends (E11).

-- What the installation uses and never shows, such as a password towards another server; sealed under its key.
create table installation_secret (
  name text primary key,
  sealed bytea not null,
  set_at timestamptz not null default clock_timestamp()
);
alter table installation_secret enable row level security;
alter table installation_secret force row level security;
create policy everything on installation_secret to samtal_platform using (true) with check (true);
grant select, insert, update, delete on installation_secret to samtal_platform;

-- One mail to one recipient. Queued in the transaction of what causes it, put into words when it is sent, and gone with
-- its conversation.
create table mail (
  account_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('forwarding', 'waiting')),
  conversation_id uuid not null,
  -- Who had it sent. Null: the platform.
  sent_by uuid,
  -- To whom and what for, under the conversation's key.
  body bytea not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'given-up', 'dropped')),
  queued_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  attempts integer not null default 0,
  -- A word of our own.
  failure text,
  next_try_at timestamptz not null default now(),
  -- One node at a time sends.
  lease uuid,
  leased_until timestamptz,
  primary key (account_id, id),
  foreign key (account_id, conversation_id) references conversation on delete cascade,
  check ((state = 'queued') = (ended_at is null))
);
create index mail_of_conversation on mail (account_id, conversation_id);
create index mail_queued on mail (next_try_at) where state = 'queued';

alter table mail enable row level security;
alter table mail force row level security;
create policy own_account on mail to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on mail to samtal_platform using (true) with check (true);
grant select, insert, update (state, ended_at, attempts, failure, next_try_at, lease, leased_until) on mail to samtal_app;
-- Across accounts: which is due, and how sending goes. Not to whom, nor what.
grant select (account_id, id, state, queued_at, attempts, failure, next_try_at, lease, leased_until) on mail to samtal_platform;
grant update (lease, leased_until) on mail to samtal_platform;
