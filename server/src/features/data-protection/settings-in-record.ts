import type { DataProtectionRecord, RecordSection } from '@samtal/contract/data-protection';
import { settingKeys, type SettingKey } from '@samtal/contract/settings';
import type { Standing } from './periods.ts';

/** How the record says a setting. */
type Telling =
  /** With its value, in this section. */
  | { readonly section: RecordSection }
  /** In a part of the record of its own. */
  | { readonly part: 'contacts' | 'classes' | 'channels' | 'attributes' | 'rules' }
  | { readonly leftOut: string };

const wording = { leftOut: 'Words that the widget shows: nothing about people follows from them.' };

const pace = { leftOut: 'How much is asked for in a minute changes neither what is stored nor who sees it.' };

const counting = { leftOut: 'How statistics count changes neither what is stored nor who sees it.' };

const connection = {
  leftOut: 'How the mail server is reached. Which one it is, and how the way to it is protected, is said.',
};

const textMessages = {
  leftOut: 'How text messages are sent, which hold a code and nothing else. Who sends them is said.',
};

/** How the record says each setting there is. One without does not compile: whoever adds a setting decides here. */
export const tellingOfSettings: Readonly<Record<SettingKey, Telling>> = {
  'inactivity.end-minutes': { section: 'conversations' },
  'inactivity.end-text': wording,
  'inactivity.warning-minutes': {
    leftOut: 'When a visitor is warned changes neither what is stored nor for how long.',
  },
  'inactivity.warning-text': wording,
  'conversations.resolving-disconnects': { section: 'conversations' },
  'conversations.tags': { section: 'conversations' },
  'satisfaction.asked': { section: 'conversations' },
  'statistics.service-level-seconds': counting,
  'statistics.service-level-percent': counting,
  'statistics.service-level-of': counting,
  'statistics.short-abandon-seconds': counting,
  'statistics.close-minutes': counting,
  'search.transcripts': { section: 'conversations' },
  'retention.transcript-days': { part: 'classes' },
  'retention.activity-log-days': { part: 'classes' },
  'retention.audit-days': { part: 'classes' },
  'retention.statistics-days': { part: 'classes' },
  'masking.cards': { section: 'masking' },
  'masking.card-networks': { section: 'masking' },
  'masking.detectors': { section: 'masking' },
  'masking.phone-countries': { section: 'masking' },
  'masking.rules': { part: 'rules' },
  'redaction.mode': { section: 'masking' },
  'redaction.after-hours': { section: 'masking' },
  'redaction.least-digits': { section: 'masking' },
  'redaction.sides': { section: 'masking' },
  'activity-log.level': { part: 'channels' },
  'tickets.required': { section: 'conversations' },
  'tickets.life-seconds': { section: 'conversations' },
  'session-data.shown': { part: 'channels' },
  'media.visitors-may-send': { section: 'files' },
  'media.agents-may-send': { section: 'files' },
  'media.visitor-types': { section: 'files' },
  'media.agent-types': { section: 'files' },
  'media.max-size-megabytes': { section: 'files' },
  'media.access-enforced': { section: 'files' },
  'media.link-hours': { section: 'files' },
  'mail.customer-details': { section: 'mail' },
  'mail.forwarding-addresses': { section: 'mail' },
  'mail.blocked-senders': { section: 'mail' },
  'mail.language': { leftOut: 'In which language mail is written changes nothing about what it says.' },
  'mail.waiting-minutes': { section: 'mail' },
  'mail.waiting-addresses': { section: 'mail' },
  'mail.waiting-agents': { section: 'mail' },
  // Whoever runs it receives what mail says.
  'mail.smtp-host': { section: 'mail' },
  'mail.smtp-security': { section: 'mail' },
  'mail.smtp-port': connection,
  'mail.smtp-ca': connection,
  'mail.smtp-user': connection,
  'mail.sender-address': { section: 'mail' },
  'mail.sender-name': connection,
  'signin.session-idle-minutes': { section: 'access' },
  'embedding.origins': { section: 'access' },
  'signin.session-life-hours': { section: 'access' },
  'signin.password-min-length': { section: 'access' },
  'signin.password-max-age-days': { section: 'access' },
  'signin.password-min-age-days': { section: 'access' },
  'signin.password-history': { section: 'access' },
  'signin.known-device-days': { section: 'access' },
  'signin.new-device-mail': { section: 'access' },
  'signin.remembered-factor-days': { section: 'access' },
  'signin.session-extension-hours': { section: 'access' },
  'signin.connections': { section: 'access' },
  'signin.when-full': { section: 'access' },
  'signin.networks': { section: 'access' },
  'signin.network-exception': { section: 'access' },
  'signin.second-factor': { section: 'access' },
  'signin.second-factors-allowed': { section: 'access' },
  'signin.elevation-proof': { section: 'access' },
  'signin.renewal-with-code': { section: 'access' },
  'signin.provider-factor': { section: 'access' },
  'signin.federated-only': { section: 'access' },
  'signin.break-glass-users': { section: 'access' },
  'signin.attempts-before-wait': { section: 'access' },
  'signin.longest-wait-minutes': { section: 'access' },
  'api.authentication': { section: 'access' },
  'api.token-minutes': { section: 'access' },
  'api.key-days': { section: 'access' },
  'api.networks': { section: 'access' },
  'api.requests-per-minute': pace,
  'api.user-requests-per-minute': pace,
  'users.inactive-after-days': { section: 'access' },
  'operators.longest-access-hours': { section: 'access' },
  'operators.request-hours': { section: 'access' },
  'users.invitation-days': { section: 'access' },
  'visitors.attributes': { part: 'attributes' },
  'sms.provider': { section: 'access' },
  'sms.user': textMessages,
  'sms.sender': textMessages,
  'sms.url': { section: 'access' },
  'sms.ca': textMessages,
  'sms.country-prefixes': { section: 'access' },
  'sms.most-per-hour': { section: 'access' },
  'backup.recipients': { section: 'backup' },
  'backup.retention-days': { section: 'backup' },
  'backup.hour': { section: 'backup' },
  'backup.directory': {
    leftOut: 'A path on the operator’s machine. That there are backups, and whose, is said of their class.',
  },
  'privacy.controller': { part: 'contacts' },
  'privacy.contact': { part: 'contacts' },
  'privacy.officer': { part: 'contacts' },
  'privacy.representative': { part: 'contacts' },
  'privacy.purposes': { part: 'contacts' },
  'privacy.transfers': { part: 'contacts' },
  'privacy.processor': { part: 'contacts' },
  'privacy.region': { part: 'contacts' },
};

type Said = DataProtectionRecord['settings'][number];

/** The settings that stand in sections of the record: of the account, and of each channel that says otherwise. */
export function settingsInRecord(account: Standing, channels: readonly Standing[]): Said[] {
  return settingKeys.flatMap((setting) => {
    const telling = tellingOfSettings[setting];
    if (!('section' in telling)) return [];
    const values = whoSay(setting, account, channels).map(({ channelId, values: all, origins }) => ({
      channelId,
      // Whatever stands in a section has a plain value: a test asks every one of them.
      value: all[setting] as Said['values'][number]['value'],
      origin: origins[setting],
    }));
    return [{ setting, section: telling.section, values }];
  });
}

/** Masking rules by what they are called and do. What they look for is the account’s secret, and no matter of a record. */
export function rulesInRecord(
  account: Standing,
  channels: readonly Standing[],
): DataProtectionRecord['rules'] {
  return whoSay('masking.rules', account, channels).flatMap(({ channelId, values, origins }) =>
    values['masking.rules'].map(({ name, action, keep, enabled }) => ({
      channelId,
      origin: origins['masking.rules'],
      name,
      action,
      keep,
      enabled,
    })),
  );
}

function whoSay(key: SettingKey, account: Standing, channels: readonly Standing[]): Standing[] {
  return [account, ...channels.filter(({ origins }) => origins[key] === 'channel')];
}
