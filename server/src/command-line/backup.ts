import { resolve } from 'node:path';
import {
  Backups,
  checkInside,
  checkOutside,
  readIdentities,
  restoreBackup,
  restoreKeyring,
} from '../features/backup/index.ts';
import { diskStore } from '../features/media/index.ts';
import { rotateMarkedBuckets } from '../features/keys/index.ts';
import { openDatabase, type DatabaseAccess } from '../platform/database/index.ts';
import type { Keyring } from '../platform/keys/index.ts';
import { createLog } from '../platform/log/index.ts';
import { keyStoreOf } from '../open-keyring.ts';
import { mediaDirectory } from '../start.ts';
import { platformVersion } from '../version.ts';
import type { Config } from '../config.ts';
import { resumeTrail } from './audit.ts';
import { needed, optional, type Command } from './command.ts';
import { table } from './table.ts';
import { withPlatform, withStoppedPlatform, type Platform } from './with-platform.ts';

const backupsOf = (platform: Platform, config: Config) =>
  new Backups({
    ...platform,
    store: diskStore(mediaDirectory(config)),
    dataDir: config.dataDir,
    version: platformVersion,
  });

const backup: Command = {
  name: 'backup',
  summary:
    'Back up the database, the files of conversations and the keyring now, encrypted to the recipients, and remove old backups',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async (platform) => {
      const made = await backupsOf(platform, config).make();
      const { path, manifest, keyringFile, identityFile, removed } = made;
      const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
      const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
      const lines = [
        `Backup     ${path}`,
        `State of   ${manifest.at}`,
        `Holds      ${rows} rows of ${Object.keys(manifest.rows).length} tables in ${sizeBytes} bytes`,
        `Files      ${filesOf(manifest.media)}`,
        `Keyring    ${keyringFile ?? 'has not changed since its last backup'}`,
        ...(removed === 0 ? [] : [`Removed    ${removed} older`]),
        ...(identityFile === null ? [] : ['', identityWarning(identityFile)]),
      ];
      const json = {
        path,
        at: manifest.at,
        rows,
        files: manifest.media,
        sizeBytes,
        keyringFile,
        identityFile,
        removed,
      };
      return { text: lines.join('\n'), json };
    }),
};

function filesOf({ kept, lacking }: { kept: number; lacking: number }): string {
  if (lacking === 0) return `${kept} of conversations`;
  return `${kept} of conversations. NOTE: ${lacking} were not where they should be, or were cut off. Some may have been erased meanwhile`;
}

/** While the identity lies beside the backups, whoever takes both can open them; and a burnt-down server takes both along. */
function identityWarning(identityFile: string): string {
  return [
    'NOTE: whoever has this file can open the backups, and without it nobody can. It does not belong on this machine:',
    '',
    `    ${identityFile}`,
    '',
    'Copy it to a safe place, and remove it here. See docs/operations/backup.md.',
  ].join('\n');
}

const list: Command = {
  name: 'backup list',
  summary: 'List the backups that are kept',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async (platform) => {
      const { directory, sets, keyrings } = await backupsOf(platform, config).list();
      const rows = [
        ...sets.map(({ path, at }) => ['database', at.toISOString(), path]),
        ...keyrings.map(({ path, at }) => ['keyring', at.toISOString(), path]),
      ];
      const text =
        rows.length === 0 ? `There is no backup in ${directory}.` : table(['of', 'made', 'path'], rows);
      return { text, json: { directory, sets, keyrings } };
    }),
};

const verify: Command = {
  name: 'backup verify',
  summary: 'Check a backup; with an identity down to its last byte. Changes nothing',
  help: [
    ['--from <directory>', 'The backup'],
    [
      '--identity <file>',
      'An identity that opens it (age); without one signature, sizes and hashes are checked',
    ],
  ],
  options: { from: { type: 'string' }, identity: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async ({ keyring }) => {
      const set = resolve(needed(values, 'from'));
      const identity = optional(values, 'identity');
      const { publicKey } = await keyring.signingKey();
      const manifest = await checkOutside(set, publicKey);
      if (identity !== undefined) await checkInside(set, manifest, await readIdentities(identity));
      const checked = identity === undefined ? 'outside' : 'everything';
      const text =
        identity === undefined
          ? `The backup of ${manifest.at} is signed by this installation and none of its files was changed. What is in them was not read: give --identity.`
          : `The backup of ${manifest.at} is whole, and this version can restore it.`;
      return { text, json: { at: manifest.at, checked, rows: manifest.rows, files: manifest.media } };
    }),
};

const restore: Command = {
  name: 'restore',
  summary:
    'Replace the database and the files of conversations with a backup, once all of the backup is checked. No server may run',
  help: [
    ['--from <directory>', 'The backup'],
    ['--identity <file>', 'An identity that opens it (age)'],
  ],
  options: { from: { type: 'string' }, identity: { type: 'string' } },
  run: async ({ config, values, announce }) => {
    const set = resolve(needed(values, 'from'));
    const identities = await readIdentities(needed(values, 'identity'));
    return await withStoppedPlatform(config, async ({ database, access, keyring, keys }) => {
      // What was erased since the last rotation must not come back: its keys are destroyed now.
      const rotated = await rotateMarkedBuckets(database, keys).catch(() => null);
      if (rotated === null)
        announce({
          text: 'NOTE: the database that is there cannot be read any more. What was erased in it within the last hour may come back.',
          json: { rotated: false },
        });
      await database.close();
      const store = diskStore(mediaDirectory(config));
      const { manifest, rows, files, swept } = await restoreBackup({
        access,
        keyring,
        store,
        set,
        identities,
      });
      // That it was restored is committed: whatever fails from here on does not undo it.
      const resumed = await resumeRestored(access, keyring, config).catch(() => null);
      const lines = [
        `The database is as it was at ${manifest.at}: ${rows} rows of ${Object.keys(manifest.rows).length} tables.`,
        `Files of conversations that were put back: ${files}.`,
        `Erased since, and deleted again: ${swept.conversations} conversations, ${swept.accounts} accounts.`,
        'Everybody has to sign in again.',
        resumed === null
          ? 'NOTE: the audit trail does not go on yet. Say “samtal audit resume”.'
          : `The audit trail goes on with checkpoint ${resumed}; that it was resumed stands in it. Where another node has newer checkpoints, say “samtal audit resume” there.`,
      ];
      return { text: lines.join('\n'), json: { at: manifest.at, rows, files, swept, resumed } };
    });
  },
};

/** The operator has just said that this older state is to hold: so the trail may go on from there. */
async function resumeRestored(access: DatabaseAccess, keyring: Keyring, config: Config): Promise<number> {
  const { database } = await openDatabase(access, () => undefined);
  try {
    return await resumeTrail({ database, keyring }, config);
  } finally {
    await database.close();
  }
}

const restoreLostKeyring: Command = {
  name: 'restore keyring',
  summary: 'Make a keyring that was lost anew from its own backup. Refuses where there is one',
  help: [
    ['--from <file>', 'The backup of the keyring'],
    ['--identity <file>', 'An identity that opens it (age)'],
  ],
  options: { from: { type: 'string' }, identity: { type: 'string' } },
  run: async ({ config, values }) => {
    const file = resolve(needed(values, 'from'));
    const identities = await readIdentities(needed(values, 'identity'));
    const { directory, store } = await keyStoreOf(config, {
      main: null,
      log: createLog({ destination: process.stderr, level: 'warn' }),
    });
    try {
      const keyring = await restoreKeyring(file, { identities, directory, store });
      const kept = await keyring.verify();
      return {
        text: `The keyring ${store.location} has the keys of ${kept.accounts} accounts and ${kept.buckets} buckets.`,
        json: { location: store.location, ...kept },
      };
    } finally {
      await store.close();
    }
  },
};

/** The longer names first: `samtal backup list` begins like `samtal backup`. */
export const backupCommands: readonly Command[] = [list, verify, backup, restoreLostKeyring, restore];
