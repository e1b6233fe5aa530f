import { UnitConfiguration } from '@samtal/contract/units';
import { restorer } from '../../platform/history/index.ts';
import { actorOf } from '../access/index.ts';
import { changeUnit } from './change-unit.ts';
import { createUnit } from './create-unit.ts';
import { readUnit } from './queries.ts';

export const restoreUnit = restorer(UnitConfiguration, async (tx, giver, { objectId, body, note }) => {
  const { accountId } = giver;
  const { kind: _same, ...changes } = body;
  if ((await readUnit(tx, accountId, objectId)) !== null) {
    await changeUnit(tx, accountId, { giver, unitId: objectId, changes, note });
  } else {
    await createUnit(tx, accountId, { actor: actorOf(giver), unit: { ...body, id: objectId }, note });
  }
});
