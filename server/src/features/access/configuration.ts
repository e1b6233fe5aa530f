import type { Authorisation } from '@samtal/contract/access';
import { inCatalogueOrder } from './presenter.ts';
import type { StoredGrant } from './queries.ts';

/** A role as its versions keep it: in one order, so that two versions differ only where the role does. */
export function roleBody({
  name,
  authorisations,
  roles,
}: {
  name: string;
  authorisations: readonly Authorisation[];
  roles: readonly string[];
}) {
  return { name, authorisations: inCatalogueOrder(authorisations), roles: roles.toSorted() };
}

/** A grant as its versions keep it. */
export function grantBody({ userId, roleId, scope, purpose }: Omit<StoredGrant, 'id'>) {
  return { userId, roleId, scope, purpose };
}
