-- Which sign-in at its provider a session stands on (C4), so that the provider can end it (OpenID Connect Back-Channel Logout 1.0).
alter table session
  -- The person there (`sub`).
  add column provider_subject text,
  -- Their session there (`sid`), where the provider names it.
  add column provider_session text;
create index session_of_provider on session (provider_id, provider_subject) where provider_id is not null;

-- Whoever migrates need not be a superuser: for this one transaction the owner sees its own tables.
alter table identity_provider no force row level security;
alter table configuration_version no force row level security;
-- Whether signing out here leads to the provider, to sign out there, too: nobody has asked for it until now.
update identity_provider set oidc = oidc || '{"signsOutThere": false}' where protocol = 'oidc';
update configuration_version set body = jsonb_set(body, '{oidc,signsOutThere}', 'false')
  where kind = 'identity-provider' and body -> 'oidc' is not null;
alter table identity_provider force row level security;
alter table configuration_version force row level security;
