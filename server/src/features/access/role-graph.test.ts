import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../platform/http/index.ts';
import { closures, holdersOf, withRole, type RoleGraph, type RoleNode } from './role-graph.ts';

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
  assert.deepEqual([...(closures(roles, ['top']).get('top') ?? [])].toSorted(), [
    'access.read',
    'routing.read',
    'users.read',
  ]);
  assert.deepEqual(holdersOf(roles, 'bottom').toSorted(), ['bottom', 'left', 'right', 'top']);
});

test('refuses a role that holds itself, directly or through others', () => {
  const roles = graph(role('a', ['b']), role('b', ['c']), role('c', []));
  assert.throws(() => withRole(roles, role('c', ['a'])), refused('access.role-cycle'));
  assert.throws(() => withRole(roles, role('c', ['c'])), refused('access.role-cycle'));
  assert.doesNotThrow(() => withRole(roles, role('a', ['b', 'c'])));
});

test('attack 41: goes to any depth, without exhausting the stack, and refuses the circle at its end', () => {
  const deep = 20_000;
  const chain = Array.from({ length: deep }, (_, at) =>
    role(`r${at}`, at === deep - 1 ? [] : [`r${at + 1}`], at === deep - 1 ? ['audit.read'] : []),
  );
  const roles = graph(...chain);
  assert.deepEqual([...(closures(roles, ['r0']).get('r0') ?? [])], ['audit.read']);
  assert.equal(holdersOf(roles, `r${deep - 1}`).length, deep);
  assert.throws(() => withRole(roles, role(`r${deep - 1}`, ['r0'])), refused('access.role-cycle'));
  assert.doesNotThrow(() => withRole(roles, role('top', ['r0'])));
});

test('refuses a role that is not there', () => {
  assert.throws(() => withRole(graph(), role('a', ['gone'])), refused('not-found'));
});

test('comes to an end where roles share what they hold', () => {
  const layerCount = 40;
  const layers = Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: 12 }, (_, at) =>
      role(
        `${layer}/${at}`,
        layer === 0 ? [] : Array.from({ length: 12 }, (_, below) => `${layer - 1}/${below}`),
      ),
    ),
  ).flat();
  // NOTE: 12^39 ways lead from the top to the bottom. Whoever goes each of them runs into the time limit of tests.
  const roles = withRole(graph(...layers), role('top', [`${layerCount - 1}/0`]));
  assert.equal(closures(roles, roles.keys()).size, layers.length + 1);
  assert.equal(holdersOf(roles, '0/0').length, (layerCount - 1) * 12 + 2);
});
