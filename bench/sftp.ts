import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPublicKey } from '../server/src/features/statistics-export/read-public-key.ts';
import { SftpSupervisor } from '../server/src/features/statistics-export/sftp/supervisor.ts';
import { externalAccess } from '../server/src/platform/database/index.ts';
import { createLog } from '../server/src/platform/log/index.ts';
import { testAccount } from '../server/test/accounts.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { testExportAccount, testExportKey } from '../server/test/export-accounts.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { OpenSsh, type SftpPlace } from './open-ssh.ts';

const mebibyte = 1_048_576;
const large = { files: 4, bytes: 64 * mebibyte };
/** A year and two weeks of hours: 100,000 files, as the export lays them out. */
const tree = { hours: 9_100, filesPerHour: 11 };
const small = Buffer.from('"period_start","period_end"\r\n');
const targets = { throughput: 1, listing: 2 };

/** Fetching and listing published files by SFTP, beside OpenSSH with the same files and the same client (I3). */
export const sftp: Benchmark = { name: 'sftp', run: measureSftp };

/** The same files on both sides: a row of the database for one, a file on the disk for the other. */
interface Files {
  readonly paths: readonly string[];
  readonly contentOf: (path: string) => Buffer;
}

interface Side {
  readonly place: SftpPlace;
  /** What the tree begins with. */
  readonly root: string;
}

interface Sides {
  readonly ours: Side;
  readonly theirs: Side;
}

async function measureSftp({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), 'samtal-bench-sftp-'));
  const found = await OpenSsh.find(join(directory, 'ssh'));
  if (!(found instanceof OpenSsh)) {
    await rm(directory, { recursive: true, force: true });
    console.log(`  skipped: there is no ${found.join(', no ')} on this machine`);
    return [];
  }
  const database = await startDurableDatabase();
  const { platform } = database;
  const supervisor = new SftpSupervisor({
    database: platform.database,
    keyring: platform.keyring,
    login: externalAccess(platform.url).sftp,
    log: createLog({ destination: process.stderr, level: 'warn', readable: true }),
    host: '127.0.0.1',
    port: 0,
  });
  try {
    supervisor.start();
    while (supervisor.port === null) await sleep(20);
    const { port } = supervisor;
    const theirs = await found.serve();
    const key = await found.publicKey();
    const prepare = async (name: string, files: Files): Promise<Sides> => {
      const userName = await publish(platform, key, files);
      await writeTree(join(directory, name), files);
      return {
        ours: { place: { port, userName }, root: '/Metrics' },
        theirs: { place: theirs, root: join(directory, name, 'Metrics') },
      };
    };
    const fetched = await prepare('large', largeFiles());
    const listed = await prepare('small', smallFiles());
    await platform.asOwner('analyze');
    return [
      await compareFetching(rounds, found, { sides: fetched, to: join(directory, 'fetched') }),
      await compareListing(rounds, found, listed),
    ];
  } finally {
    await supervisor.stop();
    await found.stop();
    await rm(directory, { recursive: true, force: true });
    await database.close();
  }
}

const largePaths = Array.from(
  { length: large.files },
  (_, at) => `Metrics/2026/11/${10 + at}/conversations-2026-11-${10 + at}.csv`,
);

function largeFiles(): Files {
  const contents = new Map(largePaths.map((path) => [path, randomBytes(large.bytes)]));
  return { paths: largePaths, contentOf: (path) => contents.get(path) ?? small };
}

function smallFiles(): Files {
  const paths = Array.from({ length: tree.hours }, (_, hour) => {
    const at = new Date(Date.UTC(2025, 10, 1, hour)).toISOString();
    const folder = `Metrics/${at.slice(0, 10).replaceAll('-', '/')}/${at.slice(11, 13)}`;
    return Array.from(
      { length: tree.filesPerHour },
      (_, file) => `${folder}/subject${file}-${at.slice(0, 13)}.csv`,
    );
  });
  return { paths: paths.flat(), contentOf: () => small };
}

/** For an account of its own; answers with the name that fetches them. */
async function publish(db: TestDatabase, key: string, { paths, contentOf }: Files): Promise<string> {
  const accountId = await testAccount(db);
  // Large ones one by one: a statement holds no gigabyte.
  const together = contentOf(paths[0] ?? '').length > mebibyte ? 1 : 2_000;
  for (let at = 0; at < paths.length; at += together) {
    const some = paths.slice(at, at + together);
    await db.asOwner(
      `insert into statistics_file (account_id, id, grain, period_start, subject, folder, name, content, size_bytes, sha256)
       select $1, id, 'hour', now(), 'queues', folder, name, content, length(content), sha256(content)
       from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[]) as given (id, folder, name, content)`,
      [
        accountId,
        some.map(() => randomUUID()),
        some.map((path) => dirname(path)),
        some.map((path) => basename(path)),
        some.map(contentOf),
      ],
    );
  }
  const { id, userName } = await testExportAccount(db, accountId);
  await testExportKey(db, { accountId, exportAccountId: id, blob: readPublicKey(key).blob });
  return userName;
}

async function writeTree(directory: string, { paths, contentOf }: Files): Promise<void> {
  for (const folder of new Set(paths.map((path) => dirname(path))))
    await mkdir(join(directory, folder), { recursive: true });
  for (const path of paths) await writeFile(join(directory, path), contentOf(path));
}

async function compareFetching(
  rounds: number,
  openSsh: OpenSsh,
  { sides, to }: { sides: Sides; to: string },
): Promise<Finding> {
  const digests = new Set<string>();
  const rateOf = async ({ place, root }: Side) => {
    await mkdir(to);
    const { seconds } = await openSsh.run(place, [`get -r ${root} ${to}`]);
    digests.add(await digestOf(to));
    await rm(to, { recursive: true });
    return (large.files * large.bytes) / mebibyte / seconds;
  };
  const rates = await inTurns(rounds, sides, rateOf, 'MiB/s');
  if (digests.size !== 1) throw new Error('Not everybody gave the same bytes');
  const ratio = spreadOf(rates.map(({ ours, theirs }) => ours / theirs));
  return {
    what: `${large.files} files of ${large.bytes / mebibyte} MiB are fetched by SFTP in one session, bytes per second, against OpenSSH`,
    measured: `${shown(ratio, 2)} of its speed`,
    target: `at least ${targets.throughput.toFixed(1)} of it`,
    met: ratio.median >= targets.throughput,
    from: described(rates, 0, 'MiB/s'),
  };
}

async function digestOf(folder: string): Promise<string> {
  const digest = createHash('sha256');
  for (const path of largePaths) digest.update(await readFile(join(folder, path)));
  return digest.digest('hex');
}

async function compareListing(rounds: number, openSsh: OpenSsh, sides: Sides): Promise<Finding> {
  const folders = [...new Set(smallFiles().paths.map((path) => dirname(path).slice('Metrics'.length)))];
  const counts = new Set<number>();
  const secondsOf = async ({ place, root }: Side) => {
    const lines = folders.map((folder) => `ls -l ${root}${folder}`);
    const { seconds, said } = await openSsh.run(place, lines);
    counts.add(said.split('\n').filter((line) => line.endsWith('.csv')).length);
    return seconds;
  };
  const took = await inTurns(rounds, sides, secondsOf, 's');
  const all = tree.hours * tree.filesPerHour;
  if (counts.size !== 1 || !counts.has(all)) throw new Error('Not everything was listed');
  const ratio = spreadOf(took.map(({ ours, theirs }) => ours / theirs));
  return {
    what: `${all} files in ${tree.hours} folders are listed by SFTP, against OpenSSH`,
    measured: `${shown(ratio, 2)} times as long`,
    target: `at most ${targets.listing} times`,
    met: ratio.median <= targets.listing,
    from: described(took, 1, 's'),
  };
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

/** One after the other, and every other time backwards: whatever else the machine does meets both. */
async function inTurns(
  rounds: number,
  { ours, theirs }: Sides,
  measure: (side: Side) => Promise<number>,
  unit: string,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await measure(round % 2 === 0 ? ours : theirs);
    const second = await measure(round % 2 === 0 ? theirs : ours);
    pairs.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first });
    console.log(`  ${described(pairs.slice(-1), 1, unit)}`);
  }
  return pairs;
}

function described(pairs: readonly Pair[], digits: number, unit: string): string {
  const of = (side: keyof Pair) => shown(spreadOf(pairs.map((pair) => pair[side])), digits);
  return `ours ${of('ours')} ${unit}, OpenSSH ${of('theirs')} ${unit}`;
}

if (import.meta.main) await runFromCommandLine([sftp]);
