import { fileNameHeader } from '@samtal/contract/media/types';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Database } from '../../platform/database/index.ts';
import { anyone, Refusal, sendProblem, type Visitor } from '../../platform/http/index.ts';
import { siteByKey, type SiteForVisitors } from '../sites/index.ts';
import { findVisitorSession, type VisitorSession } from './visitor-sessions.ts';

/** The site with this key. Refuses with not-found when there is none or its account is suspended. */
export async function openSite(database: Database, siteKey: string): Promise<SiteForVisitors> {
  const site = await database.read('platform', async (tx) => await siteByKey(tx, siteKey));
  if (site === null) throw new Refusal('not-found');
  return site;
}

/**
 * Whether a page of this origin may talk for the site. Browsers send no Origin with plain reads of the same origin;
 * with everything that writes, and with sockets, they do, and then it must be one of the site's.
 */
export function checkOrigin(site: SiteForVisitors, origin: string | null, reading: boolean): void {
  if (origin === null ? reading : site.origins.includes(origin)) return;
  throw new Refusal('request.origin');
}

/** The visitor whose session the request carries as a bearer token (RFC 6750); it may have ended so many minutes ago. */
export async function admitVisitor(
  database: Database,
  request: FastifyRequest,
  { siteKey, minutesAfterSession }: { siteKey: string; minutesAfterSession: number },
): Promise<Visitor> {
  const site = await openSite(database, siteKey);
  const caller = anyone(request);
  checkOrigin(site, caller.origin, request.method === 'GET');
  const token = visitorTokenOf(request);
  const session = token === null ? null : await sessionOf(database, site, { token, minutesAfterSession });
  if (session === null) throw new Refusal('visitors.session-ended');
  return { ...caller, accountId: site.accountId, visitorId: session.visitorId, siteId: site.siteId };
}

/** The token that a visitor's request carries (RFC 6750); null for none. */
export function visitorTokenOf(request: FastifyRequest): string | null {
  return /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

export async function sessionOf(
  database: Database,
  site: SiteForVisitors,
  credential: { token: string; minutesAfterSession?: number },
): Promise<VisitorSession | null> {
  return await database.read(site.accountId, async (tx) => await findVisitorSession(tx, site, credential));
}

/**
 * Cross-origin requests (Fetch standard): pages on a site's own origins may read the answers of the widget's endpoints,
 * pages anywhere else may not. No cookies are involved, so credentials are never allowed.
 */
export function allowSiteOrigins(fastify: FastifyInstance, database: Database): void {
  const siteKeyOf = (url: string) => /^\/api\/v1\/widget\/([A-Za-z0-9]{20})(?:[/?]|$)/.exec(url)?.[1] ?? null;
  fastify.addHook('onRequest', async (request, reply) => {
    const siteKey = siteKeyOf(request.url);
    if (siteKey === null) return;
    void reply.header('vary', 'origin').header('cross-origin-resource-policy', 'cross-origin');
    const { origin } = anyone(request);
    if (origin === null) return;
    const site = await database.read('platform', async (tx) => await siteByKey(tx, siteKey));
    if (site?.origins.includes(origin) === true) void reply.header('access-control-allow-origin', origin);
  });
  fastify.options('/api/v1/widget/*', async (request, reply) => {
    if (reply.getHeader('access-control-allow-origin') === undefined) {
      return sendProblem(reply, new Refusal('request.origin'), request.id);
    }
    return reply
      .status(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, DELETE')
      .header('access-control-allow-headers', `authorization, content-type, ${fileNameHeader}`)
      .header('access-control-max-age', '600')
      .send();
  });
}
