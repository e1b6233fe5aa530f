/** Times, days and durations in the words of one language. Instants are RFC 3339 strings; durations are ms. */
export interface Formats {
  time(at: string | number): string;
  day(at: string | number): string;
  dateTime(at: string | number): string;
  /** Today: the time; otherwise the day. */
  short(at: string | number): string;
  /** The largest one or two units: `45s`, `12m`, `2h 5m`. */
  duration(ms: number): string;
  number(value: number): string;
  /** With at most two decimals, for means. */
  decimal(value: number): string;
  /** Of a share between 0 and 1, with at most one decimal: `82.5%`. */
  percent(share: number): string;
  /** Seconds in their two largest units: `4.2s`, `1m 24s`, `2h 5m`. */
  seconds(value: number): string;
  /** Of a UTC day, by any instant in it: `24 Nov`, whatever day it is here. */
  utcDay(at: string | number): string;
  /** `Tue 24 Nov`, of a UTC day. */
  utcWeekday(at: string | number): string;
  /** `Tuesday 24 November`, of a UTC day. */
  longUtcDay(at: string | number): string;
}

const dayMs = 86_400_000;

export function formatsOf(locale: string): Formats {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const dayAndYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const relativeDay = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const utcDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const utcWeekday = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  const longUtcDay = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  const unit = (name: string) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'narrow',
      maximumFractionDigits: 0,
    });
  const units = { second: unit('second'), minute: unit('minute'), hour: unit('hour'), day: unit('day') };
  const shortTime = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits: 1,
  });

  return {
    time: (at) => time.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    number: (value) => number.format(value),
    decimal: (value) => decimal.format(value),
    percent: (share) => percent.format(share),
    utcDay: (at) => utcDay.format(new Date(at)),
    utcWeekday: (at) => capitalised(utcWeekday.format(new Date(at)), locale),
    longUtcDay: (at) => capitalised(longUtcDay.format(new Date(at)), locale),
    seconds(value) {
      if (value < 10) return shortTime.format(value);
      const whole = Math.round(value);
      if (whole < 60) return units.second.format(whole);
      const minutes = Math.round(whole / 60);
      const of = (large: string, small: number, unit: 'second' | 'minute' | 'hour') =>
        small === 0 ? large : `${large} ${units[unit].format(small)}`;
      if (whole < 3600) return of(units.minute.format(Math.floor(whole / 60)), whole % 60, 'second');
      if (minutes < 48 * 60) return of(units.hour.format(Math.floor(minutes / 60)), minutes % 60, 'minute');
      const hours = Math.round(minutes / 60);
      return of(units.day.format(Math.floor(hours / 24)), hours % 24, 'hour');
    },
    short: (at) => (daysAgo(at) === 0 ? time.format(new Date(at)) : shortDay.format(new Date(at))),
    day(at) {
      const ago = daysAgo(at);
      if (ago === 0 || ago === 1) return capitalised(relativeDay.format(-ago, 'day'), locale);
      return capitalised((ago > 180 ? dayAndYear : day).format(new Date(at)), locale);
    },
    duration(ms) {
      const seconds = Math.max(0, Math.floor(ms / 1000));
      if (seconds < 60) return units.second.format(seconds);
      if (seconds < 3600) return units.minute.format(Math.floor(seconds / 60));
      const hours = Math.floor(seconds / 3600);
      if (hours >= 48) return units.day.format(Math.floor(hours / 24));
      return `${units.hour.format(hours)} ${units.minute.format(Math.floor((seconds % 3600) / 60))}`;
    },
  };
}

/**
 * The browser’s own variant of a language where it has one: its users expect their region’s clock and dates.
 * NOTE: browsers have been seen to list tags that `Intl` throws on, such as `en-US@posix`.
 */
export function regionalLocale(locale: string, languages: readonly string[]): string {
  const language = locale.split('-')[0]?.toLowerCase();
  const isTag = (tag: string) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag);
  return languages.find((tag) => isTag(tag) && tag.split('-')[0]?.toLowerCase() === language) ?? locale;
}

/** The name of a language in the words of another, as it begins a line. */
export function languageName(tag: string, inLocale: string): string {
  return capitalised(new Intl.DisplayNames([inLocale], { type: 'language' }).of(tag) ?? tag, inLocale);
}

/** Calendar days between now and then, by this machine’s clock and time zone. */
function daysAgo(at: string | number): number {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((start(new Date()) - start(new Date(at))) / dayMs);
}

function capitalised(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
