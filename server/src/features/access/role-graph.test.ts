import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../platform/http/index.ts';
import { closure, deepest, holdersOf, withRole, type RoleGraph, type RoleNode } from './role-graph.ts';

const role = (id: string, roles: string[], authorisations: RoleNode['authorisations'] = []): RoleNode => ({
  id,
  roles,
  authorisations,
});
const graph = (...roles: RoleNode[]): RoleGraph => new Map(roles.map((each) => [each.id, each]));
const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test('gives a role what it says itself and what every role below it says', () => {
  const roles = graph(
    role('top', ['left', 'right'], ['users.read']),
    role('left', ['bottom'], ['access.read']),
    role('right', ['bottom']),
    role('bottom', [], ['routing.read']),
    role('other', [], ['audit.read']),
  );
  assert.deepEqual([...closure(roles, 'top')].toSorted(), ['access.read', 'routing.read', 'users.read']);
  assert.deepEqual(holdersOf(roles, 'bottom').toSorted(), ['bottom', 'left', 'right', 'top']);
});

test('refuses a role that holds itself, directly or through others', () => {
  const roles = graph(role('a', ['b']), role('b', ['c']), role('c', []));
  assert.throws(() => withRole(roles, role('c', ['a'])), refused('access.role-cycle'));
  assert.throws(() => withRole(roles, role('c', ['c'])), refused('access.role-cycle'));
  assert.doesNotThrow(() => withRole(roles, role('a', ['b', 'c'])));
});

test('refuses a chain of more than eight steps, wherever in it the change is made', () => {
  const chain = Array.from({ length: deepest + 1 }, (_, at) =>
    role(`r${at}`, at === deepest ? [] : [`r${at + 1}`]),
  );
  assert.throws(() => withRole(graph(...chain), role('top', ['r0'])), refused('access.role-too-deep'));
  const roles = graph(...chain, role('extra', []));
  assert.throws(() => withRole(roles, role(`r${deepest}`, ['extra'])), refused('access.role-too-deep'));
  assert.doesNotThrow(() => withRole(roles, role('top', ['r1'])));
});

test('refuses a role that is not there', () => {
  assert.throws(() => withRole(graph(), role('a', ['gone'])), refused('not-found'));
});

test('comes to an end where roles share what they hold', () => {
  const layers = Array.from({ length: deepest }, (_, layer) =>
    Array.from({ length: 12 }, (_, at) =>
      role(
        `${layer}/${at}`,
        layer === 0 ? [] : Array.from({ length: 12 }, (_, below) => `${layer - 1}/${below}`),
      ),
    ),
  ).flat();
  // NOTE: 12^7 ways lead from the top to the bottom. Whoever goes each of them runs into the time limit of tests.
  assert.equal(withRole(graph(...layers), role('top', [`${deepest - 1}/0`])).size, layers.length + 1);
});
