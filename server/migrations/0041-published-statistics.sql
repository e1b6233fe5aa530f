-- The files of statistics (I3) are rendered once, when what they tell of has closed.

-- Periods that were counted since a file was made of them last: with the first facts, and again with late ones.
create table unpublished_period (
  account_id uuid not null references account on delete cascade,
  grain text not null check (grain in ('hour', 'day')),
  period_start timestamptz not null,
  subject text not null,
  primary key (account_id, grain, period_start, subject)
);

-- The names and choices that went into a file: with them the same facts are the same bytes, whatever is called otherwise since.
alter table statistics_file add column made_with jsonb not null default '{"names": {}, "parameters": {}}';
create index statistics_file_of_period on statistics_file (account_id, period_start, name);

alter table unpublished_period enable row level security;
alter table unpublished_period force row level security;
create policy own_account on unpublished_period to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on unpublished_period for select to samtal_platform using (true);
grant select, insert, delete on unpublished_period to samtal_app;
grant select on unpublished_period to samtal_platform;
