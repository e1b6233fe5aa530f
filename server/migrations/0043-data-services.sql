-- Data services (I5): questions about statistics that an account has written down, and whom it gives them to.

create table data_service (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  key text not null,
  name text not null,
  description text not null,
  enabled boolean not null,
  requests_per_minute integer not null check (requests_per_minute > 0),
  -- No reference to roles: a service of a role that has gone is nobody's, and not everybody's.
  role_ids uuid[] not null,
  -- Metrics, dimensions and ids, of closed lists; no text that is ever run.
  query jsonb not null,
  primary key (account_id, id)
);
create unique index data_service_key on data_service (account_id, key);

alter table data_service enable row level security;
alter table data_service force row level security;
create policy own_account on data_service to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
grant select, insert, update, delete on data_service to samtal_app;
