import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { isLoopback } from '../config.ts';
import { countSecretsFrom } from '../features/api-keys/index.ts';
import { listSets } from '../features/backup/index.ts';
import { readEndingCertificates } from '../features/federation/index.ts';
import { forEachAccount, readDue } from '../features/retention/index.ts';
import {
  findPackageFaults,
  findWeakerSettings,
  judgeInstallation,
  readDatabaseFacts,
  readInstalledPackages,
  RegistryError,
  weakerOfInstallation,
  type Finding,
  type InstallationFacts,
} from '../features/self-check/index.ts';
import { readInstallationSettings, readInstallationVersions } from '../features/settings/index.ts';
import { countTicketKeysFrom } from '../features/tickets/index.ts';
import type { Database } from '../platform/database/index.ts';
import { Outbound, OutboundError } from '../platform/outbound/index.ts';
import { CommandError, optional, type Command } from './command.ts';
import { findAccount } from './find-account.ts';
import { findingsText, type Weaker } from './self-check-text.ts';
import { withPlatform } from './with-platform.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;

export const selfCheckCommand: Command = {
  name: 'self-check',
  summary:
    'Say what weakens this installation, why that matters and what to do. Fails when something is serious',
  help: [
    ['--account <id or name>', 'The settings of this account as well'],
    [
      '--registry <url>',
      'Ask this npm registry which installed packages have known faults: it is told names and versions',
    ],
  ],
  options: { account: { type: 'string' }, registry: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { database } = platform;
      const findings = [
        ...judgeInstallation(await readFacts(config, database)),
        ...(await packageFaults(config, optional(values, 'registry'))),
      ];
      const { body = {} } = (await database.read('platform', readInstallationVersions))[0] ?? {};
      const weaker: Weaker[] = weakerOfInstallation(body).map((each) => ({
        ...each,
        of: null,
      }));
      if (optional(values, 'account') !== undefined) {
        const { id, name } = await findAccount(platform, values);
        const found = await database.read(id, async (tx) => await findWeakerSettings(tx, id));
        const own = found.filter(({ origin }) => origin !== 'installation');
        weaker.push(
          ...own.map(({ key, value, usual, channel }) => ({ key, value, usual, of: channel?.name ?? name })),
        );
      }
      const failed = findings.some(({ level }) => level === 'serious');
      return { text: findingsText(findings, weaker), json: { findings, weaker }, failed };
    }),
};

async function readFacts(config: Config, database: Database): Promise<InstallationFacts> {
  const { settings, facts } = await database.read('platform', async (tx) => ({
    settings: await readInstallationSettings(tx),
    facts: await readDatabaseFacts(tx),
  }));
  const { dataDir, publicUrl, databaseUrl, keyringUrl } = config;
  const sets = await listSets(settings['backup.directory'] ?? join(dataDir, 'backups'));
  return {
    ...facts,
    now: new Date(),
    publicUrl,
    isLocal: isLoopback(publicUrl.hostname.replaceAll(/[[\]]/g, '')),
    demo: config.demo,
    firstRunFile: await exists(join(dataDir, 'first-run.json')),
    dataDirectoryMode: (await stat(dataDir)).mode & 0o777,
    keyringBesideData: keyringUrl === null && databaseUrl === null,
    mailServer: settings['mail.smtp-host'] !== null,
    scanner: config.clamdUrl !== null,
    backupRecipients: settings['backup.recipients'].length,
    identityFile: await exists(join(dataDir, 'backup-identity.txt')),
    newestBackup: sets.at(-1)?.at ?? null,
    retentionLateMs: await retentionLateMs(database),
    certificatesEnding: await certificatesEnding(database),
    oldKeys: await oldKeys(database),
  };
}

/** What the registry says of the packages that run here; nothing where nobody asked for it. */
async function packageFaults(config: Config, registry: string | undefined): Promise<Finding[]> {
  if (registry === undefined) return [];
  if (!URL.canParse(registry))
    throw new CommandError('--registry is no address, such as https://npm.example.org');
  const packages = await readInstalledPackages();
  if (packages === null)
    throw new CommandError('npm has left no list of what is installed: node_modules/.package-lock.json');
  try {
    const outbound = new Outbound({ networks: config.outboundNetworks });
    return await findPackageFaults(outbound, new URL(registry), packages);
  } catch (error) {
    if (error instanceof OutboundError)
      throw new CommandError(
        `The registry cannot be asked (${error.code}). Its network may have to stand in SAMTAL_OUTBOUND_NETWORKS`,
      );
    if (error instanceof RegistryError)
      throw new CommandError(`The registry cannot be asked. ${error.message}`);
    throw error;
  }
}

/** How many keys of programs and of sites, in all accounts, have been the same for more than a year. */
async function oldKeys(database: Database): Promise<number> {
  const before = new Date(Date.now() - yearMs);
  let count = 0;
  await forEachAccount(database, async (account) => {
    count += await database.read(
      account,
      async (tx) =>
        (await countSecretsFrom(tx, account, before)) + (await countTicketKeysFrom(tx, account, before)),
    );
  });
  return count;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Of how many identity providers, in all accounts, the last certificate ends soon or has ended. */
async function certificatesEnding(database: Database): Promise<number> {
  let count = 0;
  await forEachAccount(database, async (account) => {
    count += (await database.read(account, async (tx) => await readEndingCertificates(tx, account))).length;
  });
  return count;
}

/** The longest that something is kept beyond its time, in any account. */
async function retentionLateMs(database: Database): Promise<number> {
  const times: number[] = [];
  await forEachAccount(database, async (account) => {
    const due = await database.read(account, async (tx) => await readDue(tx, account));
    times.push(...due.flatMap(({ oldestDueAt }) => (oldestDueAt === null ? [] : [Date.parse(oldestDueAt)])));
  });
  return times.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...times));
}
