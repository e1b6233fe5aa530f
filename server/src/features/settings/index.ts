export { changeSettings } from './change-settings.ts';
export { restoreSettings } from './restore-settings.ts';
export { readInstallationSettings, readSettings } from './queries.ts';
