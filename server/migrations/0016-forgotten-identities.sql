-- An identity is there for its memberships: with the last of them it goes, and with it the address, the name, the password and
-- whatever else its person signed in with.

-- Takes the identity away if no account has it. Whoever is about to give it a membership holds it (`identity_for`); then, and
-- when another membership of it is ending at this moment, it stays, and `signin.delete-expired` looks again. So nobody who ends a
-- membership waits here for somebody who waits for that membership.
create function forget_identity(person uuid) returns void
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
begin
  perform from identity where id = person for update skip locked;
  if not found then return; end if;
  -- NOTE: a statement of its own. It sees what was committed before the identity was held.
  delete from identity where id = person and not exists (select from membership where user_id = person);
end
$$;

create function forget_identity_of_membership() returns trigger
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
begin
  perform forget_identity(old.user_id);
  return null;
end
$$;
create trigger last_membership after delete on membership
  for each row execute function forget_identity_of_membership();

revoke all on function forget_identity(uuid), forget_identity_of_membership() from public;
grant execute on function forget_identity(uuid) to samtal_platform;
grant create on schema samtal to samtal_platform;
alter function forget_identity(uuid) owner to samtal_platform;
alter function forget_identity_of_membership() owner to samtal_platform;

-- What is that role's already, whoever owns the database may not be able to change as himself.
set local role samtal_platform;

-- As it was, and held until the transaction ends: nobody takes it away before it has its membership.
create or replace function identity_for(address text, display_name text) returns uuid
  language plpgsql volatile security definer
  set search_path = samtal, pg_temp
as $$
declare
  found_id uuid;
begin
  loop
    insert into identity (id, email, email_folded, name)
      values (gen_random_uuid(), address, lower(address), display_name)
      on conflict (email_folded) do nothing;
    select id into found_id from identity where email_folded = lower(address) for key share;
    exit when found;
  end loop;
  return found_id;
end
$$;

-- Those that were left over before.
delete from identity where not exists (select from membership where user_id = identity.id);

reset role;
revoke create on schema samtal from samtal_platform;
