export { judgeInstallation, type Finding, type InstallationFacts } from './judge-installation.ts';
export { readDatabaseFacts } from './queries.ts';
export { findWeakerSettings, weakerOfInstallation } from './weaker-settings.ts';
