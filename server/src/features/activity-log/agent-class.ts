const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ['bot', /bot\b|crawler|spider|headless|curl\/|python|node\b/i],
  ['edge', /\bedg(?:e|a|ios)?\//i],
  ['opera', /\b(?:opr|opera)\b/i],
  ['samsung', /samsungbrowser\//i],
  ['firefox', /\b(?:firefox|fxios)\//i],
  ['chrome', /\b(?:chrome|crios|chromium)\//i],
  ['safari', /\bsafari\//i],
];

/**
 * The class of a browser by its `user-agent` (RFC 9110), such as `firefox phone`. The header itself tells one browser
 * from thousands, which is what fingerprints are made of; of a class there are millions.
 */
export function agentClass(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === '') return 'unknown';
  const browser = browsers.find(([, sign]) => sign.test(userAgent))?.[0] ?? 'other';
  if (browser === 'bot') return 'bot';
  const isTablet =
    /ipad|tablet/i.test(userAgent) || (/android/i.test(userAgent) && !/mobile/i.test(userAgent));
  const device = isTablet ? 'tablet' : /mobi|iphone/i.test(userAgent) ? 'phone' : 'desktop';
  return `${browser} ${device}`;
}
