import type { Tables } from '../../platform/database/index.ts';

/** What a proof is given for, and in what: it is good for nothing else (ASVS 6.6.2). */
export interface Binding {
  readonly userId: string;
  readonly purpose: Exclude<Tables['one_time_code']['purpose'], 'renewal-link'>;
  /** A session, an attempt to sign in, or a renewal. */
  readonly boundTo: string;
}
