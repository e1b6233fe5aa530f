export { keepingAnAdministrator } from './administrators.ts';
export { createBuiltInRoles } from './create-built-in-roles.ts';
export { actorOf, refuseUnlessPassable, type Giver } from './giver.ts';
export { giveRole } from './give-role.ts';
export { loadMember } from './load-member.ts';
export {
  coveredByAny,
  covers,
  effective,
  mayAnywhere,
  scopesOf,
  type ScopeSubject,
} from './policy.ts';
export { readGrantedRoles, readRoles, type GrantedRole, type StoredRole } from './queries.ts';
export { readAuthorisations, type AccountAccess } from './read-authorisations.ts';
export { withinScopes, type ScopeColumns } from './scope-predicate.ts';
export { membersHolding } from './members-holding.ts';
