import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  exportCheckpoints,
  exportEntries,
  verifyAndRemember,
  verifyingKeys,
} from '../features/audit/index.ts';
import {
  keepCheckpoints,
  keyHash,
  lastNumberIn,
  platformChain,
  recordAudit,
} from '../platform/audit/index.ts';
import type { Config } from '../config.ts';
import { createLog } from '../platform/log/index.ts';
import { checkpointDirectory } from '../start.ts';
import { needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { table } from './table.ts';
import { withPlatform, type Platform } from './with-platform.ts';

const verify: Command = {
  name: 'audit verify',
  summary: 'Go through the audit trail, and find any entry changed, removed, reordered or put back',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const keys = await verifyingKeys({ keyring, checkpointDirectory: checkpointDirectory(config) });
      const { chains: _, ...verdict } = await verifyAndRemember(database, keys);
      const { accounts, entries, unsealed, checkpoints, faults, checkpointFaults } = verdict;
      const checked = `Checked ${entries} entries in ${accounts} chains against ${checkpoints} checkpoints; ${unsealed} are not sealed yet.`;
      if (faults.length === 0 && checkpointFaults.length === 0)
        return { text: `${checked}\nThe audit trail is whole.`, json: verdict };
      const rows = [
        ...faults.map(({ account, seq, fault }) => [account, String(seq), fault]),
        ...checkpointFaults.map(({ number, fault }) => ['', String(number), fault]),
      ];
      const text = `${checked}\nThe audit trail is NOT whole:\n${table(['account', 'entry', 'fault'], rows)}`;
      return { text, json: verdict, failed: true };
    }),
};

const checkpoint: Command = {
  name: 'audit checkpoint',
  summary: 'Sign where every chain ends now, and keep that outside the database',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async (platform) => {
      const number = await sign(platform, config, 'now');
      const text =
        number === 0
          ? 'There is no chain yet.'
          : `Checkpoint ${number} is kept in ${checkpointDirectory(config)}.`;
      return { text, json: { number } };
    }),
};

const resume: Command = {
  name: 'audit resume',
  summary: 'Go on from where a restored backup has the audit trail: checkpoints from after it count no more',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async (platform) => {
      const number = await resumeTrail(platform, config);
      const text = `The trail goes on with checkpoint ${number}. That it was resumed stands in it.`;
      return { text, json: { number } };
    }),
};

const exporting: Command = {
  name: 'audit export',
  summary:
    'Write an account’s trail, its proofs and the public key into a directory, to be verified anywhere',
  help: [accountHelp, ['--directory <path>', 'Where to; files that are there are overwritten']],
  options: { ...accountOption, directory: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const directory = needed(values, 'directory');
      const { database, keyring } = platform;
      const { id, name } = await findAccount(platform, values);
      await sign(platform, config, 'now');
      const { publicKey } = await keyring.signingKey();
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const write = async (file: string, content: string | AsyncIterable<string>) =>
        await writeFile(join(directory, file), content, { mode: 0o600 });
      const actor = { kind: 'operator' } as const;
      for (const format of ['jsonl', 'csv'] as const)
        await write(`audit.${format}`, await exportEntries(database, id, { format, filter: {}, actor }));
      await write('checkpoints.json', await exportCheckpoints(database, id));
      await write('public-key.pem', publicKey);
      const fingerprint = keyHash(publicKey).toString('hex');
      const text = `The trail of ${name} is in ${directory}. Public key (SHA-256): ${fingerprint}`;
      return { text, json: { account: id, directory, fingerprint } };
    }),
};

/**
 * Lets the trail go on from where a restored database has it, puts that on record, and returns the number of the
 * checkpoint that signs it: behind all that this node has.
 */
export async function resumeTrail(
  platform: Pick<Platform, 'database' | 'keyring'>,
  config: Config,
): Promise<number> {
  const details = { lastCheckpoint: await lastNumberIn(checkpointDirectory(config)) };
  await platform.database.transaction('platform', async (tx) => {
    await recordAudit(tx, platformChain, {
      action: 'audit.resumed',
      actor: { kind: 'operator' },
      details,
    });
  });
  return await sign(platform, config, 'resume');
}

async function sign(
  { database, keyring }: Pick<Platform, 'database' | 'keyring'>,
  config: Config,
  when: 'now' | 'resume',
): Promise<number> {
  const directory = checkpointDirectory(config);
  const keys = async () => ({ head: keyring.purposeKey('audit'), signing: await keyring.signingKey() });
  const log = createLog({ destination: process.stderr, level: 'warn' });
  return await keepCheckpoints({ database, keys, directory, log }, when, await lastNumberIn(directory));
}

export const auditCommands: readonly Command[] = [verify, checkpoint, resume, exporting];
