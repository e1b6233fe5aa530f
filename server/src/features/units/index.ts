export { createUnit } from './create-unit.ts';
export { restoreUnit } from './restore-unit.ts';
