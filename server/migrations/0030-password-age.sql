-- How old passwords may become, how old they must be, and which cannot be taken again (C1).

-- Whether somebody else chose it: then its owner may change it however new it is.
alter table identity add column password_given boolean not null default false;

-- Passwords that somebody had, the hashes alone, as many as an account of theirs says.
create table former_password (
  user_id uuid not null references identity on delete cascade,
  hash text not null,
  replaced_at timestamptz not null default now(),
  primary key (user_id, hash)
);
alter table former_password enable row level security;
alter table former_password force row level security;
create policy everything on former_password to samtal_platform using (true) with check (true);
grant select, insert, update, delete on former_password to samtal_platform;

-- A password that has expired is replaced on the way in. What was shown before that counts for the session.
alter table sign_in_attempt
  drop constraint sign_in_attempt_step_check,
  add constraint sign_in_attempt_step_check check (step in ('factor', 'renew', 'enrol', 'passkey')),
  add column shown text;
