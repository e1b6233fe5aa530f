import { endpoint } from '../endpoint/index.ts';
import { settingKeys, settingLevels } from '../settings/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** A setting whose value is weaker than its default. */
export const WeakerSetting = closed({
  key: oneOf(...settingKeys),
  /** The channel that says so itself; null: the account as a whole. */
  channel: nullable(closed({ id: Id, name: Type.String() })),
  /** Both fit the schema of the setting. */
  value: Type.Unknown(),
  usual: Type.Unknown(),
  /** Who has decided it. */
  origin: oneOf(...settingLevels),
});
export type WeakerSetting = Static<typeof WeakerSetting>;

/** An identity provider in use whose last certificate ends within 30 days, or has ended: then the provider has to be told of another (C4). */
export const EndingCertificate = closed({
  providerId: Id,
  name: Type.String(),
  endsAt: Instant,
  /** Whole days that are left; below zero it has ended. */
  days: Type.Integer(),
});
export type EndingCertificate = Static<typeof EndingCertificate>;

/**
 * A key of an export account that is taken although who brought it, or who confirmed its fingerprint, is no active user of the account
 * any more (I4). It goes on being taken until somebody replaces or revokes it.
 */
export const LeftKey = closed({
  exportAccountId: Id,
  /** Of the export account. */
  name: Type.String(),
  keyId: Id,
  /** What those did who have left. */
  left: Type.Array(oneOf('submitted', 'confirmed')),
});
export type LeftKey = Static<typeof LeftKey>;

export const SelfCheck = closed({
  weaker: Type.Array(WeakerSetting),
  certificates: Type.Array(EndingCertificate),
  keys: Type.Array(LeftKey),
});
export type SelfCheck = Static<typeof SelfCheck>;

export const getSelfCheck = endpoint({
  id: 'self-check.getSelfCheck',
  method: 'GET',
  path: '/accounts/{accountId}/self-check',
  summary:
    'Every setting of the account and its channels that is weaker than its default, certificates of identity providers that end, and export keys whose bringer has left',
  access: { holding: 'settings.read' },
  params: closed({ accountId: Id }),
  status: 200,
  response: SelfCheck,
});
