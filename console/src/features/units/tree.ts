import type { Unit } from '@samtal/contract/units';

/** A unit and how far down it lies. */
export interface Branch extends Unit {
  readonly level: number;
}

/** The units in the order of a tree that is read from the top: each followed by those below it. */
export function branches(units: readonly Unit[]): Branch[] {
  const below = Map.groupBy(units, ({ parentId }) => parentId);
  const ahead = (below.get(null) ?? []).map((unit): Branch => ({ ...unit, level: 0 })).toReversed();
  const read: Branch[] = [];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    read.push(next);
    const level = next.level + 1;
    for (const unit of (below.get(next.id) ?? []).toReversed()) ahead.push({ ...unit, level });
  }
  return read;
}

/** The units in which this one may lie: not itself nor what is below it, and a region only in regions (B2). */
export function placesFor(
  { id, kind }: { id: string | null; kind: Unit['kind'] },
  units: readonly Unit[],
): Unit[] {
  return units.filter((place) => {
    const isBelow = pathOf(place.id, units).some((each) => each.id === id);
    return !isBelow && (kind === 'team' || place.kind === 'region');
  });
}

/** Its name behind those above it; null when it is none of these. */
export function nameOfUnit(id: string | null, units: readonly Unit[]): string | null {
  const path = pathOf(id, units);
  return path.length === 0 ? null : path.map(({ name }) => name).join(' › ');
}

/** From the top down to the unit itself. */
function pathOf(id: string | null, units: readonly Unit[]): Unit[] {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const path: Unit[] = [];
  for (let unit = byId.get(id ?? ''); unit !== undefined; unit = byId.get(unit.parentId ?? '')) {
    path.unshift(unit);
  }
  return path;
}
