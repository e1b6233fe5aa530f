import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../server/test/node.ts';
import { programPath } from '../server/test/programs.ts';

const programs = ['sftp', 'ssh-keygen', 'sshd', 'sftp-server'] as const;
type Program = (typeof programs)[number];
const patienceMs = 15_000;

/** One server of SFTP, as a client signs in to it. */
export interface SftpPlace {
  readonly port: number;
  readonly userName: string;
}

/** OpenSSH of this machine: its client for both sides, and its server as the yardstick. */
export class OpenSsh {
  readonly #paths: Readonly<Record<Program, string>>;
  readonly #directory: string;
  #server: ChildProcess | null = null;

  private constructor(paths: Readonly<Record<Program, string>>, directory: string) {
    this.#paths = paths;
    this.#directory = directory;
  }

  /** Makes the client's key in the directory. Answers with the names of programs that are not there. */
  static async find(directory: string): Promise<OpenSsh | readonly string[]> {
    const found = programs.map((name) => [name, programPath(name)] as const);
    const missing = found.flatMap(([name, path]) => (path === null ? [name] : []));
    if (missing.length > 0) return missing;
    const openSsh = new OpenSsh(Object.fromEntries(found) as Record<Program, string>, directory);
    await mkdir(directory, { recursive: true });
    for (const key of ['client', 'host'])
      execFileSync(openSsh.#paths['ssh-keygen'], [
        '-q',
        '-t',
        'ed25519',
        '-N',
        '',
        '-f',
        join(directory, key),
      ]);
    return openSsh;
  }

  /** The line of OpenSSH with the client's public key. */
  async publicKey(): Promise<string> {
    return await readFile(join(this.#directory, 'client.pub'), 'utf8');
  }

  /** `sshd` with `sftp-server`, as distributions set it up, for whoever runs this. It ends with `stop`. */
  async serve(): Promise<SftpPlace> {
    const port = await freePort();
    const at = (name: string) => join(this.#directory, name);
    const configuration = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('client.pub')}`,
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PidFile none',
      `Subsystem sftp ${this.#paths['sftp-server']}`,
    ];
    await writeFile(at('sshd_config'), `${configuration.join('\n')}\n`);
    // As its service does before it starts.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
    this.#server = spawn(this.#paths.sshd, ['-D', '-e', '-f', at('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    this.#server.stderr?.on('data', (words: Buffer) => (said = `${said}${words.toString()}`.slice(-4_000)));
    for (const until = performance.now() + patienceMs; !(await listens(port)); await sleep(50))
      if (performance.now() > until || this.#server.exitCode !== null)
        throw new Error(`sshd does not listen: ${said}`);
    return { port, userName: userInfo().username };
  }

  /** What `sftp` does with these lines there, within one session. Answers with the seconds and with what it said. */
  async run({ port, userName }: SftpPlace, lines: readonly string[]) {
    const options = [
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      // The same on both sides: what OpenSSH would choose itself, the other does not speak.
      'Ciphers=aes128-gcm@openssh.com',
      'KexAlgorithms=curve25519-sha256',
    ];
    const given = [
      '-q',
      '-b',
      '-',
      '-F',
      '/dev/null',
      '-P',
      String(port),
      '-i',
      join(this.#directory, 'client'),
      ...options.flatMap((option) => ['-o', option]),
      `${userName}@127.0.0.1`,
    ];
    const began = performance.now();
    const said = await new Promise<string>((resolve, reject) => {
      const running = execFile(this.#paths.sftp, given, { maxBuffer: 2 ** 28 }, (error, output, complaint) =>
        error === null ? resolve(output) : reject(new Error(`sftp failed: ${complaint.slice(-2_000)}`)),
      );
      running.stdin?.end(`${lines.join('\n')}\n`);
    });
    return { seconds: (performance.now() - began) / 1_000, said };
  }

  async stop(): Promise<void> {
    if (this.#server === null || this.#server.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#server?.once('exit', resolve));
    this.#server.kill('SIGTERM');
    await ended;
  }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
