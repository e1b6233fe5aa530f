import {
  compileMasking,
  configurationOf,
  previewedTexts,
  type Masked,
  type MaskingConfiguration,
  type MaskingOverrides,
  type MaskingKey,
  type MaskingPreview,
  type PreviewReason,
  type Side,
} from '@samtal/contract/masking';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import type { Scope } from '@samtal/contract/access';
import type { SettingValues } from '@samtal/contract/settings';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { readDraftedSettings } from '../settings/index.ts';
import type { RuleWorkers } from './rule-workers.ts';

/** A message or note as it is stored. */
export interface StoredText {
  readonly conversationId: string;
  readonly caseId: string;
  readonly channelId: string | null;
  readonly audience: 'public' | 'internal';
  readonly seq: number;
  readonly at: string;
  readonly by: Side;
  readonly text: string;
}

export interface PreviewParts {
  readonly database: Database;
  readonly rules: RuleWorkers;
  /** The newest texts in these scopes, of one channel where that is given. */
  readonly recentTexts: (
    tx: ReadTx,
    account: string,
    wanted: { readonly scopes: readonly Scope[]; readonly channelId: string | null; readonly limit: number },
  ) => Promise<{ readonly texts: readonly StoredText[]; readonly unreadable: number }>;
}

export interface MaskingDraft {
  readonly channelId: string | null;
  readonly set: MaskingOverrides;
  readonly unset: readonly MaskingKey[];
}

/**
 * What a draft, whose rules have been judged, would have masked in the newest texts that the caller may read. On the audit
 * trail are the reason's word, counts, and whose conversations were shown. Refuses with access.forbidden who may read no
 * transcripts, and with request.invalid a rule that turns out too slow.
 */
export async function previewMasking(
  { database, rules, recentTexts }: PreviewParts,
  member: Member,
  { draft, reason }: { draft: MaskingDraft; reason: PreviewReason },
): Promise<MaskingPreview> {
  const { accountId, actor } = member;
  const scopes = scopesOf(member, 'conversations.read');
  if (scopes.length === 0) throw new Refusal('access.forbidden');
  const { texts, unreadable, settings } = await database.read(accountId, async (tx) => {
    const { channelId } = draft;
    const recent = await recentTexts(tx, accountId, { scopes, channelId, limit: previewedTexts });
    const channels = new Set(recent.texts.map((text) => text.channelId));
    const bySite = new Map<string | null, SettingValues>();
    for (const each of channels)
      bySite.set(each, await readDraftedSettings(tx, accountId, { channelId: each, draft }));
    return { ...recent, settings: bySite };
  });
  const items: MaskingPreview['items'] = [];
  for (const { channelId, text, ...stored } of texts) {
    const values = settings.get(channelId);
    if (values === undefined) continue;
    // One after the other, so that what people post meanwhile has its turn between them.
    const masked = await maskedBy(rules, accountId, configurationOf(values, stored.by), text);
    if (masked.spans.length === 0) continue;
    items.push({
      ...stored,
      text: masked.text,
      masked: masked.spans.map(({ left, kind, ruleId }) => ({ ...left, kind, ruleId })),
    });
  }
  await database.transaction(accountId, async (tx) => {
    await recordAudit(tx, accountId, {
      action: 'masking.previewed',
      actor,
      details: {
        reason,
        looked: texts.length,
        found: items.reduce((sum, { masked }) => sum + masked.length, 0),
        shown: [...new Set(items.map(({ conversationId }) => conversationId))],
      },
    });
  });
  return { looked: texts.length, unreadable, items };
}

async function maskedBy(
  rules: RuleWorkers,
  account: string,
  configuration: MaskingConfiguration,
  text: string,
): Promise<Masked> {
  if (configuration.rules.length === 0)
    return compileMasking(configuration, { patterns: null, isPhoneNumber, now: () => 0 }).mask(text);
  const masked = await rules.mask(account, configuration, text);
  if (masked !== null && masked.failedClosedAt === null) return masked;
  throw new Refusal('request.invalid', {
    fields: [{ pointer: '/body/set/masking.rules', problem: 'too-slow' }],
  });
}
