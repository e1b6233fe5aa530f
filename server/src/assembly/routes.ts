import type { HttpServer } from '../platform/http/index.ts';
import { restoreGrant, restoreRole } from '../features/access/index.ts';
import { accessRoutes } from '../features/access/routes.ts';
import { restoreAccount } from '../features/accounts/index.ts';
import { accountsRoutes } from '../features/accounts/routes.ts';
import { activityLogRoutes } from '../features/activity-log/routes.ts';
import { apiKeysRoutes } from '../features/api-keys/routes.ts';
import { restoreDestination } from '../features/audit/index.ts';
import { auditRoutes } from '../features/audit/routes.ts';
import { restoreCannedReply } from '../features/canned-replies/index.ts';
import { cannedRepliesRoutes } from '../features/canned-replies/routes.ts';
import { recentTexts } from '../features/conversations/index.ts';
import { conversationsRoutes } from '../features/conversations/routes.ts';
import { dataProtectionRoutes } from '../features/data-protection/routes.ts';
import { restoreDataService } from '../features/data-services/index.ts';
import { dataServicesRoutes } from '../features/data-services/routes.ts';
import { federationPages, restoreProvider } from '../features/federation/index.ts';
import { federationRoutes } from '../features/federation/routes.ts';
import { historyRoutes } from '../features/history/routes.ts';
import { mailRoutes } from '../features/mail/routes.ts';
import { judgeSettings } from '../features/masking/index.ts';
import { maskingRoutes } from '../features/masking/routes.ts';
import { mediaRoutes } from '../features/media/routes.ts';
import { healthRoutes, metricsRoute } from '../features/operations/index.ts';
import { operatorAccessRoutes } from '../features/operator-access/routes.ts';
import { pages, sendConsole } from '../features/pages/index.ts';
import { provisioningRoutes } from '../features/provisioning/routes.ts';
import type { Realtime } from '../features/realtime/index.ts';
import { retentionRoutes } from '../features/retention/routes.ts';
import { restoreQueue } from '../features/routing/index.ts';
import { routingRoutes } from '../features/routing/routes.ts';
import { searchRoutes } from '../features/search/routes.ts';
import { selfCheckRoutes } from '../features/self-check/routes.ts';
import { restoreSettings } from '../features/settings/index.ts';
import { settingsRoutes } from '../features/settings/routes.ts';
import { framersOf } from '../features/signin/index.ts';
import { signinRoutes } from '../features/signin/routes.ts';
import { restoreSite } from '../features/sites/index.ts';
import { sitesRoutes } from '../features/sites/routes.ts';
import { restoreExportAccount, restoreExportKey } from '../features/statistics-export/index.ts';
import { statisticsExportRoutes } from '../features/statistics-export/routes.ts';
import { statisticsRoutes } from '../features/statistics/routes.ts';
import { subjectAccessRoutes } from '../features/subject-access/routes.ts';
import { restoreTicketKey } from '../features/tickets/index.ts';
import { ticketsRoutes } from '../features/tickets/routes.ts';
import { restoreUnit } from '../features/units/index.ts';
import { unitsRoutes } from '../features/units/routes.ts';
import { userRestorer } from '../features/users/index.ts';
import { usersRoutes } from '../features/users/routes.ts';
import { visitorsRoutes } from '../features/visitors/routes.ts';
import { allowSiteOrigins } from '../features/widget/index.ts';
import { widgetRoutes } from '../features/widget/routes.ts';
import type { Services } from './services.ts';

/** Serves everything that the platform answers, and its pages. */
export async function serveRoutes(
  http: HttpServer,
  services: Services,
  { realtime, isDraining }: { realtime: Realtime; isDraining: () => boolean },
): Promise<void> {
  const {
    database,
    keyring,
    media,
    log,
    publicUrl,
    checkpointDirectory,
    version,
    fanout,
    keys,
    entries,
    posts,
    rules,
    masker,
    agentsMasking,
    visitors,
    desk,
    activity,
    outbound,
    messenger,
    verifier,
    sftp,
    beforeLeaving,
    oidcClients,
    sessionsEnded,
    limiter,
    turns,
    metricsNetworks,
    trustedProxies,
    demoSiteKey,
  } = services;
  signinRoutes(http, {
    database,
    keyring,
    publicUrl,
    messenger,
    sessionsEnded,
  });
  federationRoutes(http, { database, keyring, publicUrl, oidcClients });
  await federationPages(http.fastify, {
    database,
    keyring,
    publicUrl,
    verifier,
    oidcClients,
    sessionsEnded,
  });
  accountsRoutes(http, { database });
  usersRoutes(http, { database, beforeLeaving });
  provisioningRoutes(http, { database, publicUrl, beforeLeaving });
  const judge = async (account: string, set: Readonly<Record<string, unknown>>) =>
    await judgeSettings(rules, account, set);
  settingsRoutes(http, {
    database,
    judge,
    whereChanged: (account) => fanout.announce({ kind: 'recheck-account', account }),
  });
  maskingRoutes(http, {
    database,
    rules,
    recentTexts: async (tx, account, wanted) => {
      const { texts, unreadable } = await recentTexts(tx, entries, account, wanted);
      return {
        texts: texts.map(({ entry, ...place }) => ({
          ...place,
          seq: entry.seq,
          at: entry.at,
          by: entry.actor.kind === 'visitor' ? 'visitor' : 'agent',
          text: entry.body.text,
        })),
        unreadable,
      };
    },
  });
  historyRoutes(http, {
    database,
    judges: { settings: judge },
    restorers: {
      settings: restoreSettings,
      account: restoreAccount,
      site: restoreSite,
      queue: restoreQueue,
      unit: restoreUnit,
      role: restoreRole,
      grant: restoreGrant,
      user: userRestorer(beforeLeaving),
      'canned-reply': restoreCannedReply,
      'audit-destination': restoreDestination,
      'identity-provider': restoreProvider,
      'ticket-key': restoreTicketKey,
      'export-account': restoreExportAccount,
      'export-key': restoreExportKey,
      'data-service': restoreDataService,
    },
  });
  dataProtectionRoutes(http, { database, version, filesScanned: media.scanner !== null });
  selfCheckRoutes(http, { database });
  accessRoutes(http, { database });
  operatorAccessRoutes(http, { database, keyring, publicUrl, sessionsEnded });
  apiKeysRoutes(http, { database, limiter });
  sitesRoutes(http, { database });
  ticketsRoutes(http, { database, keyring });
  unitsRoutes(http, { database });
  statisticsExportRoutes(http, {
    database,
    keyring,
    messenger,
    hostName: publicUrl.hostname,
    sftpPort: () => sftp?.port ?? null,
  });
  routingRoutes(http, { database, fanout });
  cannedRepliesRoutes(http, { database });
  activityLogRoutes(http, { database, keyring });
  conversationsRoutes(http, { database, log: entries, posts, desk, masking: agentsMasking });
  retentionRoutes(http, { database, keyring, keys, fanout, files: { store: media.store, log } });
  visitorsRoutes(http, { database, ...visitors });
  subjectAccessRoutes(http, { database, store: media.store, ...visitors });
  searchRoutes(http, { database, log: entries });
  statisticsRoutes(http, { database, turns });
  dataServicesRoutes(http, { database, limiter, turns });
  auditRoutes(http, {
    database,
    keyring,
    outbound,
    hostName: publicUrl.hostname,
    checkpointDirectory,
  });
  mailRoutes(http, { database, keys, keyring, masking: agentsMasking });
  mediaRoutes(http, { database, keys, posts, masker, keyring, publicUrl, ...media });
  realtime.routes(http);
  allowSiteOrigins(http.fastify, database);
  widgetRoutes(http, { database, log: entries, desk, fanout, visitors, activity, masker });
  healthRoutes(http.fastify, { database, isDraining });
  metricsRoute(http.fastify, {
    database,
    log,
    networks: metricsNetworks,
    trustedProxies,
    refuse: sendConsole,
  });
  await pages(http.fastify, {
    publicUrl,
    demoSiteKey,
    framersOf: async (accountId) =>
      await database.read('platform', async (tx) => await framersOf(tx, accountId)),
  });
}
