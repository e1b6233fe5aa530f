import {
  setting,
  shownText,
  accountOnly,
  installationOnly,
  type SettingLevel,
  type Setting,
} from '../setting.ts';

const privacyText = (levels: readonly SettingLevel[], visible: { accountsSee?: true } = {}) =>
  setting({ schema: shownText, default: '', levels, sensitive: false, ...visible });

/** What the record of processing says and no configuration knows. */
export const privacySettings = {
  // What the record of processing says and no configuration knows (G11; GDPR, Articles 28 and 30).
  'privacy.controller': privacyText(accountOnly),
  'privacy.contact': privacyText(accountOnly),
  'privacy.officer': privacyText(accountOnly),
  'privacy.representative': privacyText(accountOnly),
  'privacy.purposes': privacyText(accountOnly),
  'privacy.transfers': privacyText(accountOnly),
  'privacy.processor': privacyText(installationOnly, { accountsSee: true }),
  'privacy.region': privacyText(installationOnly, { accountsSee: true }),
} as const satisfies Record<string, Setting>;
