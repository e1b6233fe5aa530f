-- Ratings (D7): how a conversation went, by its visitor, from 1 to 5. A row says that it was asked, and without a score that nobody answered.
create table rating (
  account_id uuid not null,
  conversation_id uuid not null,
  score smallint check (score between 1 and 5),
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversation on delete cascade
);
alter table rating enable row level security;
alter table rating force row level security;
create policy own_account on rating to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
grant select, insert, update (score) on rating to samtal_app;
