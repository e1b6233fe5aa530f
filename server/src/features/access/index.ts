export { keepingAnAdministrator, lockAccess } from './administrators.ts';
export { createBuiltInRoles } from './create-built-in-roles.ts';
export { actorOf, couldStillPass, refuseUnlessPassable, type Giver } from './giver.ts';
export { currentGiver } from './current-giver.ts';
export { giveRole, refuseUnknownPlaces } from './give-role.ts';
export { heldRoles } from './held-roles.ts';
export { loadMember, readHolder } from './load-member.ts';
export { operatorGrant, readOperatorHolder } from './operator-holder.ts';
export {
  covers,
  effective,
  granted,
  includesScope,
  mayEverywhere,
  narrowedTo,
  normalisedScope,
  scopesOf,
  withinGrants,
} from './policy.ts';
export { readPlaces, type Places } from './places.ts';
export { readGrantedRoles, readRoles, type GrantedRole, type StoredRole } from './queries.ts';
export { readAuthorisations, type AccountAccess } from './read-authorisations.ts';
export { restoreGrant } from './restore-grant.ts';
export { restoreRole } from './restore-role.ts';
export { updateBuiltInRoles } from './update-built-in-roles.ts';
export { withdrawRole } from './withdraw-role.ts';
export { withdrawAllRoles } from './withdraw-all-roles.ts';
export { withinScopes } from './scope-predicate.ts';
export { refuseUnlessMovable } from './refuse-unless-movable.ts';
export { membersHolding } from './members-holding.ts';
