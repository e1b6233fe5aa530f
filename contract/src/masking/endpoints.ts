import { audiences } from '../conversations/streams.ts';
import { endpoint } from '../endpoint/index.ts';
import { NewestVersion, Reason } from '../history/change.ts';
import { SettingState } from '../settings/index.ts';
import { settings, type SettingOverrides } from '../settings/registry.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { maskingKeys, type MaskingKey } from './configuration-of.ts';

const account = { accountId: Id };

/** What a level says about masking: only what is set there. */
export type MaskingOverrides = Pick<SettingOverrides, MaskingKey>;
const MaskingOverrides = Type.Unsafe<MaskingOverrides>(
  closed(Object.fromEntries(maskingKeys.map((key) => [key, Type.Optional(settings[key].schema)]))),
);

/** A change that is not published: of a channel (today a site is one), or with null of the account. */
const draft = {
  channelId: nullable(Id),
  set: MaskingOverrides,
  unset: Type.Array(oneOf(...maskingKeys), { uniqueItems: true }),
};

export const MaskingState = closed({
  channelId: nullable(Id),
  /** Of all that this level says, other settings included. Give it back when publishing. */
  version: NewestVersion,
  settings: Type.Array(SettingState),
  /** Ids of rules that are not used any more because they were too slow three times, until their pattern changes. */
  stopped: Type.Array(Type.String()),
});
export type MaskingState = Static<typeof MaskingState>;

export const getMasking = endpoint({
  id: 'masking.getMasking',
  method: 'GET',
  path: '/accounts/{accountId}/masking',
  summary:
    'What is masked in the account or a channel, where each value comes from, and which rules were stopped',
  access: { holding: 'settings.read' },
  params: closed(account),
  query: closed({ channelId: Type.Optional(Id) }),
  status: 200,
  response: MaskingState,
  errors: ['not-found'],
});

export const publishMasking = endpoint({
  id: 'masking.publishMasking',
  method: 'PATCH',
  path: '/accounts/{accountId}/masking',
  summary: 'Publish a draft of what is masked, as a version of the settings',
  description:
    'Rules are judged before: one that does not compile, is too large or too slow is refused, and the field says which and ' +
    'why. `version` is the one the draft was made from, as with any change of settings.',
  access: { holding: 'masking.manage' },
  sensitive: true,
  params: closed(account),
  body: closed({
    ...draft,
    version: Type.Integer({ minimum: 0 }),
    reason: Type.String({ ...Reason, minLength: 1, pattern: '\\S' }),
  }),
  status: 200,
  response: MaskingState,
  errors: ['history.changed-meanwhile', 'settings.wrong-level', 'not-found'],
});

/** How many of the newest messages and notes a preview looks at. */
export const previewedTexts = 200;

/** Why somebody previews a draft on what people wrote. Words of a closed list, so that they can stand in the audit trail. */
export const previewReasons = ['before-publishing', 'too-little-masked', 'too-much-masked'] as const;
export type PreviewReason = (typeof previewReasons)[number];

export const PreviewedText = closed({
  conversationId: Id,
  caseId: Type.String(),
  audience: oneOf(...audiences),
  seq: Type.Integer(),
  at: Instant,
  by: oneOf('visitor', 'agent'),
  /** Masked by the draft; what was masked when it was written is masked anyway. */
  text: Type.String(),
  /** What the draft masks in it, as places in `text`. */
  masked: Type.Array(
    closed({
      start: Type.Integer(),
      end: Type.Integer(),
      kind: Type.String(),
      /** The rule that found it; null for everything else. */
      ruleId: nullable(Type.String()),
    }),
  ),
});
export type PreviewedText = Static<typeof PreviewedText>;

export const MaskingPreview = closed({
  /** How many texts were looked at. */
  looked: Type.Integer(),
  /** How many of them could not be opened: damaged, or erased at this moment. */
  unreadable: Type.Integer(),
  /** Those alone in which the draft masks something, newest first. */
  items: Type.Array(PreviewedText),
});
export type MaskingPreview = Static<typeof MaskingPreview>;

export const previewMasking = endpoint({
  id: 'masking.previewMasking',
  method: 'POST',
  path: '/accounts/{accountId}/masking/preview',
  summary: 'What a draft would have masked in the newest messages and notes that you may read',
  description:
    `Looks at up to ${previewedTexts} texts, within your scopes of conversations.read, and shows what was changed only. Texts ` +
    'are stored masked, so nobody can see what a draft would mask less. That it was previewed is audited with its reason, the ' +
    'counts and the conversations that were shown; neither texts nor rules are.',
  access: { holding: 'masking.manage' },
  sensitive: true,
  params: closed(account),
  body: closed({ ...draft, reason: oneOf(...previewReasons) }),
  status: 200,
  response: MaskingPreview,
  errors: ['access.forbidden', 'not-found'],
});
