import type { ConfigurationKind, Difference } from '@samtal/contract/history';

type Json = unknown;
type Body = Readonly<Record<string, Json>>;

/**
 * What differs between two versions of an object; null is where it was not there. Versions of users may be older than names in
 * the history: one whose name nobody knows is not said to have had another.
 */
export function versionDifferences(
  kind: ConfigurationKind,
  before: Body | null,
  after: Body | null,
): Difference[] {
  const all = differences(before ?? {}, after ?? {});
  if (kind !== 'user' || before === null || after === null) return all;
  const known = 'name' in before && 'name' in after;
  return known ? all : all.filter(({ path: [field] }) => field !== 'name');
}

/** What differs between two states of something, field by field. Undefined is where there was nothing. */
export function differences(before: Json, after: Json, path: readonly string[] = []): Difference[] {
  if (isSame(before, after)) return [];
  const [left, right] = [parts(before), parts(after)];
  if (left === null || right === null) {
    return [
      {
        path: [...path],
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  }
  const names = new Set([...left.keys(), ...right.keys()]);
  const inside = [...names].flatMap((name) => differences(left.get(name), right.get(name), [...path, name]));
  // The same things in another order.
  return inside.length > 0 ? inside : [{ path: [...path], before, after }];
}

/** Fields of an object, or named items of a list; null for what is compared as a whole. */
function parts(value: Json): Map<string, Json> | null {
  if (Array.isArray(value)) {
    const named = value.map((item) => [nameOf(item), item] as const);
    const names = named.flatMap(([name]) => (name === null ? [] : [name]));
    if (new Set(names).size !== value.length) return null;
    return new Map(named.map(([name, item]) => [name ?? '', item]));
  }
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function nameOf(item: Json): string | null {
  if (typeof item !== 'object' || item === null) return null;
  const { key, id } = item as { key?: unknown; id?: unknown };
  if (typeof key === 'string') return key;
  return typeof id === 'string' ? id : null;
}

function isSame(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), new Map(Object.entries(other))];
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isSame(value, right.get(name)))
  );
}
