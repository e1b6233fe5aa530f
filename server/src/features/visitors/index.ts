export { declaredAttributes } from './declared-attributes.ts';
export { findConversationsByAttribute } from './find-by-attribute.ts';
export { visitorsJobs } from './jobs.ts';
export { maskAttributes, type MaskedAttributes } from './mask-attributes.ts';
export { readProfile } from './read-profile.ts';
export { setAttributes } from './set-attributes.ts';
export type { VisitorsParts } from './visitors-parts.ts';
