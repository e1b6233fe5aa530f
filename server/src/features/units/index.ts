export { createUnit, type NewUnit } from './create-unit.ts';
export { restoreUnit } from './restore-unit.ts';
