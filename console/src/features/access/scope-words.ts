import type { Scope } from '@samtal/contract/access';
import { useText } from '../../text/index.ts';
import { useQueues } from '../routing/index.ts';
import { useSites } from '../sites/index.ts';
import { useUnitNames } from '../units/index.ts';

/** A scope in words, one for each dimension that narrows. */
export function useScopeWords(): (scope: Scope) => string[] {
  const { t } = useText();
  const queues = useQueues().data ?? [];
  const sites = useSites().data ?? [];
  const nameOf = (things: readonly { id: string; name: string }[]) => (id: string) =>
    things.find((thing) => thing.id === id)?.name ?? t('scope.unknown');
  const unitName = useUnitNames();
  const nameOfUnit = (id: string) => unitName(id) ?? t('scope.unknown');
  return ({ unit, queue, site }) => [
    ...(unit === undefined ? [] : [t('scope.unit-is', { value: unit.map(nameOfUnit).join(', ') })]),
    ...(queue === undefined ? [] : [t('scope.queue-is', { value: queue.map(nameOf(queues)).join(', ') })]),
    ...(site === undefined ? [] : [t('scope.site-is', { value: site.map(nameOf(sites)).join(', ') })]),
  ];
}
