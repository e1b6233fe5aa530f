import { AuditSealer, CheckpointKeeper } from '../platform/audit/index.ts';
import { nodesChannel, Notifications } from '../platform/database/index.ts';
import { Fanout } from '../platform/fanout/index.ts';
import { ConversationKeys } from '../platform/keys/index.ts';
import { Outbound } from '../platform/outbound/index.ts';
import { ActivityLog } from '../features/activity-log/index.ts';
import { AuditStreamer } from '../features/audit/index.ts';
import { Backups } from '../features/backup/index.ts';
import {
  AgentsMasking,
  ConversationLog,
  Desk,
  PostQueue,
  releaseConversations,
  UnreadableConversations,
} from '../features/conversations/index.ts';
import { Messenger } from '../features/factors/index.ts';
import { OidcClients, SamlVerifier } from '../features/federation/index.ts';
import { MailSender } from '../features/mail/index.ts';
import { Masker, RuleWorkers } from '../features/masking/index.ts';
import { RateLimiter } from '../features/rate-limits/index.ts';
import { Router, tellOfLeaving, Watch } from '../features/routing/index.ts';
import { SftpSupervisor } from '../features/statistics-export/index.ts';
import { AccountTurns } from '../features/statistics/index.ts';
import type { BeforeLeaving } from '../features/users/index.ts';
import { endVisitorSession } from '../features/widget/index.ts';
import type { AppParts } from './parts.ts';

/** What the features of one node share. Nothing listens, and nothing runs, before it is started. */
export function makeServices(parts: AppParts) {
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
  const limiter = new RateLimiter({ database });
  const turns = new AccountTurns(database);
  return {
    ...parts,
    fanout,
    notifications,
    keys,
    entries,
    posts,
    rules,
    masker,
    agentsMasking,
    visitors,
    desk,
    router,
    watch,
    sealer,
    activity,
    outbound,
    streamer,
    mailSender,
    messenger,
    keeper,
    backups,
    verifier,
    beforeLeaving,
    oidcClients,
    sessionsEnded,
    sftp,
    limiter,
    turns,
  };
}

/** What `makeServices` answers with: one of each for a node. */
export type Services = ReturnType<typeof makeServices>;
