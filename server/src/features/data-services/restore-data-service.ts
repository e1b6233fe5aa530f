import { DataServiceConfiguration } from '@samtal/contract/data-services';
import { restorer } from '../../platform/history/index.ts';
import { changeDataService } from './change-data-service.ts';
import { createDataService } from './create-data-service.ts';
import { lockDataService } from './queries.ts';

export const restoreDataService = restorer(
  DataServiceConfiguration,
  async (tx, caller, { objectId, body, note }) => {
    const there = await lockDataService(tx, caller.accountId, { id: objectId });
    if (there === null) return await createDataService(tx, caller, { service: body, id: objectId, note });
    const { key, ...changes } = body;
    await changeDataService(tx, caller, { key, changes, note });
  },
);
