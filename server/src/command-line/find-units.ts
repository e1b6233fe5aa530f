import type { Tx } from '../platform/database/index.ts';
import { CommandError } from './command.ts';

/** The ids of the regions and teams that these words name: their names, where those are clear, or ids. */
export async function findUnits(tx: Tx, accountId: string, words: readonly string[]): Promise<string[]> {
  const units = await tx.sql
    .selectFrom('unit')
    .select(['id', 'name'])
    .where('account_id', '=', accountId)
    .execute();
  return words.map((word) => {
    const folded = word.trim().toLowerCase();
    const [first, ...others] = units.filter(({ id, name }) => [id, name.toLowerCase()].includes(folded));
    if (first === undefined)
      throw new CommandError(`The account has no region and no team “${word}”. Say its name or its id`);
    if (others.length === 0) return first.id;
    const ids = [first, ...others].map(({ id }) => id).join(', ');
    throw new CommandError(`Several regions or teams are called “${word}”. Say which by its id: ${ids}`);
  });
}
