import {
  nodesChannel,
  Notifications,
  type Database,
  type DatabaseAccess,
} from './platform/database/index.ts';
import { AuditSealer, CheckpointKeeper } from './platform/audit/index.ts';
import { Fanout } from './platform/fanout/index.ts';
import { addressBehind, HttpServer } from './platform/http/index.ts';
import { Jobs } from './platform/jobs/index.ts';
import { ConversationKeys, type Keyring } from './platform/keys/index.ts';
import type { Log } from './platform/log/index.ts';
import { Outbound } from './platform/outbound/index.ts';
import { accessRoutes } from './features/access/routes.ts';
import { restoreGrant, restoreRole } from './features/access/index.ts';
import { restoreAccount } from './features/accounts/index.ts';
import { accountsRoutes } from './features/accounts/routes.ts';
import { apiKeyGate, apiKeysJobs } from './features/api-keys/index.ts';
import { apiKeysRoutes } from './features/api-keys/routes.ts';
import { ActivityLog } from './features/activity-log/index.ts';
import { activityLogRoutes } from './features/activity-log/routes.ts';
import { auditJobs, AuditStreamer, restoreDestination } from './features/audit/index.ts';
import { auditRoutes } from './features/audit/routes.ts';
import { restoreCannedReply } from './features/canned-replies/index.ts';
import { backupJobs, Backups } from './features/backup/index.ts';
import { cannedRepliesRoutes } from './features/canned-replies/routes.ts';
import {
  AgentsMasking,
  ConversationLog,
  Desk,
  PostQueue,
  recentTexts,
  releaseConversations,
  UnreadableConversations,
} from './features/conversations/index.ts';
import { conversationsRoutes } from './features/conversations/routes.ts';
import { idempotencyGate, idempotencyJobs } from './features/idempotency/index.ts';
import { Messenger } from './features/factors/index.ts';
import { keyJobs } from './features/keys/index.ts';
import { restoreDataService } from './features/data-services/index.ts';
import { dataServicesRoutes } from './features/data-services/routes.ts';
import { dataProtectionRoutes } from './features/data-protection/routes.ts';
import {
  federationJobs,
  federationPages,
  OidcClients,
  restoreProvider,
  SamlVerifier,
} from './features/federation/index.ts';
import { federationRoutes } from './features/federation/routes.ts';
import { historyRoutes } from './features/history/routes.ts';
import { mailJobs, MailSender } from './features/mail/index.ts';
import { mailRoutes } from './features/mail/routes.ts';
import { judgeSettings, Masker, RuleWorkers } from './features/masking/index.ts';
import { maskingRoutes } from './features/masking/routes.ts';
import { operatorAccessJobs } from './features/operator-access/index.ts';
import { operatorAccessRoutes } from './features/operator-access/routes.ts';
import { mediaJobs, type MediaStore, type ScannerAddress } from './features/media/index.ts';
import { mediaRoutes } from './features/media/routes.ts';
import { healthRoutes, metricsRoute } from './features/operations/index.ts';
import { provisioningRoutes } from './features/provisioning/routes.ts';
import { RateLimiter, rateLimitJobs, userPace } from './features/rate-limits/index.ts';
import { redactionJobs } from './features/redaction/index.ts';
import { pages } from './features/pages/index.ts';
import { Realtime } from './features/realtime/index.ts';
import { restoreQueue, Router, tellOfLeaving, Watch } from './features/routing/index.ts';
import { retentionJobs } from './features/retention/index.ts';
import { retentionRoutes } from './features/retention/routes.ts';
import { routingRoutes } from './features/routing/routes.ts';
import { searchRoutes } from './features/search/routes.ts';
import { selfCheckRoutes } from './features/self-check/routes.ts';
import { restoreSettings, settingsJobs } from './features/settings/index.ts';
import { settingsRoutes } from './features/settings/routes.ts';
import {
  admitMember,
  framersOf,
  livingSessions,
  signinGate,
  signinJobs,
  touchSession,
} from './features/signin/index.ts';
import { signinRoutes } from './features/signin/routes.ts';
import { restoreSite } from './features/sites/index.ts';
import { sitesRoutes } from './features/sites/routes.ts';
import { AccountTurns, statisticsJobs } from './features/statistics/index.ts';
import { statisticsRoutes } from './features/statistics/routes.ts';
import {
  restoreExportAccount,
  restoreExportKey,
  SftpSupervisor,
  statisticsExportJobs,
  type SftpPlace,
} from './features/statistics-export/index.ts';
import { statisticsExportRoutes } from './features/statistics-export/routes.ts';
import { subjectAccessRoutes } from './features/subject-access/routes.ts';
import { restoreUnit } from './features/units/index.ts';
import { restoreTicketKey, ticketsJobs } from './features/tickets/index.ts';
import { ticketsRoutes } from './features/tickets/routes.ts';
import { unitsRoutes } from './features/units/routes.ts';
import { LastActivity, userRestorer, usersJobs, type BeforeLeaving } from './features/users/index.ts';
import { usersRoutes } from './features/users/routes.ts';
import { visitorsJobs } from './features/visitors/index.ts';
import { visitorsRoutes } from './features/visitors/routes.ts';
import { admitVisitor, allowSiteOrigins, endVisitorSession } from './features/widget/index.ts';
import { widgetRoutes } from './features/widget/routes.ts';

export interface AppParts {
  readonly database: Database;
  /** For the connections that the pool does not give: notifications between nodes, and the job queue. */
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
  /** Where the files of conversations are, and what looks at them before they are kept: null for nothing. */
  readonly media: { readonly store: MediaStore; readonly scanner: ScannerAddress | null };
  readonly log: Log;
  /** Where backups are made unless a setting says otherwise. */
  readonly dataDir: string;
  /** Of the platform. */
  readonly version: string;
  readonly publicUrl: URL;
  readonly trustedProxies: readonly string[];
  /** Networks that are not public and may be reached all the same. */
  readonly outboundNetworks: readonly string[];
  /** Networks from which the metrics may be read; none: they are not there. */
  readonly metricsNetworks: readonly string[];
  readonly tls: { cert: Buffer; key: Buffer } | null;
  /** Where statistics are fetched by SFTP; null for nowhere. */
  readonly sftp: SftpPlace | null;
  /** Where this node keeps checkpoints of the audit trail, outside the database. */
  readonly checkpointDirectory: string;
  /** The public key of the site that the demo pages carry; null where there is no demo. */
  readonly demoSiteKey: () => Promise<string | null>;
}

/** Requests under way when a node stops have this long to be answered. */
const requestGraceMs = 3_000;

/** One node of the platform. */
export interface App {
  readonly http: HttpServer;
  /** Null where no SFTP is served. */
  readonly sftp: SftpSupervisor | null;
  /** Begins what works in the background, and listens. */
  start(at: { host: string; port: number }): Promise<void>;
  /** Sends clients elsewhere within the time, finishes what is under way, and ends. */
  stop(withinMs: number): Promise<void>;
}

/** Puts the platform together. Nothing listens, and nothing runs, before `start`. */
export async function buildApp(parts: AppParts): Promise<App> {
  const { database, access, keyring, media, log, publicUrl } = parts;
  const fanout = new Fanout();
  const notifications = new Notifications(access.login, nodesChannel, {
    line: (line) => fanout.receive(line),
    error: (error) => log.warn('notifications-disturbed', {}, error),
  });
  const keys = new ConversationKeys(keyring, { fanout });
  const unreadable = new UnreadableConversations(log);
  const entries = new ConversationLog(keys, fanout, unreadable);
  const posts = new PostQueue(database, entries);
  const rules = new RuleWorkers();
  const masker = new Masker({ database, rules, log });
  const agentsMasking = new AgentsMasking(database, masker);
  const visitors = { keys, keyring, log: entries };
  const desk = new Desk(entries, fanout, endVisitorSession);
  const router = new Router({ database, desk, fanout, log, unreadable });
  const watch = new Watch({ database, desk, router, fanout, log, unreadable });
  const sealer = new AuditSealer({ database, key: keyring.purposeKey('audit'), log });
  const activity = new ActivityLog({
    database,
    keyring,
    log,
    maskPath: async (account, channelId, path) =>
      (await masker.mask(account, { channelId, side: 'visitor' }, path)).text,
  });
  const outbound = new Outbound({ networks: parts.outboundNetworks });
  const streamer = new AuditStreamer({ database, keyring, outbound, log, hostName: publicUrl.hostname });
  const mailSender = new MailSender({
    database,
    keyring,
    keys,
    log: entries,
    outbound,
    publicUrl,
    logger: log,
  });
  const messenger = new Messenger({ database, keyring, outbound, publicUrl, log });
  const keeper = new CheckpointKeeper({
    database,
    keys: async () => ({ head: keyring.purposeKey('audit'), signing: await keyring.signingKey() }),
    directory: parts.checkpointDirectory,
    log,
  });
  const { dataDir, version } = parts;
  const backups = new Backups({ database, access, keyring, store: media.store, dataDir, version, log });
  const verifier = new SamlVerifier();
  const sftp =
    parts.sftp === null
      ? null
      : new SftpSupervisor({ database, keyring, login: access.sftp, log, ...parts.sftp });
  const beforeLeaving: BeforeLeaving = async (tx, account, userId) => {
    await releaseConversations(tx, desk, account, userId);
    await tellOfLeaving(tx, account, userId);
  };
  const oidcClients = new OidcClients({ outbound, keyring });
  const sessionsEnded = (ids: readonly string[]) => {
    for (const session of ids) fanout.announce({ kind: 'recheck', session });
  };
  const jobs = new Jobs(
    access.login,
    [
      ...signinJobs({ database }),
      ...usersJobs({
        database,
        beforeLeaving,
        mail: {
          isPossible: async () => await messenger.canMail(),
          send: async (to, values) => await messenger.mailed(to, { key: 'unused', values }),
        },
      }),
      ...settingsJobs({ database }),
      ...operatorAccessJobs({
        database,
        sessionsEnded,
        tell: (email, account) =>
          messenger.noticeLater(email, {
            key: 'operator-request',
            values: { account, page: new URL('/admin/operators', publicUrl).href },
          }),
      }),
      ...apiKeysJobs({ database }),
      ...rateLimitJobs({ database }),
      ...idempotencyJobs({ database }),
      ...federationJobs({
        database,
        mail: {
          isPossible: async () => await messenger.canMail(),
          send: async (to, values) => await messenger.mailed(to, { key: 'certificate-ends', values }),
        },
        claimMail: {
          isPossible: async () => await messenger.canMail(),
          send: async (to, values) => await messenger.mailed(to, { key: 'claim-refused', values }),
        },
      }),
      ...auditJobs({ database, keyring, checkpointDirectory: parts.checkpointDirectory, log }),
      ...retentionJobs({ database, keyring, keys, fanout, files: { store: media.store, log }, log }),
      ...redactionJobs({ database, log: entries, logger: log }),
      ...mailJobs({ database, keys, log }),
      ...mediaJobs({ database, store: media.store }),
      ...statisticsJobs({ database, log }),
      ...ticketsJobs({ database }),
      ...statisticsExportJobs({
        database,
        mail: {
          isPossible: async () => await messenger.canMail(),
          send: async (to, values) => await messenger.mailed(to, { key: 'export-key-left', values }),
        },
      }),
      ...visitorsJobs({ database, keys, keyring, log }),
      ...keyJobs({ database, keys, keyring, backups, log }),
      ...backupJobs({ backups, log }),
    ],
    log,
  );
  const sessions = {
    stands: async (id: string) =>
      await database.read('platform', async (tx) => (await livingSessions(tx, [id])).has(id)),
    use: async (id: string) =>
      await database.transaction('platform', async (tx) => await touchSession(tx, id)),
    member: admitMember,
  };

  const lastActivity = new LastActivity(database);
  const limiter = new RateLimiter({ database });
  const http = new HttpServer({
    log,
    trustedProxies: parts.trustedProxies,
    tls: parts.tls,
    publicUrl,
    gate: {
      ...signinGate({ database, publicUrl }),
      ...apiKeyGate({ database, limiter }),
      ...userPace({ database, limiter }),
      ...idempotencyGate({ database, keyring }),
      member: async (person, account) => {
        const member = await database.read(account, async (tx) => await admitMember(tx, person, account));
        if (member !== null && person.isAttended === true) await lastActivity.note(account, person.userId);
        return member;
      },
      visitor: async (request, siteKey, minutesAfterSession) =>
        await admitVisitor(database, request, { siteKey, minutesAfterSession }),
    },
  });
  const realtime = new Realtime({
    database,
    log: entries,
    posts,
    masker,
    agentsMasking,
    fanout,
    logger: log,
    publicUrl,
    sessions,
    activity,
    addressOf: addressBehind(parts.trustedProxies),
  });
  let draining = false;

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
  const turns = new AccountTurns(database);
  statisticsRoutes(http, { database, turns });
  dataServicesRoutes(http, { database, limiter, turns });
  auditRoutes(http, {
    database,
    keyring,
    outbound,
    hostName: publicUrl.hostname,
    checkpointDirectory: parts.checkpointDirectory,
  });
  mailRoutes(http, { database, keys, keyring, masking: agentsMasking });
  mediaRoutes(http, { database, keys, posts, masker, keyring, publicUrl, ...media });
  realtime.routes(http);
  allowSiteOrigins(http.fastify, database);
  widgetRoutes(http, { database, log: entries, desk, fanout, visitors, activity, masker });
  healthRoutes(http.fastify, { database, isDraining: () => draining });
  metricsRoute(http.fastify, { database, networks: parts.metricsNetworks });
  await pages(http.fastify, {
    publicUrl,
    demoSiteKey: parts.demoSiteKey,
    framersOf: async (accountId) =>
      await database.read('platform', async (tx) => await framersOf(tx, accountId)),
  });

  return {
    http,
    sftp,
    start: async (at) => {
      await notifications.open();
      fanout.attach(notifications);
      await jobs.start();
      sealer.start();
      keeper.start();
      streamer.start();
      mailSender.start();
      watch.start();
      await http.fastify.ready();
      realtime.start(http.fastify.server);
      await http.fastify.listen(at);
      sftp?.start();
    },
    stop: async (withinMs) => {
      draining = true;
      const sftpEnded = sftp?.stop();
      await realtime.stop(withinMs);
      await http.close(requestGraceMs);
      await sftpEnded;
      await watch.stop();
      await router.settle();
      await rules.stop();
      await verifier.stop();
      await activity.flush();
      await jobs.stop();
      await sealer.stop();
      await keeper.stop();
      await streamer.stop();
      await mailSender.stop();
      await messenger.settle();
      await notifications.close();
    },
  };
}
