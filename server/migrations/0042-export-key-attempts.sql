-- Pairs of keys that were asked for, whatever became of them: each may send a text message, and messages cost money. Nobody who can ask
-- for one can take away that they did.

create table export_key_attempt (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  channel text not null check (channel in ('sms', 'person')),
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);
create index export_key_attempt_lately on export_key_attempt (channel, created_at);

alter table export_key_attempt enable row level security;
alter table export_key_attempt force row level security;
create policy own_account on export_key_attempt to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on export_key_attempt to samtal_platform using (true) with check (true);
grant select, insert on export_key_attempt to samtal_app;
-- To count them in the limit of the installation, and to tidy up.
grant select, delete on export_key_attempt to samtal_platform;

-- Which folders an account has is asked while its files are fetched: answered from the index, without a look at the files.
create index statistics_file_of_folder on statistics_file (account_id, folder, published_at);
-- Files are read in parts. Of what is compressed, the last part can only be had with all before it.
alter table statistics_file alter column content set storage external;
