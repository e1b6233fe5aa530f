export { admitVisitor, allowSiteOrigins, checkOrigin, openSite, sessionOf } from './admission.ts';
export {
  endVisitorSession,
  prolongVisitorSessions,
  visitorSessionStands,
  type VisitorSession,
} from './visitor-sessions.ts';
