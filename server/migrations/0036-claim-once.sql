-- Whom the account's directory made is claimed once, by the first one who comes with their address: unlinking them sticks, and a second
-- provider claims nobody who is known already.
alter table provisioned_user add column claimed_at timestamptz;

update provisioned_user p set claimed_at = f.linked_at
from (select account_id, user_id, min(linked_at) as linked_at from federated_user group by account_id, user_id) f
where f.account_id = p.account_id and f.user_id = p.user_id;
