import type { DataService } from '@samtal/contract/data-services';
import type { ReadTx } from '../../platform/database/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { heldRoles, scopesOf } from '../access/index.ts';
import { readDataService, readDataServices } from './queries.ts';

/** The data services that the caller sees: those he may run, and all of them where he defines them. */
export async function seenServices(tx: ReadTx, caller: Member): Promise<DataService[]> {
  const services = await readDataServices(tx, caller.accountId);
  const isSeen = await seesBy(tx, caller);
  return services.filter(isSeen);
}

/** One that the caller sees; refuses with not-found for any other, as if it were not there. */
export async function seenService(tx: ReadTx, caller: Member, key: string): Promise<DataService> {
  const service = found(await readDataService(tx, caller.accountId, key));
  return found((await seesBy(tx, caller))(service) ? service : null);
}

/**
 * Whoever defines services sees each of them. Others hold the authorisation, and one of the roles where a service names some; it is
 * theirs while it is switched on.
 */
async function seesBy(tx: ReadTx, caller: Member): Promise<(service: DataService) => boolean> {
  if (scopesOf(caller, 'data-services.manage').length > 0) return () => true;
  if (scopesOf(caller, 'data-services.read').length === 0) return () => false;
  const roles = await heldRoles(tx, caller, 'data-services.manage');
  return ({ enabled, roleIds }) => enabled && (roleIds.length === 0 || roleIds.some((id) => roles.has(id)));
}
