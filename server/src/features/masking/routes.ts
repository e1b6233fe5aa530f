import {
  getMasking,
  maskingKeys,
  previewMasking as previewMaskingEndpoint,
  publishMasking,
  type MaskingOverrides,
  type MaskingState,
} from '@samtal/contract/masking';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import { changeSettings, presentSettings, readSettings, refuseUnknownChannel } from '../settings/index.ts';
import { judgeSettings } from './judge-settings.ts';
import { previewMasking, type PreviewParts } from './preview-masking.ts';
import { readDisabledRules } from './strikes.ts';

export function maskingRoutes(http: HttpServer, parts: PreviewParts): void {
  const { database, rules } = parts;
  const refuseUnfit = async (account: string, set: MaskingOverrides) => {
    const problems = await judgeSettings(rules, account, set);
    const fields = problems.map(({ place, problem }) => ({ pointer: `/body/set/${place}`, problem }));
    if (fields.length > 0) throw new Refusal('request.invalid', { fields });
  };

  http.serve(
    getMasking,
    async ({ caller: { accountId }, query }) =>
      await database.read(accountId, async (tx) => await present(tx, accountId, query.channelId ?? null)),
  );

  http.serve(publishMasking, async ({ caller: { accountId, actor }, body }) => {
    await refuseUnfit(accountId, body.set);
    return await database.transaction(accountId, async (tx) => {
      await refuseUnknownChannel(tx, accountId, body.channelId);
      await changeSettings(tx, accountId, { ...body, by: actor });
      return await present(tx, accountId, body.channelId);
    });
  });

  http.serve(previewMaskingEndpoint, async ({ caller, body: { reason, ...draft } }) => {
    const { accountId } = caller;
    await database.read(accountId, async (tx) => await refuseUnknownChannel(tx, accountId, draft.channelId));
    await refuseUnfit(accountId, draft.set);
    return await previewMasking(parts, caller, { draft, reason });
  });
}

async function present(tx: ReadTx, account: string, channelId: string | null): Promise<MaskingState> {
  const state = await presentSettings(tx, account, channelId, maskingKeys);
  const isDisabled = await readDisabledRules(tx, account);
  const { 'masking.rules': standing } = await readSettings(tx, account, channelId);
  return { ...state, stopped: standing.filter(isDisabled).map(({ id }) => id) };
}
