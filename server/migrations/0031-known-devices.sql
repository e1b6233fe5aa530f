-- Browsers that people have signed in with (C1): who guesses from anywhere else locks nobody out of them. The token is in a cookie
-- of the browser, which several people may share; what is known is that this person came in there. Only its hash is stored.
create table known_device (
  user_id uuid not null references identity on delete cascade,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  -- When a second factor was last shown there.
  second_factor_at timestamptz,
  primary key (user_id, token_hash)
);
alter table known_device enable row level security;
alter table known_device force row level security;
create policy everything on known_device to samtal_platform using (true) with check (true);
grant select, insert, update, delete on known_device to samtal_platform;
