-- Nobody becomes somebody who holds more than those who decided that it is them (B1).

-- Who answers for all that decides who is believed at a provider, as it stood in that version. For what came later, and where nobody has
-- said so, whoever put it there does: the versions of the provider say who that was.
alter table identity_provider
  add column confirmed_by uuid,
  add column confirmed_version integer,
  add check ((confirmed_by is null) = (confirmed_version is null));

-- Who linked the two; null for links from before, and for those that came about by themselves.
alter table federated_user add column linked_by uuid;

-- When somebody was last refused to be this user because those who decided hold too little, at which provider, and when that was told by mail.
alter table provisioned_user
  add column refused_at timestamptz,
  add column refused_provider uuid,
  add column told_at timestamptz;

-- Whom the directory made and who has been here came by a provider: there is no other way in for them. That counts as claimed, also where
-- the link was cut since, or never used. Whoever migrates need not be a superuser: for this one transaction the owner sees its own
-- tables.
alter table provisioned_user no force row level security;
alter table federated_user no force row level security;
alter table membership no force row level security;
alter table audit_entry no force row level security;
alter table audit_outbox no force row level security;
update provisioned_user p set claimed_at = now()
where p.made and p.claimed_at is null and (
  exists (select from federated_user f where f.account_id = p.account_id and f.user_id = p.user_id)
  or exists (select from membership m where m.account_id = p.account_id and m.user_id = p.user_id
    and (m.last_sign_in_at is not null or m.last_active_on is not null))
  or p.user_id::text in (
    select case when e.body like '%"federation.user-%linked"%' then e.body::jsonb #>> '{subject,id}' end from audit_entry e
    where e.account_id = p.account_id and e.body like '%"federation.user-%linked"%')
  or p.user_id::text in (
    select case when e.body like '%"federation.user-%linked"%' then e.body::jsonb #>> '{subject,id}' end from audit_outbox e
    where e.account_id = p.account_id and e.body like '%"federation.user-%linked"%')
);
alter table provisioned_user force row level security;
alter table federated_user force row level security;
alter table membership force row level security;
alter table audit_entry force row level security;
alter table audit_outbox force row level security;
