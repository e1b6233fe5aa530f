export { versionsQuery } from './queries.ts';
export { VersionDialog } from './version-dialog.tsx';
