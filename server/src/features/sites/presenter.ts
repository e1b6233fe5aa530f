import type { Site } from '@samtal/contract/sites';
import type { StoredSite } from './queries.ts';

export function presentSite({ createdAt, ...site }: StoredSite): Site {
  return { ...site, createdAt: createdAt.toISOString() };
}
