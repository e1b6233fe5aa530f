export { useUnitNames, useUnits } from './queries.ts';
export { UnitSelect } from './unit-select.tsx';
