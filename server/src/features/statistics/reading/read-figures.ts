import type { Scope } from '@samtal/contract/access';
import {
  subjects,
  type Figures,
  type FiguresQuery,
  type StatisticsSubject,
} from '@samtal/contract/statistics';
import type { ReadTx } from '../../../platform/database/index.ts';
import { readBaseRows } from './base-rows.ts';
import { coveredAgents } from './covered-agents.ts';
import { narrowed, type Narrowed } from './narrowed.ts';
import { judgePeriod } from './period.ts';
import { presentRows } from './present-rows.ts';
import { countedUntil, readUncounted } from './progress.ts';
import { readNames } from './read-names.ts';
import { readParameters } from './read-parameters.ts';

/** Where somebody may see statistics; or whose own they are, wherever they come from. */
export type Viewer = { readonly scopes: readonly Scope[] } | { readonly own: string };

/** So many rows are answered, and figures of so many places and periods put together for them; more are refused. */
const atMost = { rows: 10_000, figures: 200_000 };

export interface WantedFigures {
  readonly viewer: Viewer;
  readonly subject: StatisticsSubject;
  readonly query: FiguresQuery;
  /** What alone is looked at, whatever the query asks for. */
  readonly within?: Narrowed;
  /** What alone is answered of the measures of the subject. */
  readonly measures?: readonly string[];
}

/**
 * The figures of a subject, by period and by what was asked for: exactly what lies in the scopes of the viewer (B2). Refuses with
 * statistics.period and statistics.too-many.
 */
export async function readFigures(
  tx: ReadTx,
  account: string,
  { viewer, subject, query, within = {}, ...wanted }: WantedFigures,
): Promise<Figures> {
  const scopes = 'own' in viewer ? [{}] : viewer.scopes;
  const rows = await readBaseRows(tx, account, {
    subject,
    period: judgePeriod(subject, query),
    scopes,
    covered: await coveredAgents(tx, account, scopes),
    only: 'own' in viewer ? { ...narrowed(query, within), agent: [viewer.own] } : narrowed(query, within),
    atMost: subject === 'conversations' ? atMost.rows : atMost.figures,
  });
  const madeWith = {
    names: await readNames(tx, account, rows),
    parameters: await readParameters(tx, account),
  };
  return {
    subject,
    version: subjects[subject].version,
    countedUntil: (await countedUntil(tx, account))?.toISOString() ?? null,
    uncounted: await readUncounted(tx, account),
    rows: await presentRows(rows, { subject, query, madeWith, atMost: atMost.rows, ...wanted }),
  };
}
