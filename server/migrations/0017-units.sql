-- Regions and teams as a tree, which scopes refer to (B2), and a number that says when access changed.

-- Raised by every change of access: whoever has an older number reads anew what its members may do.
alter table account add access_revision bigint not null default 0;
grant update (access_revision) on account to samtal_app;

-- A region may lie in a region; a team in a region or a team. What lies in a unit is below it, and below all that are above.
create table unit (
  account_id uuid not null references account on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('region', 'team')),
  name text not null,
  parent_id uuid,
  -- The ids from the top down to this one: recomputed when it or one above it moves.
  path uuid[] not null check (path[cardinality(path)] = id and cardinality(path) <= 32),
  primary key (account_id, id),
  foreign key (account_id, parent_id) references unit deferrable initially immediate
);
create unique index unit_name on unit (account_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name));
create index unit_path on unit using gin (path);

alter table queue add unit_id uuid;
-- The path of its unit: scopes are held against it. Written by the trigger below, and when a unit moves.
alter table queue add units uuid[] not null default '{}';

-- ── labels become units ────────────────────────────────────────────────────────────────────────────────────────

-- Whoever migrates need not be a superuser: for this one transaction the owner sees its own tables.
alter table queue no force row level security;
alter table role_grant no force row level security;
alter table api_key_grant no force row level security;
alter table configuration_version no force row level security;

-- Every pair of labels that a queue carries or a grant asks for. A team that several regions have becomes one in each.
create temporary table pair on commit drop as
  select account_id, region, team from queue where region is not null or team is not null
  union
  select g.account_id, r.value, t.value
  from (select account_id, scope from role_grant union all select account_id, scope from api_key_grant) g
  left join lateral jsonb_array_elements_text(g.scope -> 'region') r on true
  left join lateral jsonb_array_elements_text(g.scope -> 'team') t on true
  where (r.value is not null or t.value is not null)
    and (r.value is not null or not exists (select from queue where queue.account_id = g.account_id and queue.team = t.value));

create temporary table laid_out on commit drop as
  select account_id, region, null::text as team, gen_random_uuid() as id, null::uuid as parent_id
  from (select distinct account_id, region from pair where region is not null) regions;
insert into laid_out
  select pair.account_id, pair.region, pair.team, gen_random_uuid(), laid_out.id
  from (select distinct account_id, region, team from pair where team is not null) pair
  left join laid_out on laid_out.account_id = pair.account_id and laid_out.region = pair.region and laid_out.team is null;

-- Names differ within a unit, in whatever case: the second of two gets a number.
insert into unit (account_id, id, kind, name, parent_id, path)
  select account_id, id, kind, name || case when at = 1 then '' else ' (' || at || ')' end, parent_id, array_remove(array[parent_id, id], null)
  from (
    select account_id, id, parent_id, case when team is null then 'region' else 'team' end as kind, coalesce(team, region) as name,
      row_number() over (partition by account_id, parent_id, lower(coalesce(team, region)) order by team is not null, coalesce(team, region)) as at
    from laid_out
  ) named
  order by parent_id is not null;

create function pg_temp.unit_of(of uuid, of_region text, of_team text) returns uuid language sql as $$
  select id from laid_out where account_id = of and region is not distinct from of_region and team is not distinct from of_team
$$;
-- The same scope in units; null where it names a label that nothing has any more.
create function pg_temp.scope_in_units(of uuid, scope jsonb) returns jsonb language sql as $$
  select case
    when not scope ?| array['region', 'team'] then scope
    else (
      select (scope - 'region' - 'team') || jsonb_build_object('unit', jsonb_agg(id order by id::text))
      from laid_out
      where account_id = of
        and (not scope ? 'region' or scope -> 'region' ? region)
        and (case when scope ? 'team' then scope -> 'team' ? team else team is null end)
      having count(*) > 0
    )
  end
$$;

update queue set unit_id = laid_out.id, units = array_remove(array[laid_out.parent_id, laid_out.id], null)
  from laid_out
  where laid_out.account_id = queue.account_id and laid_out.region is not distinct from queue.region
    and laid_out.team is not distinct from queue.team;
update role_grant set scope = pg_temp.scope_in_units(account_id, scope) where scope ?| array['region', 'team'];
-- Two grants of a key may come to the same.
create temporary table of_keys on commit drop as
  select distinct account_id, key_id, role_id, pg_temp.scope_in_units(account_id, scope) as scope
  from api_key_grant where scope ?| array['region', 'team'];
delete from api_key_grant where scope ?| array['region', 'team'];
insert into api_key_grant (account_id, key_id, role_id, scope)
  select account_id, key_id, role_id, scope from of_keys on conflict do nothing;
-- Versions stay what they were, in the words of today, so that they can be compared and restored. Those that name a label which
-- nothing has any more keep it, and cannot be restored.
update configuration_version
  set body = jsonb_set(body, '{scope}', pg_temp.scope_in_units(account_id, body -> 'scope'))
  where kind = 'grant' and body -> 'scope' ?| array['region', 'team']
    and pg_temp.scope_in_units(account_id, body -> 'scope') is not null;
update configuration_version
  set body = (body - 'region' - 'team')
    || jsonb_build_object('unitId', pg_temp.unit_of(account_id, body ->> 'region', body ->> 'team'))
  where kind = 'queue' and body is not null
    and ((body ->> 'region' is null and body ->> 'team' is null)
      or pg_temp.unit_of(account_id, body ->> 'region', body ->> 'team') is not null);
drop function pg_temp.unit_of, pg_temp.scope_in_units;

alter table queue force row level security;
alter table role_grant force row level security;
alter table api_key_grant force row level security;
alter table configuration_version force row level security;
alter table queue drop region, drop team;

-- ── the tree and its queues ────────────────────────────────────────────────────────────────────────────────────

alter table queue add foreign key (account_id, unit_id) references unit deferrable initially immediate;
create index queue_units on queue using gin (units);

-- Whoever moves the unit meanwhile is waited for, and waits: a queue never has a path that its unit has left.
create function queue_path() returns trigger language plpgsql set search_path = samtal, pg_temp as $$
begin
  new.units := '{}';
  if new.unit_id is not null then
    select path into new.units from unit where account_id = new.account_id and id = new.unit_id for share;
    if not found then new.units := '{}'; end if;
  end if;
  return new;
end
$$;
create trigger queue_path before insert or update of unit_id on queue for each row execute function queue_path();

alter table unit enable row level security;
alter table unit force row level security;
create policy own_account on unit to samtal_app
  using (account_id = (select account_of_transaction())) with check (account_id = (select account_of_transaction()));
create policy everything on unit to samtal_platform using (true) with check (true);
grant select, insert, update, delete on unit to samtal_app;
grant select on unit to samtal_platform;
