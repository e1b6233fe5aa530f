export type {
  Gate,
  HeldGrant,
  Member,
  MemberActor,
  NeededElevation,
  OnceRequest,
  SignedIn,
  SignedInMember,
  Visitor,
} from './callers.ts';
export type { Download } from './download.ts';
export type { FileBody } from './file-body.ts';
export { consoleFramedBy, contentPolicies } from './headers.ts';
export { keepPace, type Pace } from './pace.ts';
export { found, Refusal, unlessRefused } from './refusal.ts';
export { addressBehind, anyone, HttpServer, sendProblem } from './server.ts';
export { compileExact } from './validation.ts';
