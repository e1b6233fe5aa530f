-- A change of an account's list of networks (C5) that waits to be confirmed from an address which the new list admits. When nobody
-- does, what was said before holds again: at that instant for whoever asks, and soon after as a version.
create table network_trial (
  account_id uuid primary key references account on delete cascade,
  -- What the account said before; null where it said nothing.
  previous jsonb,
  until timestamptz not null,
  started_at timestamptz not null default now()
);
alter table network_trial enable row level security;
alter table network_trial force row level security;
create policy own_account on network_trial to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on network_trial for select to samtal_platform using (true);
grant select, insert, update, delete on network_trial to samtal_app;
grant select on network_trial to samtal_platform;

-- When the session's person last showed a second factor in it (C2); null when they have not. What an address outside of the list
-- may make up for, where the account says so.
alter table session add column second_factor_at timestamptz;
