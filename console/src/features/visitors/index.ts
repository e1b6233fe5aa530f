export { ProfileFacts } from './profile-facts.tsx';
export { findByAttributesQuery, useAttributes } from './queries.ts';
