import { statisticsSubjects, type StatisticsSubject } from '@samtal/contract/statistics';

/** Which published files are listed, as it stands in the address. */
export interface FilesView {
  readonly of?: StatisticsSubject;
  readonly each?: 'hour' | 'day';
  /** A UTC day, `2026-11-26`. */
  readonly on?: string;
}

/** What an address says that is understood; the rest of it counts for nothing. */
export function readFilesView({ of, each, on }: Record<string, unknown>): FilesView {
  const subject = statisticsSubjects.find((name) => name === of);
  return {
    ...(subject === undefined ? {} : { of: subject }),
    ...(each === 'hour' || each === 'day' ? { each } : {}),
    ...(typeof on === 'string' && isDay(on) ? { on } : {}),
  };
}

/** What the server is asked for. */
export function filesFilter({ of, each, on }: FilesView) {
  return {
    ...(of === undefined ? {} : { subject: of }),
    ...(each === undefined ? {} : { grain: each }),
    ...(on === undefined
      ? {}
      : { from: new Date(on).toISOString(), to: new Date(Date.parse(on) + 86_400_000).toISOString() }),
  };
}

export function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}
