import { readFile } from 'node:fs/promises';
import type { SignedRecord } from '@samtal/contract/retention';
import { isRecordSigned } from '../features/retention/index.ts';
import { CommandError, needed, optional, type Command } from './command.ts';
import { withPlatform } from './with-platform.ts';

/** Needs nothing of the installation when it is given the key. */
const verify: Command = {
  name: 'erasures verify',
  summary: 'See that a signed record of an erasure, or of an account’s deletion, is as it was signed',
  help: [
    ['--file <path>', 'The record, as the console saved it'],
    ['--key <path>', 'The public key it must be signed with; without, this installation’s own'],
  ],
  options: { file: { type: 'string' }, key: { type: 'string' } },
  run: async ({ config, values }) => {
    const signed = await readRecord(needed(values, 'file'));
    const path = optional(values, 'key');
    const trusted =
      path === undefined
        ? await withPlatform(config, async ({ keyring }) => (await keyring.signingKey()).publicKey)
        : await readText(path);
    const isOurs = signed.publicKey.trim() === trusted.trim();
    if (!isOurs || !isRecordSigned(signed)) {
      const text = isOurs
        ? 'The record was changed after it was signed.'
        : 'The record is signed with another key.';
      return { text, json: { good: false, reason: isOurs ? 'changed' : 'other-key' }, failed: true };
    }
    return { text: `Good signature.\n\n${signed.record}`, json: { good: true, record: signed.record } };
  },
};

async function readRecord(path: string): Promise<SignedRecord> {
  try {
    const { record, signature, publicKey } = JSON.parse(await readText(path)) as Record<string, unknown>;
    if (typeof record === 'string' && typeof signature === 'string' && typeof publicKey === 'string')
      return { record, signature, publicKey };
  } catch (error) {
    if (error instanceof CommandError) throw error;
  }
  throw new CommandError(`${path} is not a signed record`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new CommandError(`${path} cannot be read`);
  }
}

export const erasureCommands: readonly Command[] = [verify];
