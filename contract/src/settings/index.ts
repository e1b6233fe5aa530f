import { endpoint } from '../endpoint/index.ts';
import { NewestVersion, Reason } from '../history/change.ts';
import { closed, Id, Instant, oneOf, nullable, Type, type Static } from '../shared/index.ts';
import { settingKeys, settingLevels, SettingOverrides, settings, type SettingKey } from './registry.ts';

export * from './contradictions.ts';
export * from './registry.ts';

const account = { accountId: Id };

/** Whose settings: a channel's (today a site is one), or with null the account's. */
const channelId = nullable(Id);

const origin = oneOf(...settingLevels, 'default');

export const SettingState = closed({
  key: oneOf(...settingKeys),
  /** Fits the schema of the setting. */
  value: Type.Unknown(),
  origin,
  /** What holds when the level asked for says nothing. */
  otherwise: closed({ value: Type.Unknown(), origin }),
  /** JSON Schema (2020-12) of the value. */
  schema: Type.Unknown(),
  levels: Type.Array(oneOf(...settingLevels)),
  /** Weakens privacy or security when it is changed wrongly. */
  sensitive: Type.Boolean(),
});
export type SettingState = Static<typeof SettingState>;

export const SettingsOfLevel = closed({
  channelId,
  /** Of what this level itself says; 0 while it never said anything. Give it back with a change. */
  version: NewestVersion,
  settings: Type.Array(SettingState),
});
export type SettingsOfLevel = Static<typeof SettingsOfLevel>;

export const getSettings = endpoint({
  id: 'settings.getSettings',
  method: 'GET',
  path: '/accounts/{accountId}/settings',
  summary: 'Every setting as it holds for the account or a channel, and where each value comes from',
  access: { holding: 'settings.read' },
  params: closed(account),
  query: closed({ channelId: Type.Optional(Id) }),
  status: 200,
  response: SettingsOfLevel,
  errors: ['not-found'],
});

/** Whether a change, whose form has been judged, is about a setting that weakens privacy or security when set wrongly. */
function changesWhatIsSensitive(body: unknown): boolean {
  const { set, unset } = body as { set: SettingOverrides; unset: readonly SettingKey[] };
  return [...(Object.keys(set) as SettingKey[]), ...unset].some((key) => settings[key].sensitive);
}

export const changeSettings = endpoint({
  id: 'settings.changeSettings',
  method: 'PATCH',
  path: '/accounts/{accountId}/settings',
  summary: 'Set or unset settings of the account or a channel',
  description:
    '`version` is the one the change was made from: when somebody else has changed the level meanwhile, nothing is ' +
    'changed and the answer is `history.changed-meanwhile`.',
  access: { holding: 'settings.manage' },
  sensitive: changesWhatIsSensitive,
  params: closed(account),
  body: closed({
    channelId,
    version: Type.Integer({ minimum: 0 }),
    /** Values by key. */
    set: SettingOverrides,
    /** Keys that this level shall not say anything about any more. */
    unset: Type.Array(oneOf(...settingKeys), { uniqueItems: true }),
    reason: Reason,
  }),
  status: 200,
  response: SettingsOfLevel,
  errors: [
    'history.changed-meanwhile',
    'settings.contradiction',
    'settings.federated-only-unready',
    'settings.wrong-level',
    'not-found',
  ],
});

/** How long a new list of networks waits to be confirmed before the one before holds again, minutes. */
export const networkTrialMinutes = 10;

const NetworkTrial = closed({
  /** From where this request came, as far as lists of networks are concerned. */
  address: Type.String(),
  /** Whether the list admits that address by itself. */
  admitted: Type.Boolean(),
  /** Until when a new list is to be confirmed; null where none is on trial. */
  until: nullable(Instant),
});
export type NetworkTrial = Static<typeof NetworkTrial>;

export const getNetworkTrial = endpoint({
  id: 'settings.getNetworkTrial',
  method: 'GET',
  path: '/accounts/{accountId}/network-trial',
  summary: 'Whether a new list of networks for signing in waits to be confirmed',
  access: { holding: 'settings.read' },
  params: closed(account),
  status: 200,
  response: NetworkTrial,
});

export const confirmNetworks = endpoint({
  id: 'settings.confirmNetworks',
  method: 'POST',
  path: '/accounts/{accountId}/network-trial/confirmation',
  summary: 'Keep a new list of networks for signing in',
  description:
    `A change of \`signin.networks\` holds for ${networkTrialMinutes} minutes. Unless somebody confirms it within them from an address that ` +
    'the new list admits, what was said before holds again.',
  access: { holding: 'settings.manage' },
  notForKeys: true,
  params: closed(account),
  status: 204,
  errors: ['signin.network', 'not-found'],
});

export const revertNetworks = endpoint({
  id: 'settings.revertNetworks',
  method: 'DELETE',
  path: '/accounts/{accountId}/network-trial',
  summary: 'Give a new list of networks for signing in up before its time is over',
  description: 'What was confirmed last, or said before there was a list, holds again at once.',
  access: { holding: 'settings.manage' },
  notForKeys: true,
  params: closed(account),
  status: 204,
  errors: ['not-found'],
});
