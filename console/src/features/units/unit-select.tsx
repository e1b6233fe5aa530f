import { Select } from '@mantine/core';
import type { Unit } from '@samtal/contract/units';
import { useText } from '../../text/index.ts';
import { useUnits } from './queries.ts';
import { nameOfUnit } from './tree.ts';

interface UnitSelectProps {
  label: string;
  description?: string;
  /** What is said for no unit. */
  none: string;
  value: string | null;
  onChange: (unitId: string | null) => void;
  /** Which of all units can be chosen; all, unless told. */
  among?: (units: readonly Unit[]) => readonly Unit[];
}

/** A region or a team, or none, by its name behind those above it. */
export function UnitSelect({ label, description, none, value, onChange, among }: UnitSelectProps) {
  const { t } = useText();
  const units = useUnits().data ?? [];
  const offered = among?.(units) ?? units;
  return (
    <Select
      label={label}
      description={description}
      data={[
        { value: '', label: none },
        ...offered.map(({ id, name }) => ({ value: id, label: nameOfUnit(id, units) ?? name })),
      ]}
      value={value ?? ''}
      onChange={(chosen) => onChange(chosen === null || chosen === '' ? null : chosen)}
      allowDeselect={false}
      searchable
      nothingFoundMessage={t('nothing-found')}
    />
  );
}
