import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** When a key ends: when somebody asks for it to, within what the account allows; else as late as it allows. */
export async function endOfKey(tx: Tx, accountId: string, asked: string | undefined): Promise<Date> {
  const days = (await readSettings(tx, accountId))['api.key-days'];
  const latest = Date.now() + days * dayMs;
  if (asked === undefined) return new Date(latest);
  const end = new Date(asked).getTime();
  // A page that asks for the last day there is was opened a while ago, or in the evening of that day.
  if (Number.isNaN(end) || end <= Date.now() || end > latest + dayMs) throw new Refusal('api-keys.lifetime');
  return new Date(Math.min(end, latest));
}
