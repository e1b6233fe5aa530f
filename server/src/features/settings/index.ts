export { changeSettings } from './change-settings.ts';
export { settingsJobs } from './jobs.ts';
export { readNetworkRules, type NetworkRules } from './networks.ts';
export {
  changeInstallationSettings,
  isInstallationSetting,
  readInstallationVersions,
} from './installation.ts';
export { restoreSettings } from './restore-settings.ts';
export {
  barredFromOwnSignIn,
  readConnectionRules,
  readPasswordMinLength,
  readSignInDemands,
  strictestSetting,
} from './strictest.ts';
export { presentSettings, refuseUnknownChannel } from './presenter.ts';
export {
  readDraftedSettings,
  readInstallationSettings,
  readSettings,
  readStandingSettings,
} from './queries.ts';
