import { readHostKey, renewHostKey } from '../features/statistics-export/index.ts';
import type { Command } from './command.ts';
import { CommandError } from './command.ts';
import { withPlatform } from './with-platform.ts';
import { CiphertextError } from '../platform/keys/index.ts';

const hostKey: Command = {
  name: 'sftp host-key',
  summary: 'Say where statistics are fetched by SFTP, and the host key with its fingerprints',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const { shown } = await readHostKey(database, keyring).catch(explainUnreadable);
      const { sftpPort: port, publicUrl } = config;
      const host = publicUrl.hostname;
      const lines = [
        `Address      ${host}, port ${port ?? 'none: SAMTAL_SFTP_PORT is off'}`,
        `Host key     ${shown.publicKey}`,
        `Fingerprint  ${shown.fingerprints.sha256}`,
        `             ${shown.fingerprints.md5}`,
      ];
      return { text: lines.join('\n'), json: { host, port, hostKey: shown } };
    }),
};

const renew: Command = {
  name: 'sftp renew-host-key',
  summary: 'Make another host key: every client refuses the server until it has been told of it',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const { shown } = await database.transaction('platform', async (tx) => await renewHostKey(tx, keyring));
      return {
        text: `${shown.publicKey}\n${shown.fingerprints.sha256}\n\nStart the nodes again, and tell those who fetch statistics.`,
        json: { hostKey: shown },
      };
    }),
};

function explainUnreadable(error: unknown): never {
  if (error instanceof CiphertextError)
    throw new CommandError(
      'The host key cannot be opened with this keyring. Make another one: samtal sftp renew-host-key',
      { cause: error },
    );
  throw error;
}

export const sftpCommands: readonly Command[] = [hostKey, renew];
