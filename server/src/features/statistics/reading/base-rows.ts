import type { ReadTx } from '../../../platform/database/index.ts';
import type { BaseRow, Wanted } from './base-row.ts';
import { readConversationRows } from './conversation-rows.ts';
import { readFigureRows } from './figure-rows.ts';

/** What lies in the scopes. Refuses with statistics.too-many. */
export async function readBaseRows(tx: ReadTx, account: string, wanted: Wanted): Promise<BaseRow[]> {
  return wanted.subject === 'conversations'
    ? await readConversationRows(tx, account, wanted)
    : await readFigureRows(tx, account, wanted);
}
