import { deepestUnit, type UnitConfiguration } from '@samtal/contract/units';
import { Refusal } from '../../platform/http/index.ts';

export type UnitKind = UnitConfiguration['kind'];

/** A unit with the ids of those above it, from the top down to itself. */
export interface PlacedUnit {
  readonly kind: UnitKind;
  readonly path: readonly string[];
}

/** Refuses a place in which a unit cannot be, together with what lies below it: `height` levels, itself included. */
export function refuseUnlessPlaceable(
  { id, kind, height }: { id: string; kind: UnitKind; height: number },
  parent: PlacedUnit | null,
): void {
  if (parent === null) return;
  const fits = parent.kind === 'region' || kind === 'team';
  if (!fits || parent.path.includes(id)) throw new Refusal('units.misplaced');
  if (parent.path.length + height > deepestUnit) throw new Refusal('units.too-deep');
}
