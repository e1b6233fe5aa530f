import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getExportServer } from '@samtal/contract/statistics-export';
import { makeAccount, makePerson } from '../../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import {
  clientKey,
  publishTestFile,
  testExportAccount,
  testExportKey,
} from '../../../../test/export-accounts.ts';
import { startTestNode, type TestNode } from '../../../../test/node.ts';
import { programPath } from '../../../../test/programs.ts';

const files: Readonly<Record<string, Buffer>> = {
  'Metrics/2026/11/25/queues-2026-11-25.csv': Buffer.from('"a","b"\r\n"1","å"\r\n'),
  'Metrics/2026/11/26/agents-2026-11-26.csv': Buffer.from('"c"\r\n'),
  'Metrics/2026/11/26/07/agents-2026-11-26T07.csv': Buffer.alloc(0),
  // Several parts, the last of them short.
  'Metrics/2026/11/26/07/queues-2026-11-26T07.csv': randomBytes(3 * 1_048_576 + 17),
};
const has = (...names: string[]) => names.every((name) => programPath(name) !== null);

interface Ran {
  readonly exitCode: number;
  readonly output: string;
  readonly complaints: string;
}

/** Programs that customers fetch with, where they are on this machine; their keys and the key of the server are files, as there. */
describe('clients of SFTP that others wrote', { timeout: 120_000 }, () => {
  let db: TestDatabase;
  let node: TestNode;
  let directory: string;
  let userName: string;
  let port: number;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { sftp: { refusalMs: 10 } });
    const account = await makeAccount(db, { origin: node.url.origin });
    const admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    for (const [path, content] of Object.entries(files))
      await publishTestFile(db, { accountId: account.id, path, content });
    const exporter = await testExportAccount(db, account.id);
    ({ userName } = exporter);
    const key = clientKey();
    await testExportKey(db, { accountId: account.id, exportAccountId: exporter.id, blob: key.blob });
    directory = await mkdtemp(join(tmpdir(), 'samtal-test-clients-'));
    await writeFile(join(directory, 'key'), key.privateKey, { mode: 0o600 });
    await writeFile(join(directory, 'new.csv'), 'new');
    for (const until = Date.now() + 30_000; (node.app.sftp?.port ?? 0) === 0; await sleep(20))
      assert.ok(Date.now() < until, 'The server of SFTP does not listen');
    port = node.app.sftp?.port ?? 0;
    const { hostKey } = await admin.call(getExportServer, { params: { accountId: account.id } });
    await writeFile(join(directory, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey?.publicKey ?? ''}\n`);
  });
  after(async () => {
    await node.stop();
    await db.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ssh = () => {
    const options = [
      'IdentitiesOnly=yes',
      'BatchMode=yes',
      `UserKnownHostsFile=${join(directory, 'known_hosts')}`,
      'StrictHostKeyChecking=yes',
    ];
    return ['-F', '/dev/null', '-i', join(directory, 'key'), ...options.flatMap((each) => ['-o', each])];
  };

  async function run(program: string, given: readonly string[], input = ''): Promise<Ran> {
    return await new Promise((resolve, reject) => {
      const options = { timeout: 60_000, env: { PATH: process.env['PATH'], HOME: directory } };
      const running = execFile(program, [...given], options, (error, output, complaints) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode === 'number') resolve({ exitCode, output, complaints });
        else reject(error ?? new Error(`${program} was not run`));
      });
      running.stdin?.end(input);
    });
  }

  const sftp = async (lines: readonly string[]) =>
    await run(
      programPath('sftp') ?? '',
      [...ssh(), '-b', '-', '-P', String(port), `${userName}@127.0.0.1`],
      lines.join('\n'),
    );

  async function assertFetched(to: string): Promise<void> {
    const entries = await readdir(to, { recursive: true, withFileTypes: true });
    const found = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
    assert.deepEqual(
      found.map((path) => `Metrics/${relative(to, path)}`).toSorted(),
      Object.keys(files).toSorted(),
    );
    for (const path of found)
      assert.ok((await readFile(path)).equals(files[`Metrics/${relative(to, path)}`] ?? Buffer.of(0)), path);
  }

  it('OpenSSH fetches the tree, all bytes as they are', { skip: !has('sftp', 'ssh') }, async () => {
    const to = join(directory, 'by-openssh');
    await mkdir(to);
    // Twice to the same place, as a job does each hour.
    for (const time of ['first', 'second']) {
      await rm(join(to, 'Metrics/2026/11/26/agents-2026-11-26.csv'), { force: true });
      const { exitCode, complaints } = await sftp([`lcd ${to}`, 'get -pr Metrics']);
      assert.equal(exitCode, 0, `${time}: ${complaints}`);
      await assertFetched(join(to, 'Metrics'));
    }
    // A size that does not fit the parts: what is read across two of them is given whole. And with new keys on the way.
    const odd = join(directory, 'odd');
    const large = 'Metrics/2026/11/26/07/queues-2026-11-26T07.csv';
    const again = await run(programPath('sftp') ?? '', [
      ...ssh(),
      '-B',
      '100001',
      '-o',
      'RekeyLimit=1M',
      '-P',
      String(port),
      `${userName}@127.0.0.1:${large}`,
      odd,
    ]);
    assert.equal(again.exitCode, 0, again.complaints);
    assert.ok((await readFile(odd)).equals(files[large] ?? Buffer.of(0)));
  });

  it(
    'attack 62: OpenSSH puts, removes, makes, renames, changes and links nothing, and gets no further up',
    { skip: !has('sftp', 'ssh') },
    async () => {
      const there = 'Metrics/2026/11/26/agents-2026-11-26.csv';
      const refused = {
        [`put ${join(directory, 'new.csv')} Metrics/new.csv`]: /Metrics\/new\.csv": Permission denied/,
        [`put ${join(directory, 'new.csv')} ${there}`]: /agents-2026-11-26\.csv": Permission denied/,
        [`rm ${there}`]: /delete .*Permission denied/,
        'mkdir Metrics/new': /mkdir .*Permission denied/,
        'rmdir Metrics/2026': /rmdir .*Permission denied/,
        [`rename ${there} Metrics/other.csv`]: /rename .*Permission denied/,
        [`chmod 666 ${there}`]: /setstat .*Permission denied/,
        [`symlink /etc/passwd Metrics/link`]: /symlink .*Permission denied/,
        [`ln ${there} Metrics/hard`]: /does not support hardlink/,
        'cd ..': /realpath \/\.\.: No such file/,
        'ls /etc': /"\/etc" not found/,
        'get /etc/passwd': /"\/etc\/passwd" not found/,
        df: /does not support statvfs/,
      };
      const { complaints } = await sftp(Object.keys(refused).map((line) => `-${line}`));
      for (const [line, refusal] of Object.entries(refused)) assert.match(complaints, refusal, line);
      const { rows } = await db.asOwner<{ count: number }>(
        'select count(*)::int as count from statistics_file where size_bytes = length(content)',
      );
      assert.deepEqual(rows, [{ count: Object.keys(files).length }]);
    },
  );

  it(
    'attack 64: OpenSSH gets no shell, runs nothing, forwards nothing, and signs in by key alone',
    { skip: !has('ssh') },
    async () => {
      const place = ['-p', String(port), `${userName}@127.0.0.1`];
      const tries = {
        'a shell': [...ssh(), ...place],
        'a command': [...ssh(), ...place, 'id'],
        'another subsystem': [...ssh(), ...place, '-s', 'netconf'],
        'a way to another port': [...ssh(), '-W', `127.0.0.1:${port}`, ...place],
        'a way back': [
          ...ssh(),
          '-N',
          '-o',
          'ExitOnForwardFailure=yes',
          '-R',
          '127.0.0.1:0:127.0.0.1:1',
          ...place,
        ],
        'a password': [...ssh(), '-o', 'PreferredAuthentications=password', ...place],
        'keyboard-interactive': [...ssh(), '-o', 'PreferredAuthentications=keyboard-interactive', ...place],
      };
      const found = await Promise.all(
        Object.entries(tries).map(async ([what, given]) => ({
          what,
          ...(await run(programPath('ssh') ?? '', given)),
        })),
      );
      for (const { what, exitCode, output } of found) {
        assert.notEqual(exitCode, 0, what);
        assert.equal(output, '', what);
      }
      const saidOf = (wanted: string) => found.find(({ what }) => what === wanted)?.complaints ?? '';
      assert.match(saidOf('a password'), /Permission denied \(publickey\)/);
      assert.match(saidOf('keyboard-interactive'), /Permission denied \(publickey\)/);
      assert.match(saidOf('a way back'), /forwarding failed/);
    },
  );

  it(
    'lftp mirrors the tree, and finds nothing to do the second time',
    { skip: !has('lftp', 'ssh') },
    async () => {
      const to = join(directory, 'by-lftp');
      const program = ['ssh', '-a', '-x', ...ssh()].join(' ');
      const mirror = async (more = '') =>
        await run(programPath('lftp') ?? '', [
          '--norc',
          '-c',
          `set sftp:connect-program "${program}"; set net:max-retries 1; open -u ${userName}, sftp://127.0.0.1:${port}; mirror ${more} Metrics ${to}`,
        ]);
      const first = await mirror('--parallel=2');
      assert.equal(first.exitCode, 0, first.complaints);
      await assertFetched(to);
      const second = await mirror('-v');
      assert.equal(second.exitCode, 0, second.complaints);
      assert.doesNotMatch(second.output + second.complaints, /Transferring/);
    },
  );

  it(
    'rclone copies the tree, and finds it the same when it compares every byte',
    { skip: !has('rclone') },
    async () => {
      const to = join(directory, 'by-rclone');
      const remote = `:sftp,host=127.0.0.1,port=${port},user=${userName},key_file=${join(directory, 'key')},known_hosts_file=${join(directory, 'known_hosts')}:Metrics`;
      const rclone = async (...given: string[]) =>
        await run(programPath('rclone') ?? '', ['--config', '/dev/null', '--retries', '1', ...given]);
      const copied = await rclone('copy', remote, to);
      assert.equal(copied.exitCode, 0, copied.complaints);
      await assertFetched(to);
      const checked = await rclone('check', '--download', remote, to);
      assert.equal(checked.exitCode, 0, checked.complaints);
      assert.match(checked.complaints, new RegExp(`${Object.keys(files).length} matching files`));
      const put = await rclone('copy', join(directory, 'new.csv'), remote);
      assert.notEqual(put.exitCode, 0);
    },
  );
});
