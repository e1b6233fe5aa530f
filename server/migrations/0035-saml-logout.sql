-- Single log-out by SAML (C4): by which names a session is known at its provider, and who is on the way to sign out there, too.

-- What makes the name of a person there whole (`Format`, `NameQualifier`, `SPNameQualifier` of NameID): it has to be said back as it was said.
alter table session add column provider_qualifiers jsonb;

-- Somebody whose session here has ended, for as long as it takes their browser to go on to the provider.
create table signed_out (
  token_hash bytea primary key,
  account_id uuid not null,
  provider_id uuid not null,
  subject text not null,
  session text,
  qualifiers jsonb,
  expires_at timestamptz not null,
  foreign key (account_id, provider_id) references identity_provider on delete cascade
);
alter table signed_out enable row level security;
alter table signed_out force row level security;
create policy own_account on signed_out to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on signed_out to samtal_platform using (true) with check (true);
grant select, insert, delete on signed_out to samtal_platform;

-- What a provider answers to signing out is no answer to signing in, nor the other way round.
alter table federation_request add column signs_out boolean not null default false;

-- Whoever migrates need not be a superuser: for this one transaction the owner sees its own tables.
alter table identity_provider no force row level security;
alter table configuration_version no force row level security;
update identity_provider set saml = saml || '{"signOutUrl": null, "signsOutThere": false}' where protocol = 'saml';
update configuration_version set body = jsonb_set(body, '{saml}', body -> 'saml' || '{"signOutUrl": null, "signsOutThere": false}')
  where kind = 'identity-provider' and jsonb_typeof(body -> 'saml') = 'object';
alter table identity_provider force row level security;
alter table configuration_version force row level security;
