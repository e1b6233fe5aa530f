import type { DataServiceParameters, DataServiceQuery } from '@samtal/contract/data-services';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';

const lengthMs = { hour: 3_600_000, day: 86_400_000 };

/**
 * From when to when a service is asked: what the caller says, or by the clock of the database the last hours or days that are over.
 * Refuses with data-services.too-long.
 */
export async function askedPeriod(
  tx: ReadTx,
  { period }: DataServiceQuery,
  { from = '', to = '' }: DataServiceParameters,
): Promise<{ from: string; to: string }> {
  if (period.kind === 'given') {
    const days = (Date.parse(to) - Date.parse(from)) / lengthMs.day;
    if (days > period.longestDays) throw new Refusal('data-services.too-long');
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  }
  const { rows } = await sql<{ now: Date }>`select moment() as now`.execute(tx.sql);
  const length = lengthMs[period.unit];
  const end = Math.floor((rows[0]?.now ?? new Date()).getTime() / length) * length;
  return { from: new Date(end - period.count * length).toISOString(), to: new Date(end).toISOString() };
}
