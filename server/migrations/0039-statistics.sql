-- Statistics (I1): facts as they happen, figures made of them, and the files that are published.

-- The moment by which facts are told and durations measured: the database's, so that nodes whose clocks differ agree, and in milliseconds,
-- so that it is the same in every program.
create function moment() returns timestamptz
  language sql volatile parallel safe
  return date_trunc('milliseconds', clock_timestamp());

-- What happened, in ids, numbers and words of closed lists. No foreign keys: facts outlive what they speak of, and a message waits for
-- no lock of another row. `value` is milliseconds, or what the kind says; `counts` are whole numbers by name.
create table fact (
  account_id uuid not null,
  at timestamptz not null,
  id bigint generated always as identity,
  kind text not null,
  conversation_id uuid,
  queue_id uuid,
  site_id uuid,
  agent_id uuid,
  value bigint,
  outcome text,
  counts jsonb,
  primary key (account_id, at, id)
);
-- Conversations are told one by one.
create index fact_resolved on fact (account_id, at, id) where kind = 'resolved';

-- Hours that have facts which figures do not know yet: written with the fact, taken away with the figures.
create table stale_hour (
  account_id uuid not null,
  hour timestamptz not null,
  id bigint generated always as identity,
  primary key (account_id, id)
);

-- What stood open when an hour began: agents who were there, and conversations that they were in. With it an hour is known from its
-- own facts.
create table carried_hour (
  account_id uuid not null references account on delete cascade,
  hour timestamptz not null,
  body jsonb not null,
  primary key (account_id, hour)
);

-- How far figures of an account go, and whether anything stands open then.
create table rolled_up (
  account_id uuid primary key references account on delete cascade,
  until timestamptz not null,
  stands_open boolean not null
);

-- What metrics are computed from: counts, sums, maxima and sorted lists, which merge into longer periods.
create table figure (
  account_id uuid not null references account on delete cascade,
  grain text not null check (grain in ('hour', 'day')),
  period_start timestamptz not null,
  subject text not null,
  queue_id uuid,
  site_id uuid,
  agent_id uuid,
  base jsonb not null,
  -- Since when it says what it says.
  changed_at timestamptz not null default moment(),
  unique nulls not distinct (account_id, grain, period_start, subject, queue_id, site_id, agent_id)
);

-- What was published: rendered once, and never written anew. What comes later is a correction of its own.
create table statistics_file (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  grain text not null check (grain in ('hour', 'day')),
  period_start timestamptz not null,
  subject text not null,
  correction integer not null default 0 check (correction >= 0),
  folder text not null,
  name text not null,
  content bytea not null,
  size_bytes integer not null,
  sha256 bytea not null,
  published_at timestamptz not null default now(),
  primary key (account_id, id),
  unique (account_id, folder, name)
);

-- Facts call a conversation by an id that stands nowhere else: when it is erased, nothing leads from them to it any more. Then since when it
-- waits for its first agent in the queue, and since when its agent has it.
alter table conversation
  add column fact_id uuid not null default gen_random_uuid(),
  alter column started_at set default moment(),
  alter column queued_at set default moment(),
  add column waiting_since timestamptz default moment(),
  add column joined_at timestamptz;
alter table offer alter column offered_at set default moment();

-- Since when what the visitor wrote waits for an agent's answer, and how long the first answer took. They change with the counter, in the
-- row that a post writes anyhow.
alter table stream
  add column turn_since timestamptz,
  add column first_response_ms bigint;

-- What facts have told of an agent last: the state, and how many conversations they may have.
alter table agent_presence
  add column told text not null default 'offline' check (told in ('available', 'away', 'offline')),
  add column told_limit integer;

do $$
declare
  name text;
begin
  foreach name in array array['fact', 'stale_hour', 'carried_hour', 'rolled_up', 'figure', 'statistics_file'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
  end loop;
  foreach name in array array['fact', 'stale_hour'] loop
    execute format('create policy erased_account on %I to samtal_eraser using (account_id = (select account_of_transaction()))', name);
    execute format('grant select, delete on %I to samtal_eraser', name);
  end loop;
  -- Whoever looks for what is due sees which accounts have something, and nothing of it.
  foreach name in array array['stale_hour', 'rolled_up'] loop
    execute format('create policy everything on %I for select to samtal_platform using (true)', name);
    execute format('grant select on %I to samtal_platform', name);
  end loop;
end
$$;
-- What happened is not changed afterwards.
grant select, insert on fact to samtal_app;
grant select, insert, delete on stale_hour to samtal_app;
grant select, insert, update, delete on carried_hour, rolled_up, figure to samtal_app;
grant select, insert on statistics_file to samtal_app;

-- Whoever migrates need not be a superuser: for this one transaction the owner sees its own rows.
alter table conversation no force row level security;
alter table fact no force row level security;
alter table stale_hour no force row level security;
update conversation set
  waiting_since = case when state = 'waiting' then queued_at end,
  joined_at = case when state = 'active' then now() end;
-- What is open begins to be counted.
insert into fact (account_id, at, kind, conversation_id, queue_id, site_id, agent_id, outcome)
  select account_id, coalesce(waiting_since, joined_at), case state when 'waiting' then 'queued' else 'joined' end, fact_id, queue_id, site_id,
    case when state = 'active' then agent_id end, case state when 'waiting' then 'first' else 'assigned' end
  from conversation where state = 'waiting' or joined_at is not null;
insert into stale_hour (account_id, hour) select distinct account_id, date_trunc('hour', at, 'UTC') from fact;
alter table conversation force row level security;
alter table fact force row level security;
alter table stale_hour force row level security;

-- For the process that speaks SFTP (0038): what is published, of the account that has signed in.
create policy own_account_by_sftp on statistics_file for select to samtal_sftp
  using (account_id = (select account_of_transaction()));
grant select (account_id, id, folder, name, content, size_bytes, published_at) on statistics_file to samtal_sftp;
