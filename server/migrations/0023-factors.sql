-- What people sign in with besides the password (C2). Of the person, like the password: in the platform's scope alone.
create table factor (
  id uuid primary key,
  user_id uuid not null references identity on delete cascade,
  kind text not null check (kind in ('passkey', 'totp', 'sms', 'email')),
  name text not null,
  -- The session or the attempt in which it was begun, until it has been shown to work: before that it counts for nothing.
  begun_in uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  -- Of an authenticator app its secret, of text messages the number; sealed under the installation's key.
  secret bytea,
  -- The last step of an authenticator app that was used: each is good once (RFC 6238, section 5.2).
  last_step bigint,
  -- WebAuthn.
  credential_id text unique,
  public_key bytea,
  counter bigint,
  transports text[],
  check (kind not in ('totp', 'sms') or secret is not null),
  check (kind <> 'passkey' or begun_in is not null or (credential_id is not null and public_key is not null))
);
create index factor_of_identity on factor (user_id);

-- Each is good once. A keyed hash is stored.
create table recovery_code (
  user_id uuid not null references identity on delete cascade,
  mac bytea not null,
  primary key (user_id, mac)
);

-- Codes that were sent. Only a keyed hash of each is stored, and good for one purpose in one session or attempt. Rows stay
-- for a day, because how many were sent is counted.
create table one_time_code (
  id uuid primary key,
  user_id uuid not null references identity on delete cascade,
  factor_id uuid references factor on delete set null,
  channel text not null check (channel in ('sms', 'email')),
  -- A keyed hash of where it went, to count by.
  destination bytea not null,
  purpose text not null check (purpose in ('sign-in', 'elevate', 'enrol', 'renew', 'renewal-link')),
  bound_to uuid not null,
  mac bytea not null,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index one_time_code_of_identity on one_time_code (user_id, created_at);
create index one_time_code_by_destination on one_time_code (destination, created_at);
create index one_time_code_by_channel on one_time_code (channel, created_at);
create index renewal_link on one_time_code (mac) where purpose = 'renewal-link';
create unique index one_time_code_open on one_time_code (bound_to, purpose) where ended_at is null;

-- What a browser was asked to sign. Each is good once.
create table passkey_challenge (
  bound_to uuid not null,
  purpose text not null,
  challenge text not null,
  expires_at timestamptz not null,
  primary key (bound_to, purpose)
);

-- Wrong codes of a person within the hour, whatever they were codes of; apart from wrong passwords.
create table factor_tries (
  user_id uuid primary key references identity on delete cascade,
  tries integer not null,
  since timestamptz not null
);

-- Somebody on the way in: the password was right, or nobody is known yet and a passkey will tell. No session exists.
create table sign_in_attempt (
  id uuid primary key,
  user_id uuid references identity on delete cascade,
  token_hash bytea not null unique,
  step text not null check (step in ('factor', 'enrol', 'passkey')),
  expires_at timestamptz not null,
  check ((step = 'passkey') = (user_id is null))
);

do $$
declare name text;
begin
  foreach name in array array[
    'factor', 'recovery_code', 'one_time_code', 'passkey_challenge', 'factor_tries', 'sign_in_attempt'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to samtal_platform', name);
  end loop;
end
$$;
