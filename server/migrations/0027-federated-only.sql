-- Signing in at an identity provider alone (C4). What has to be there before an account may ask for it, so that it locks nobody
-- out for good: a provider in use that may speak for a verified domain, and one of the named users who can come in without it:
-- active, with a second factor, and allowed to change back what is amiss. What people sign in with is the platform's to see.
create function federated_only_ready(account uuid, named uuid[]) returns boolean
  language sql stable security definer
  set search_path = samtal, pg_temp
as $$
  select exists (select from identity_provider provider
      join verified_domain verified on verified.account_id = provider.account_id and verified.domain = any(provider.domains)
      where provider.account_id = account and provider.active)
    and exists (select from membership member
      join identity person on person.id = member.user_id
      where member.account_id = account and member.status = 'active' and member.user_id = any(named)
        and exists (select from factor where factor.user_id = member.user_id and factor.begun_in is null
          and (factor.kind = 'passkey' or person.password_hash is not null))
        and 2 = (select count(distinct allows.authorisation) from role_grant held
          join role_allows allows on allows.account_id = held.account_id and allows.role_id = held.role_id
          where held.account_id = account and held.user_id = member.user_id and held.scope = '{}'
            and allows.authorisation in ('federation.manage', 'settings.manage')))
$$;
revoke all on function federated_only_ready(uuid, uuid[]) from public;
grant execute on function federated_only_ready(uuid, uuid[]) to samtal_app, samtal_platform;
grant create on schema samtal to samtal_platform;
alter function federated_only_ready(uuid, uuid[]) owner to samtal_platform;
revoke create on schema samtal from samtal_platform;

-- A sign-in that an identity provider vouched for, and that takes a second factor all the same: the session that it leads to
-- reaches the provider's account only.
alter table sign_in_attempt
  add column account_id uuid,
  add column provider_id uuid,
  add constraint sign_in_attempt_bound check ((account_id is null) = (provider_id is null)),
  add foreign key (account_id, provider_id) references identity_provider on delete cascade;

-- So many days before its certificates end somebody was told of it last; null: not yet.
alter table identity_provider add column certificate_notice_days integer;
grant update (certificate_notice_days) on identity_provider to samtal_platform;
