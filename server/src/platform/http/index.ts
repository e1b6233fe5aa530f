export type { Anyone, CallerOf, Gate, HeldGrant, Member, SignedIn, Visitor } from './callers.ts';
export { contentPolicies } from './headers.ts';
export { found, problemOf, Refusal } from './refusal.ts';
export { anyone, HttpServer, sendProblem, type Call, type Handler } from './server.ts';
export { compileExact, type Validator } from './validation.ts';
