export { changeSettings } from './change-settings.ts';
export { readInstallationSettings, readSettings } from './queries.ts';
