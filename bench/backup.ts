import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownPair, readIdentities } from '../server/src/features/backup/recipients.ts';
import { makeBackup } from '../server/src/features/backup/make-backup.ts';
import { restoreBackup } from '../server/src/features/backup/restore-backup.ts';
import { diskStore } from '../server/src/features/media/index.ts';
import { externalAccess, readSnapshot } from '../server/src/platform/database/index.ts';
import { testAccount } from '../server/test/accounts.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { seedResolved } from './seed-resolved.ts';

const run = promisify(execFile);
/** Two full buckets. */
const size = { conversations: 8_192, entriesEach: 24 };

/** How fast a backup is made and restored, beside `psql | zstd | openssl` on the same database (K2). */
export const backup: Benchmark = { name: 'backup', run: measureBackup };

interface Seconds {
  readonly ours: number;
  readonly tools: number;
}

async function measureBackup({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'samtal-bench-backup-'));
  try {
    const db = database.platform;
    await seedResolved(db, await testAccount(db), size);
    const megabytes = (await sizeOf(db)) / 1e6;
    const { recipient, identityFile } = await ownPair(directory, () => undefined);
    const [recipients, identities] = [[recipient], await readIdentities(identityFile ?? '')];
    const access = externalAccess(db.url);
    const { keyring } = db;
    const store = diskStore(join(directory, 'media'));
    const tools = await Tools.prepare(db, directory);
    const made: Seconds[] = [];
    const sets: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const ours = async () => {
        const set = join(directory, `round-${round}`);
        const { path } = await makeBackup({
          access,
          keyring,
          store,
          directory: set,
          recipients,
          version: '0.0.0',
        });
        sets.push(path);
      };
      made.push(await inTurn(round, ours, async () => await tools.backUp()));
      console.log(`  made: ${described(made.at(-1), megabytes)}`);
    }
    // Nobody else may be connected while a database is restored.
    await db.close();
    const restored: Seconds[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const set = sets.at(-1) ?? '';
      const ours = async () => void (await restoreBackup({ access, keyring, store, set, identities }));
      restored.push(await inTurn(round, ours, async () => await tools.restore()));
      console.log(`  restored: ${described(restored.at(-1), megabytes)}`);
    }
    return [
      finding('a backup is made', made, megabytes),
      finding('a backup is checked and restored', restored, megabytes),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
    await database.close();
  }
}

function finding(what: string, seconds: readonly Seconds[], megabytes: number): Finding {
  const rate = (of: keyof Seconds) => shown(spreadOf(seconds.map((each) => megabytes / each[of])), 0);
  return {
    what: `${what}, against \`psql | zstd | openssl\``,
    measured: `${shown(spreadOf(seconds.map(({ ours, tools }) => tools / ours)), 2)} of its speed`,
    target: null,
    met: null,
    from: `${megabytes.toFixed(0)} MB of rows: ${rate('ours')} MB/s and ${rate('tools')} MB/s`,
  };
}

function described(seconds: Seconds | undefined, megabytes: number): string {
  if (seconds === undefined) return '';
  return `ours ${(megabytes / seconds.ours).toFixed(0)} MB/s, the tools ${(megabytes / seconds.tools).toFixed(0)} MB/s`;
}

/** One after the other, and every other time backwards: whatever else the machine does meets both. */
async function inTurn(
  round: number,
  ours: () => Promise<void>,
  tools: () => Promise<void>,
): Promise<Seconds> {
  const timed = async (work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  };
  if (round % 2 === 0) return { ours: await timed(ours), tools: await timed(tools) };
  const seconds = await timed(tools);
  return { ours: await timed(ours), tools: seconds };
}

/**
 * What an administrator would type. `pg_dump` refuses a server that is newer than itself, and a Debian has 15 or 17: `psql` writes
 * the same text of COPY, in one transaction as well, and is a stand-in for it.
 */
class Tools {
  readonly #url: string;
  readonly #directory: string;

  private constructor(url: string, directory: string) {
    this.#url = url;
    this.#directory = directory;
  }

  static async prepare(db: TestDatabase, directory: string): Promise<Tools> {
    for (const program of ['psql', 'zstd', 'openssl']) execFileSync('which', [program]);
    const { rows } = await db.asOwner<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'samtal'::regnamespace and relkind = 'r' and relname <> 'migration' order by relname`,
    );
    const names = rows.map(({ name }) => `samtal.${name}`);
    const script = [
      'begin isolation level repeatable read read only;',
      String.raw`\qecho 'set session_replication_role = replica;'`,
      String.raw`\qecho 'truncate ${names.join(', ')};'`,
      ...names.flatMap((name) => [
        String.raw`\qecho 'copy ${name} from stdin;'`,
        `copy ${name} to stdout;`,
        String.raw`\qecho '\\.'`,
      ]),
      'commit;',
    ].join('\n');
    await writeFile(join(directory, 'dump.sql'), `${script}\n`);
    await writeFile(join(directory, 'secret'), randomBytes(32).toString('hex'));
    return new Tools(db.url, directory);
  }

  async backUp(): Promise<void> {
    await this.#shell(
      `psql -qX -v ON_ERROR_STOP=1 -f dump.sql "$URL" | zstd -q -3 | openssl enc -aes-256-ctr -pbkdf2 -pass file:secret -out dump.enc && sync dump.enc`,
    );
  }

  async restore(): Promise<void> {
    await this.#shell(
      `openssl enc -d -aes-256-ctr -pbkdf2 -pass file:secret -in dump.enc | zstd -q -d | psql -qX1 -v ON_ERROR_STOP=1 -o /dev/null "$URL"`,
    );
  }

  async #shell(command: string): Promise<void> {
    await run('bash', ['-o', 'pipefail', '-c', command], {
      cwd: this.#directory,
      env: { ...process.env, URL: this.#url },
    });
  }
}

async function sizeOf({ url }: TestDatabase): Promise<number> {
  return await readSnapshot(externalAccess(url), async (snapshot) => {
    let sizeBytes = 0;
    for (const table of snapshot.tables)
      for await (const chunk of (await snapshot.rows(table)).bytes) sizeBytes += (chunk as Buffer).length;
    return sizeBytes;
  });
}

if (import.meta.main) await runFromCommandLine([backup]);
