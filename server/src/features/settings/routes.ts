import {
  changeSettings as changeSettingsEndpoint,
  confirmNetworks as confirmNetworksEndpoint,
  getNetworkTrial,
  getSettings,
  revertNetworks as revertNetworksEndpoint,
  type SettingKey,
  type SettingOverrides,
} from '@samtal/contract/settings';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import { changeSettings, revertNetworks } from './change-settings.ts';
import { confirmNetworks, describeTrial } from './networks.ts';
import { presentSettings, refuseUnknownChannel } from './presenter.ts';

export interface SettingsParts {
  readonly database: Database;
  /** What is wrong with values that fit their schemas. Asked before anything is changed, because it may take a while. */
  readonly judge: (
    account: string,
    set: SettingOverrides,
  ) => Promise<readonly { readonly place: string; readonly problem: string }[]>;
  /** Told when an account may be worked in from elsewhere than before: sockets from other addresses, or of frames, must go. */
  readonly whereChanged: (account: string) => void;
}

const whereKeys = ['signin.networks', 'signin.network-exception', 'embedding.origins'];

function isAboutWhere({ set, unset }: { set: object; unset: readonly SettingKey[] }): boolean {
  const touched = [...Object.keys(set), ...unset];
  return whereKeys.some((key) => touched.includes(key));
}

export function settingsRoutes(http: HttpServer, { database, judge, whereChanged }: SettingsParts): void {
  http.serve(getSettings, async ({ caller: { accountId }, query }) =>
    database.read(accountId, async (tx) => await presentSettings(tx, accountId, query.channelId ?? null)),
  );

  http.serve(changeSettingsEndpoint, async ({ caller: { accountId, actor }, body }) => {
    const problems = await judge(accountId, body.set);
    const fields = problems.map(({ place, problem }) => ({ pointer: `/body/set/${place}`, problem }));
    if (fields.length > 0) throw new Refusal('request.invalid', { fields });
    return await database.transaction(accountId, async (tx) => {
      if (isAboutWhere(body)) tx.afterCommit(() => whereChanged(accountId));
      await refuseUnknownChannel(tx, accountId, body.channelId);
      await changeSettings(tx, accountId, { ...body, by: actor });
      return await presentSettings(tx, accountId, body.channelId);
    });
  });

  http.serve(getNetworkTrial, async ({ caller }) =>
    database.read(caller.accountId, async (tx) => await describeTrial(tx, caller)),
  );

  http.serve(confirmNetworksEndpoint, async ({ caller }) => {
    await database.transaction(caller.accountId, async (tx) => await confirmNetworks(tx, caller));
    return undefined;
  });

  http.serve(revertNetworksEndpoint, async ({ caller }) => {
    await database.transaction(caller.accountId, async (tx) => {
      tx.afterCommit(() => whereChanged(caller.accountId));
      await revertNetworks(tx, caller);
    });
    return undefined;
  });
}
