import type { Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';

/** Whether somebody sees the statistics of the whole account: published files tell of all of it (B2, I3). */
export function seesWholeAccount(caller: Member): boolean {
  return scopesOf(caller, 'statistics.view').some((scope) =>
    Object.values(scope).every((values) => values === undefined),
  );
}
