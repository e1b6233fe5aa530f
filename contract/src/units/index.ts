import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import { changesOf, closed, Id, listOf, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** Places of a tree: how many units there may be from the top down. */
export const deepestUnit = 32;

const unitFields = {
  name: Name,
  /** The unit that it lies in: a region in a region, a team in a region or a team. Null: at the top. */
  parentId: nullable(Id),
};
const kind = oneOf('region', 'team');

/** What versions keep of a unit (H1). */
export const UnitConfiguration = closed({ kind, ...unitFields });
export type UnitConfiguration = Static<typeof UnitConfiguration>;

/** A region or a team (B2). Queues lie in units, and a grant for a unit covers everything below it. */
export const Unit = closed({
  id: Id,
  kind,
  ...unitFields,
  /** How many queues lie in it itself, of those within your scope. */
  queues: Type.Integer(),
  version: NewestVersion,
});
export type Unit = Static<typeof Unit>;

const account = { accountId: Id };

export const listUnits = endpoint({
  id: 'units.listUnits',
  method: 'GET',
  path: '/accounts/{accountId}/units',
  summary: 'The regions and teams within your scope, each after the one that it lies in',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(Unit),
});

export const createUnit = endpoint({
  id: 'units.createUnit',
  method: 'POST',
  path: '/accounts/{accountId}/units',
  summary: 'Add a region or a team',
  access: { holding: 'units.manage' },
  params: closed(account),
  body: closed({ kind, name: Name, parentId: Type.Optional(unitFields.parentId), ...makingFields }),
  status: 201,
  response: Unit,
  errors: ['names.taken', 'not-found', 'units.misplaced', 'units.too-deep'],
});

export const changeUnit = endpoint({
  id: 'units.changeUnit',
  method: 'PATCH',
  path: '/accounts/{accountId}/units/{unitId}',
  summary: 'Rename a region or a team, or move it with everything below it',
  access: { holding: 'units.manage' },
  params: closed({ ...account, unitId: Id }),
  body: changesOf({ ...unitFields, ...changeFields }),
  status: 200,
  response: Unit,
  errors: [
    'access.exceeds-own',
    'history.changed-meanwhile',
    'names.taken',
    'not-found',
    'units.misplaced',
    'units.too-deep',
  ],
});

export const deleteUnit = endpoint({
  id: 'units.deleteUnit',
  method: 'DELETE',
  path: '/accounts/{accountId}/units/{unitId}',
  summary: 'Delete a region or a team that is empty and that no grant names',
  access: { holding: 'units.manage' },
  params: closed({ ...account, unitId: Id }),
  ...removal,
  status: 204,
  errors: ['not-found', 'units.in-use'],
});
