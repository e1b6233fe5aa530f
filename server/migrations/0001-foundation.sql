-- The foundation: tenancy, people, keys, the conversation log, audit.
--
-- Two roles do all the work, and the server takes one of them on at the start of each transaction:
--   samtal_app       one account, named in the setting samtal.account; row-level security holds it there
--   samtal_platform  across accounts, for signing in and for finding work that is due; no access to what people wrote
-- Neither owns anything, and neither can bypass row-level security (B4, architecture: Tenancy).

do $$
begin
  if not exists (select from pg_roles where rolname = 'samtal_app') then
    create role samtal_app nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'samtal_platform') then
    create role samtal_platform nologin noinherit;
  end if;
end
$$;

-- The owner hands one function to samtal_platform below, and so must be able to act as it.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant samtal_app, samtal_platform to %I with set true, inherit false', current_user);
  end if;
end
$$;

grant usage on schema samtal to samtal_app, samtal_platform;

-- The account of the transaction; null, and so no row at all, when none was named.
create function account_of_transaction() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('samtal.account', true), '')::uuid;

-- ── accounts and people ────────────────────────────────────────────────────────────────────────────────────────

create table account (
  id uuid primary key,
  name text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  created_at timestamptz not null default now()
);

-- An identity is a person who signs in, in however many accounts. No account can list identities.
create table identity (
  id uuid primary key,
  email text not null,
  email_folded text not null unique,
  name text not null,
  password_hash text,
  password_changed_at timestamptz,
  created_at timestamptz not null default now()
);

create table membership (
  account_id uuid not null references account on delete cascade,
  user_id uuid not null references identity on delete cascade,
  email text not null,
  name text not null,
  status text not null default 'invited' check (status in ('invited', 'active', 'inactive')),
  max_conversations integer not null default 4 check (max_conversations between 1 and 50),
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  primary key (account_id, user_id)
);
create index membership_of_identity on membership (user_id);

create table invitation (
  account_id uuid not null,
  user_id uuid not null,
  token_hash bytea not null unique,
  expires_at timestamptz not null,
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references membership on delete cascade
);

create table session (
  id uuid primary key,
  user_id uuid not null references identity on delete cascade,
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index session_of_identity on session (user_id);

-- The token store of C7: each page that asks who is signed in gets a token of its own.
create table csrf_token (
  session_id uuid not null references session on delete cascade,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  primary key (session_id, token_hash)
);

-- Failed sign-ins per subject. A subject is a keyed hash of an e-mail address or a network: neither is stored (C1).
create table sign_in_failure (
  subject bytea primary key,
  failures integer not null,
  last_at timestamptz not null,
  locked_until timestamptz
);

create table realtime_ticket (
  token_hash bytea primary key,
  account_id uuid not null,
  user_id uuid not null,
  session_id uuid not null references session on delete cascade,
  expires_at timestamptz not null,
  foreign key (account_id, user_id) references membership on delete cascade
);

-- ── access ─────────────────────────────────────────────────────────────────────────────────────────────────────

create table role (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  built_in text,
  name text not null,
  primary key (account_id, id),
  unique (account_id, built_in)
);
create unique index role_name on role (account_id, lower(name));

create table role_authorisation (
  account_id uuid not null,
  role_id uuid not null,
  authorisation text not null,
  primary key (account_id, role_id, authorisation),
  foreign key (account_id, role_id) references role on delete cascade
);

create table role_held (
  account_id uuid not null,
  role_id uuid not null,
  held_role_id uuid not null,
  primary key (account_id, role_id, held_role_id),
  foreign key (account_id, role_id) references role on delete cascade,
  foreign key (account_id, held_role_id) references role
);

-- What a role allows through every role that it holds: recomputed with each change of a role.
create table role_allows (
  account_id uuid not null,
  role_id uuid not null,
  authorisation text not null,
  primary key (account_id, role_id, authorisation),
  foreign key (account_id, role_id) references role on delete cascade
);

create table role_grant (
  account_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  scope jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, user_id) references membership on delete cascade,
  foreign key (account_id, role_id) references role
);
create index role_grant_of_user on role_grant (account_id, user_id);

-- ── routing and sites ──────────────────────────────────────────────────────────────────────────────────────────

create table queue (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  name text not null,
  region text,
  team text,
  priority integer not null default 50,
  assignment text not null default 'offer' check (assignment in ('offer', 'assign')),
  offer_seconds integer not null default 30 check (offer_seconds between 1 and 600),
  primary key (account_id, id)
);
create unique index queue_name on queue (account_id, lower(name));

create table site (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  site_key text not null unique,
  name text not null,
  origins text[] not null default '{}',
  queue_id uuid not null,
  locale text not null default 'en',
  accent_colour text not null default '#1f5f8b',
  session_life_minutes integer not null default 120,
  created_at timestamptz not null default now(),
  primary key (account_id, id),
  foreign key (account_id, queue_id) references queue
);
create unique index site_name on site (account_id, lower(name));

-- `connected_until` is pushed ahead by the node that has a socket of the agent; in the past means offline.
create table agent_presence (
  account_id uuid not null,
  user_id uuid not null,
  choice text not null default 'available' check (choice in ('available', 'away')),
  connected_until timestamptz not null default '-infinity',
  idle_since timestamptz not null default now(),
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references membership on delete cascade
) with (fillfactor = 50);

create table canned_reply (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  shortcut text not null,
  text text not null,
  primary key (account_id, id)
);
create unique index canned_reply_shortcut on canned_reply (account_id, lower(shortcut));

-- ── visitors and conversations ─────────────────────────────────────────────────────────────────────────────────

-- All that is known of a visitor by default is this id (D2).
create table visitor_session (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  site_id uuid,
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (account_id, id),
  foreign key (account_id, site_id) references site on delete set null (site_id)
);
create index visitor_session_expiry on visitor_session (expires_at);

-- A bucket is what is rotated after an erasure (G9): at most 4,096 conversations. Its key is in the keyring.
create table key_bucket (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  conversations integer not null default 0,
  opened_at timestamptz not null default now(),
  primary key (account_id, id)
);

create table conversation (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  case_id text not null,
  state text not null check (state in ('waiting', 'offered', 'active', 'resolved')),
  site_id uuid,
  site_name text not null,
  queue_id uuid not null,
  queue_name text not null,
  agent_id uuid,
  offer_until timestamptz,
  visitor_id uuid not null,
  link text not null default 'unknown' check (link in ('unknown', 'ok', 'weak', 'lost')),
  started_at timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  resolved_at timestamptz,
  visitor_delivered bigint not null default 0,
  visitor_read bigint not null default 0,
  agent_read bigint not null default 0,
  primary key (account_id, id),
  unique (account_id, case_id),
  foreign key (account_id, site_id) references site on delete set null (site_id),
  foreign key (account_id, agent_id) references membership (account_id, user_id) on delete set null (agent_id),
  check ((state = 'offered') = (offer_until is not null)),
  check ((state = 'resolved') = (resolved_at is not null)),
  check (state not in ('offered', 'active') or agent_id is not null)
) with (fillfactor = 70);
create unique index conversation_open_of_visitor on conversation (account_id, visitor_id) where state <> 'resolved';
create index conversation_of_visitor on conversation (account_id, visitor_id, started_at desc);
create index conversation_waiting on conversation (account_id, queue_id, queued_at) where state in ('waiting', 'offered');
create index conversation_of_agent on conversation (account_id, agent_id) where state in ('offered', 'active');
create index conversation_by_time on conversation (account_id, started_at desc, id desc);
create index conversation_offer_due on conversation (offer_until) where state = 'offered';

create table conversation_key (
  account_id uuid not null,
  conversation_id uuid not null,
  bucket_id uuid not null,
  wrapped bytea not null,
  commitment bytea not null,
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversation on delete cascade,
  foreign key (account_id, bucket_id) references key_bucket
);

-- The counter of a stream. Its row lock makes the order of seq the order of commits, without gaps.
create table stream (
  account_id uuid not null,
  conversation_id uuid not null,
  audience text not null check (audience in ('public', 'internal')),
  epoch uuid not null,
  last_seq bigint not null default 0,
  -- Set with the last entry of a resolved conversation, under the same lock that posts take: none can follow it.
  closed boolean not null default false,
  primary key (account_id, conversation_id, audience),
  foreign key (account_id, conversation_id) references conversation on delete cascade
) with (fillfactor = 50);

-- `body` is ciphertext under the conversation's key. `author` is who wrote it: a visitor's or a user's id.
create table entry (
  account_id uuid not null,
  conversation_id uuid not null,
  audience text not null,
  seq bigint not null,
  kind text not null,
  actor text not null check (actor in ('visitor', 'agent', 'system')),
  author uuid,
  cid uuid,
  at timestamptz not null,
  body bytea not null,
  primary key (account_id, conversation_id, audience, seq),
  foreign key (account_id, conversation_id, audience) references stream on delete cascade
);
create unique index entry_client_id on entry (account_id, conversation_id, audience, author, cid) where cid is not null;
create index entry_message on entry (account_id, conversation_id, seq) where kind = 'message';

-- Offers of a conversation since it entered its queue, and what became of them (E2).
create table offer (
  account_id uuid not null,
  conversation_id uuid not null,
  user_id uuid not null,
  offered_at timestamptz not null default now(),
  answered_at timestamptz,
  outcome text check (outcome in ('accepted', 'declined', 'missed', 'withdrawn')),
  foreign key (account_id, conversation_id) references conversation on delete cascade,
  foreign key (account_id, user_id) references membership on delete cascade
);
create index offer_of_conversation on offer (account_id, conversation_id, user_id);

-- How well a visitor is reached, by the word of the node that has the socket (E3). A node that has died vouches no more.
create table visitor_link (
  account_id uuid not null,
  conversation_id uuid not null,
  vouched_at timestamptz not null,
  closed_at timestamptz,
  quality text not null check (quality in ('ok', 'weak', 'lost')),
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversation on delete cascade
) with (fillfactor = 50);

-- ── audit (H2, H3) ─────────────────────────────────────────────────────────────────────────────────────────────

-- What an action did, written in its own transaction. The sealer moves rows from here into the chain.
create table audit_outbox (
  id bigint generated always as identity primary key,
  account_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  body text not null
);

create table audit_entry (
  account_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  body text not null,
  previous bytea not null,
  hash bytea not null,
  primary key (account_id, seq)
);

-- Where each account's chain ends, under a key that the database does not have: a cut tail shows.
create table audit_head (
  account_id uuid primary key,
  seq bigint not null,
  hash bytea not null,
  mac bytea not null
);

-- ── who may do what ────────────────────────────────────────────────────────────────────────────────────────────

do $$
declare
  name text;
begin
  foreach name in array array[
    'membership', 'invitation', 'role', 'role_authorisation', 'role_held', 'role_allows', 'role_grant', 'queue',
    'site', 'agent_presence', 'canned_reply', 'visitor_session', 'key_bucket', 'conversation', 'conversation_key',
    'stream', 'entry', 'offer', 'visitor_link', 'realtime_ticket', 'audit_outbox', 'audit_entry', 'audit_head'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy own_account on %I to samtal_app using (account_id = (select account_of_transaction()))
         with check (account_id = (select account_of_transaction()))', name);
  end loop;
  foreach name in array array['account', 'identity', 'session', 'csrf_token', 'sign_in_failure'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
  end loop;
  foreach name in array array[
    'membership', 'invitation', 'role', 'role_authorisation', 'role_held', 'role_allows', 'role_grant', 'queue', 'site',
    'agent_presence', 'visitor_session', 'conversation', 'visitor_link', 'realtime_ticket', 'audit_outbox', 'audit_entry', 'audit_head'
  ] loop
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
  end loop;
end
$$;

create policy own_account on account to samtal_app using (id = (select account_of_transaction()));

grant select, update (name) on account to samtal_app;
grant select, insert, update, delete on
  membership, invitation, role, role_authorisation, role_held, role_allows, role_grant, queue, site, agent_presence,
  canned_reply, visitor_session, key_bucket, conversation, conversation_key, offer, visitor_link
  to samtal_app;
grant select, insert, update on stream to samtal_app;
-- The log and the audit trail are append-only: nobody who serves requests can change or remove an entry.
grant select, insert on entry to samtal_app;
grant insert on audit_outbox to samtal_app;
grant select on audit_entry to samtal_app;
grant insert on realtime_ticket to samtal_app;

grant select, insert, update, delete on account, identity, session, csrf_token, sign_in_failure to samtal_platform;
grant select, insert, update (status, name, last_sign_in_at) on membership to samtal_platform;
grant select, delete on invitation to samtal_platform;
grant select, delete on realtime_ticket to samtal_platform;
grant select on role, role_allows, role_grant, queue, site, agent_presence, visitor_session, conversation, visitor_link
  to samtal_platform;
grant delete on visitor_session to samtal_platform;
-- An account is made together with its built-in roles.
grant insert on role, role_authorisation, role_held, role_allows to samtal_platform;
grant select, insert, delete on audit_outbox to samtal_platform;
grant select, insert on audit_entry to samtal_platform;
grant select, insert, update on audit_head to samtal_platform;

-- The identity with this address, made when there is none. Tells an account nothing it did not bring (C1: no oracle).
create function identity_for(address text, display_name text) returns uuid
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
declare
  found_id uuid;
begin
  insert into identity (id, email, email_folded, name)
    values (gen_random_uuid(), address, lower(address), display_name)
    on conflict (email_folded) do nothing;
  select id into strict found_id from identity where email_folded = lower(address);
  return found_id;
end
$$;
revoke all on function identity_for(text, text) from public;
grant execute on function identity_for(text, text) to samtal_app, samtal_platform;
-- A new owner must be able to create in the schema at the moment it becomes the owner.
grant create on schema samtal to samtal_platform;
alter function identity_for(text, text) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;
