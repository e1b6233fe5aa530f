export { changeOf } from './change-of.ts';
export { nameInVersion } from './names.ts';
export { newestVersion, recordVersion, type ChangeNote } from './record-version.ts';
export { restorer, type Restore } from './restore.ts';
