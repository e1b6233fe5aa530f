export { admitVisitor, allowSiteOrigins, checkOrigin, openSite, sessionOf } from './admission.ts';
export {
  deleteVisitorSession,
  prolongVisitorSessions,
  visitorSessionStands,
  type VisitorSession,
} from './visitor-sessions.ts';
