export { judgeInstallation, type Finding, type InstallationFacts } from './judge-installation.ts';
export { findPackageFaults, readInstalledPackages, RegistryError } from './package-faults.ts';
export { readDatabaseFacts } from './queries.ts';
export { findWeakerSettings, weakerOfInstallation } from './weaker-settings.ts';
