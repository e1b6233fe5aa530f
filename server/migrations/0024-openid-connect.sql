-- OpenID Connect beside SAML (C4): a provider speaks one of the two, and stays with it.

alter table identity_provider
  add column protocol text not null default 'saml' check (protocol in ('saml', 'oidc')),
  -- What the contract calls `oidc`.
  add column oidc jsonb,
  -- What the provider gave for us to prove who we are, sealed under the account's key.
  add column client_secret bytea,
  alter column saml drop not null;
alter table identity_provider
  alter column protocol drop default,
  add constraint identity_provider_agreement check (
    (saml is not null) = (protocol = 'saml') and (oidc is not null) = (protocol = 'oidc')
    and (client_secret is null or protocol = 'oidc'));

-- What stands behind the challenge of a request for a code (RFC 7636).
alter table federation_request add column code_verifier text;

-- Versions from before say what all of them spoke. Whoever migrates need not be a superuser: for this one transaction the owner
-- sees its own table.
alter table configuration_version no force row level security;
update configuration_version set body = jsonb_build_object('protocol', 'saml') || body
  where kind = 'identity-provider' and body is not null;
alter table configuration_version force row level security;
