import { readFileSync } from 'node:fs';

/** The version of the platform that this is. */
export const { version: platformVersion } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };
