import { isPeriod, type Grain, type Period } from './period.ts';

/** What a page of figures is about, as it stands in the address: whoever is given the address sees the same. */
export interface View {
  readonly period?: Period;
  readonly grain?: Grain;
  readonly queue?: string;
  readonly site?: string;
  readonly agent?: string;
  /** The metric that is drawn. */
  readonly metric?: string;
  /** Only where the period before is not drawn beside it. */
  readonly compare?: false;
  /** Only where figures stand in a table in place of the chart. */
  readonly table?: true;
  /** Only where the table has all metrics, and not the main ones. */
  readonly all?: true;
}

const id = /^[0-9a-f-]{36}$/;

/** What an address says that is understood; the rest of it counts for nothing. */
export function readView(search: Record<string, unknown>): View {
  const { period, grain, metric, compare, table, all } = search;
  const ids = (['queue', 'site', 'agent'] as const).flatMap((name) => {
    const value = search[name];
    return typeof value === 'string' && id.test(value) ? [[name, value] as const] : [];
  });
  return {
    ...(isPeriod(period) ? { period } : {}),
    ...(grain === 'hour' || grain === 'day' ? { grain } : {}),
    ...Object.fromEntries(ids),
    ...(typeof metric === 'string' && /^[a-z0-9_]{1,60}$/.test(metric) ? { metric } : {}),
    ...(compare === false ? { compare } : {}),
    ...(table === true ? { table } : {}),
    ...(all === true ? { all } : {}),
  };
}

/** The view without these. */
export function without(view: View, ...gone: readonly (keyof View)[]): View {
  return Object.fromEntries(Object.entries(view).filter(([name]) => !gone.some((each) => each === name)));
}
