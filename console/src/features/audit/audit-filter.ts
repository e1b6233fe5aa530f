/** What the list is narrowed to, as the API takes it. */
export interface AuditFilter {
  readonly from?: string;
  readonly until?: string;
  readonly action?: string;
  readonly actorId?: string;
  readonly subjectId?: string;
}

/** Somebody or something that the list is narrowed to, with the name to show. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What stands in the filter’s fields. Empty means any; days are `YYYY-MM-DD` in this machine’s time zone. */
export interface AuditFields {
  readonly from: string;
  readonly until: string;
  readonly feature: string;
  readonly actor: Named | null;
  readonly subject: Named | null;
}

export const emptyFields: AuditFields = { from: '', until: '', feature: '', actor: null, subject: null };

/** The last day counts in full. */
export function filterOf({ from, until, feature, actor, subject }: AuditFields): AuditFilter {
  return {
    ...(from === '' ? {} : { from: startOfDay(from, 0) }),
    ...(until === '' ? {} : { until: startOfDay(until, 1) }),
    ...(feature === '' ? {} : { action: feature }),
    ...(actor === null ? {} : { actorId: actor.id }),
    ...(subject === null ? {} : { subjectId: subject.id }),
  };
}

export function isEmpty(fields: AuditFields): boolean {
  return Object.keys(filterOf(fields)).length === 0;
}

function startOfDay(day: string, plusDays: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + plusDays).toISOString();
}
