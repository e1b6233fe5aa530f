/** In what somebody signed in, in the words that are kept of it. */
export interface Device {
  readonly device: 'web' | 'mobile';
  /** Null where it is none that is known. */
  readonly browser: string | null;
  readonly system: string | null;
}

// In this order: several call themselves what others are as well.
const browsers: readonly [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\b(Macintosh|Mac OS X)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];
const mobile = /\b(Mobi|Mobile|Android|iPhone|iPad|iPod|Tablet)\b/;

/**
 * What a browser says that it is (RFC 9110, 10.1.5). Anybody can say anything: it names sessions and tells phones from
 * desktops for honest people. A tablet that passes for a desktop counts as one.
 */
export function deviceOf(userAgent: string | undefined): Device {
  const said = (userAgent ?? '').slice(0, 500);
  const named = (words: readonly [RegExp, string][]) =>
    words.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  return {
    device: mobile.test(said) ? 'mobile' : 'web',
    browser: named(browsers),
    system: named(systems),
  };
}
