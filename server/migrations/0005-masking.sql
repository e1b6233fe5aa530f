-- Masking (G1): how often rules of an account were too slow. A rule is known by a digest of its id and pattern, so that one
-- that is changed begins anew. Three strikes, and no node uses it any more.
create table masking_strike (
  account_id uuid not null references account on delete cascade,
  rule_digest bytea not null,
  strikes integer not null,
  primary key (account_id, rule_digest)
);
alter table masking_strike enable row level security;
alter table masking_strike force row level security;
create policy own_account on masking_strike to samtal_app
  using (account_id = (select account_of_transaction()))
  with check (account_id = (select account_of_transaction()));
grant select, insert, update on masking_strike to samtal_app;
