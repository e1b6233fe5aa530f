export { admitVisitor, allowSiteOrigins, checkOrigin, openSite, sessionOf } from './admission.ts';
export { widgetRoutes } from './routes.ts';
export { prolongVisitorSessions, visitorSessionStands, type VisitorSession } from './visitor-sessions.ts';
