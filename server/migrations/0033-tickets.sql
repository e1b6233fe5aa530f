-- Tickets (C9): who a customer is, said by the organisation's own server.

-- The public halves of the keys that sign tickets for a site.
create table ticket_key (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  site_id uuid not null,
  kid text not null,
  algorithm text not null check (algorithm in ('ES256', 'EdDSA')),
  jwk jsonb not null,
  created_at timestamptz not null default now(),
  ends_at timestamptz,
  last_used_on date,
  primary key (account_id, id),
  unique (account_id, site_id, kid),
  foreign key (account_id, site_id) references site on delete cascade
);

-- Tickets that were redeemed, for as long as they could be shown again. Whoever writes the row first has redeemed it.
create table used_ticket (
  account_id uuid not null references account on delete cascade,
  ticket_hash bytea not null,
  expires_at timestamptz not null,
  primary key (account_id, ticket_hash)
);
create index used_ticket_expiry on used_ticket (expires_at);

-- A session in which a ticket was redeemed. `customer` is an HMAC of who it is, by which the same customer is known again.
-- `claims` is what the ticket said of the attributes that the account has declared, sealed under a key that comes from the
-- session's token: without the visitor nobody can read it. Each redemption gives the session another token, and `renewals`
-- tells connections that were made with an earlier one.
alter table visitor_session
  add column customer bytea,
  add column claims bytea,
  add column verified_at timestamptz,
  add column renewals integer not null default 0,
  add constraint visitor_session_verified check ((customer is null) = (verified_at is null));

create index visitor_session_of_customer on visitor_session (account_id, customer) where customer is not null;

alter table conversation add column verified_at timestamptz;
alter table visitor_attribute add column verified boolean not null default false;

do $$
declare
  name text;
begin
  foreach name in array array['ticket_key', 'used_ticket'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy own_account on %I to samtal_app
      using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()))', name);
    execute format('create policy everything on %I to samtal_platform using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on ticket_key to samtal_app;
grant select, insert on used_ticket to samtal_app;
grant select, delete on used_ticket to samtal_platform;
