import type { DatabaseFacts } from './queries.ts';

/** What an installation is like, as far as it matters to how well it is protected. Durations in ms. */
export interface InstallationFacts extends DatabaseFacts {
  readonly now: Date;
  readonly publicUrl: URL;
  /** Whether only this machine can reach it. */
  readonly isLocal: boolean;
  readonly demo: boolean;
  /** Whether the file with the demo’s passwords is still there. */
  readonly firstRunFile: boolean;
  /** Permission bits of the data directory. */
  readonly dataDirectoryMode: number;
  readonly keyringBesideData: boolean;
  readonly mailServer: boolean;
  readonly scanner: boolean;
  readonly backupRecipients: number;
  /** Whether the secret that opens backups lies in the data directory. */
  readonly identityFile: boolean;
  readonly newestBackup: Date | null;
  /** The longest that something is kept beyond its time. */
  readonly retentionLateMs: number;
  /** Of how many identity providers the last certificate ends within 30 days, or has ended. */
  readonly certificatesEnding: number;
  /** How many keys of programs and of sites have been the same for more than a year. */
  readonly oldKeys: number;
}

export interface Finding {
  readonly code: string;
  /** `serious`: data is or may soon be lost, kept too long or open to others. `notice`: it may be meant so. */
  readonly level: 'serious' | 'notice';
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

const hourMs = 3_600_000;
const limits = {
  clockMs: 5_000,
  backupMs: 26 * hourMs,
  rotationMs: 2 * hourMs,
  retentionMs: hourMs,
  statisticsMs: hourMs / 4,
};

interface Rule {
  readonly level: Finding['level'] | ((facts: InstallationFacts) => Finding['level']);
  /** What is amiss, or null when all is well. */
  finds(facts: InstallationFacts): string | null;
  readonly why: string;
  readonly todo: string;
}

const unlessLocal = ({ isLocal }: InstallationFacts) => (isLocal ? 'notice' : 'serious');
const when = (is: boolean, what: string) => (is ? what : null);
const hours = (ms: number) => `${Math.floor(ms / hourMs)} hours`;

/** What is looked at, in the order in which it is said. */
const rules: Readonly<Record<string, Rule>> = {
  'no-tls': {
    level: unlessLocal,
    finds: ({ publicUrl }) =>
      when(publicUrl.protocol !== 'https:', `People reach it at ${publicUrl.origin}, without TLS`),
    why: 'Whoever is on the way can read and change everything. On this machine alone that is nobody else.',
    todo: 'Set SAMTAL_PUBLIC_URL to an https address, and SAMTAL_TLS_CERT with SAMTAL_TLS_KEY or SAMTAL_TRUSTED_PROXIES.',
  },
  'data-directory-open': {
    level: 'serious',
    finds: ({ dataDirectoryMode }) =>
      when((dataDirectoryMode & 0o077) !== 0, 'Other users of this machine may enter the data directory'),
    why: 'Database, keyring and logs lie in it.',
    todo: 'chmod 700 on SAMTAL_DATA_DIR.',
  },
  'not-durable': {
    level: 'serious',
    finds: ({ notDurable }) =>
      when(notDurable.length > 0, `The database runs with ${notDurable.join(', ')} off`),
    why: 'What was acknowledged may be lost, or damaged without anybody noticing, when the machine stops.',
    todo: 'Switch them on in the configuration of PostgreSQL.',
  },
  'clock-drift': {
    level: 'serious',
    finds: ({ clockAheadMs }) =>
      when(
        Math.abs(clockAheadMs) > limits.clockMs,
        `The clocks of this machine and of the database are ${Math.round(Math.abs(clockAheadMs) / 1000)} seconds apart`,
      ),
    why: 'Sessions, offers, deletion and the audit trail go by the time.',
    todo: 'Let both machines take their time from the same source.',
  },
  demo: {
    level: unlessLocal,
    finds: ({ demo }) => when(demo, 'An empty installation is filled with a demo account'),
    why: 'Its people have passwords that stand in a file, and its site is open to anybody.',
    todo: 'Set SAMTAL_DEMO=off, and suspend the demo account: samtal accounts suspend.',
  },
  'first-run-file': {
    level: unlessLocal,
    finds: ({ firstRunFile }) => when(firstRunFile, 'first-run.json is still in the data directory'),
    why: 'It holds passwords in the clear.',
    todo: 'Sign in, change the passwords, and delete it.',
  },
  'keyring-beside-data': {
    level: 'notice',
    finds: ({ keyringBesideData }) => when(keyringBesideData, 'The keyring lies beside the database'),
    why: 'Whoever copies the data directory has the keys as well.',
    todo: 'Give the keyring a place of its own: SAMTAL_KEYRING_URL. At least never copy both to the same place.',
  },
  'no-backup-recipients': {
    level: 'notice',
    finds: ({ backupRecipients }) => when(backupRecipients === 0, 'Backups are for no recipients of yours'),
    why: 'The key that opens them was made on this machine, and may have been copied from it.',
    todo: 'samtal settings set --key backup.recipients, with public keys of age whose secrets are elsewhere.',
  },
  'backup-identity': {
    level: 'notice',
    finds: ({ identityFile }) => when(identityFile, 'backup-identity.txt is still in the data directory'),
    why: 'Whoever takes this machine can open the backups; and if it burns, nobody can.',
    todo: 'Copy it to a safe place, and delete it here.',
  },
  'backup-late': {
    level: 'serious',
    finds: ({ now, newestBackup, since }) => {
      const from = newestBackup ?? since;
      if (from === null || now.getTime() - from.getTime() < limits.backupMs) return null;
      const ago = hours(now.getTime() - from.getTime());
      return newestBackup === null ? `There is no backup after ${ago}` : `The newest backup is ${ago} old`;
    },
    why: 'What was written since is lost with the disk.',
    todo: 'See why in the log (backup-failed), and make one now: samtal backup.',
  },
  'retention-late': {
    level: 'serious',
    finds: ({ retentionLateMs }) =>
      when(
        retentionLateMs > limits.retentionMs,
        `Something has been kept for ${hours(retentionLateMs)} beyond its time`,
      ),
    why: 'Accounts have promised to delete it.',
    todo: 'See that a server runs, and what its log says (retention-late).',
  },
  'rotation-late': {
    level: 'serious',
    finds: ({ now, rotationDueSince }) => {
      const lateMs = rotationDueSince === null ? 0 : now.getTime() - rotationDueSince.getTime();
      return when(
        lateMs > limits.rotationMs,
        `The key of something erased ${hours(lateMs)} ago is still there`,
      );
    },
    why: 'Old copies of the database can be read with it.',
    todo: 'samtal keys rotate; then see that a server runs, and what its log says.',
  },
  'statistics-failing': {
    level: 'serious',
    finds: ({ now, statisticsFailing: failing }) => {
      if (failing === null || now.getTime() - failing.since.getTime() < limits.statisticsMs) return null;
      const { accounts } = failing;
      return `Statistics of ${accounts === 1 ? 'an account' : `${accounts} accounts`} have had hours, days or files that cannot be made for ${hours(now.getTime() - failing.since.getTime())}`;
    },
    why: 'Figures and files of that time are missing, and so are later files of agents.',
    todo: 'See why in the log (statistics-hour-not-counted, statistics-day-not-counted, statistics-file-not-published), and docs/subsystems/statistics.md; then samtal statistics rebuild.',
  },
  'certificate-ends': {
    level: 'notice',
    finds: ({ certificatesEnding: count }) =>
      when(
        count > 0,
        `The certificates of ${count === 1 ? 'an identity provider' : `${count} identity providers`} of accounts end within 30 days, or have ended`,
      ),
    why: 'When the provider changes to another one that is not known here, its people cannot sign in.',
    todo: 'Administrators of those accounts add the next one in the console: Identity providers.',
  },
  'key-old': {
    level: 'notice',
    finds: ({ oldKeys: count }) =>
      when(
        count > 0,
        `${count === 1 ? 'A key of a program or a site has' : `${count} keys of programs and sites have`} been the same for more than a year`,
      ),
    why: 'The longer a key is in use, the more people and copies have had it.',
    todo: 'Administrators of those accounts replace them in the console: API keys, and Tickets of a site. Both count for a while.',
  },
  'no-mail': {
    level: 'notice',
    finds: ({ mailServer }) => when(!mailServer, 'No mail server is set up'),
    why: 'Nobody is told by mail that somebody waits, and nothing can be forwarded.',
    todo: 'See docs/operations/mail.md, if you want mail.',
  },
  'no-scanner': {
    level: 'notice',
    finds: ({ scanner }) => when(!scanner, 'Files are not looked through for malware'),
    why: 'A file that a visitor sends may harm the agent who opens it.',
    todo: 'Set SAMTAL_CLAMD_URL, if accounts let files be sent.',
  },
};

/** Every rule’s code. */
export const findingCodes = Object.keys(rules);

/** What is amiss with an installation (K5), in a fixed order. */
export function judgeInstallation(facts: InstallationFacts): Finding[] {
  return Object.entries(rules).flatMap(([code, { level, finds, why, todo }]) => {
    const what = finds(facts);
    if (what === null) return [];
    return [{ code, level: typeof level === 'function' ? level(facts) : level, what, why, todo }];
  });
}
