import type { BaseMeasures, StatisticsSubject } from '@samtal/contract/statistics';

/** A fact as it is counted. Times are milliseconds since 1970. */
export interface CountedFact {
  readonly at: number;
  readonly kind: string;
  readonly conversationId: string | null;
  readonly queueId: string | null;
  readonly siteId: string | null;
  readonly agentId: string | null;
  readonly value: number | null;
  readonly outcome: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** What stands open at a moment: agents who are there, and the conversations that agents are in. */
export interface Carried {
  readonly agents: readonly { agentId: string; state: 'available' | 'away'; limit: number }[];
  readonly conversations: readonly {
    conversationId: string;
    agentId: string;
    queueId: string | null;
    siteId: string | null;
  }[];
}

/** Where a figure belongs. */
export interface FigurePlace {
  readonly queueId: string | null;
  readonly siteId: string | null;
  readonly agentId: string | null;
}

export interface Figure extends FigurePlace {
  readonly subject: StatisticsSubject;
  readonly base: BaseMeasures;
}

export const nothingCarried: Carried = { agents: [], conversations: [] };

/** Figures that are being put together. */
export class FigureTable {
  readonly #rows = new Map<
    string,
    FigurePlace & { subject: StatisticsSubject; base: Record<string, number | number[]> }
  >();

  add(subject: StatisticsSubject, place: FigurePlace, measures: Readonly<Record<string, number>>): void {
    const base = this.#base(subject, place);
    for (const [name, by] of Object.entries(measures)) {
      const known = base[name];
      base[name] = (typeof known === 'number' ? known : 0) + by;
    }
  }

  list(
    subject: StatisticsSubject,
    place: FigurePlace,
    measures: Readonly<Record<string, readonly number[]>>,
  ): void {
    const base = this.#base(subject, place);
    for (const [name, values] of Object.entries(measures)) {
      const known = base[name];
      if (Array.isArray(known)) for (const value of values) known.push(value);
      else base[name] = [...values];
    }
  }

  /** In an order that does not depend on how they came to be. */
  all(): Figure[] {
    const rows = [...this.#rows.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return rows.map(([, { base, ...row }]) => ({
      ...row,
      base: Object.fromEntries(
        Object.entries(base)
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, value]) => [
            name,
            typeof value === 'number' ? value : value.toSorted((one, other) => one - other),
          ]),
      ),
    }));
  }

  #base(
    subject: StatisticsSubject,
    { queueId, siteId, agentId }: FigurePlace,
  ): Record<string, number | number[]> {
    const key = [subject, queueId, siteId, agentId].join(' ');
    const row = this.#rows.get(key) ?? { subject, queueId, siteId, agentId, base: {} };
    this.#rows.set(key, row);
    return row.base;
  }
}
