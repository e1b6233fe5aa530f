import { verifyAudit } from '../platform/audit/index.ts';
import type { Command } from './command.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const verify: Command = {
  name: 'audit verify',
  summary: 'Go through the audit trail, and find any entry changed, removed or reordered',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const verdict = await verifyAudit(database, keyring.purposeKey('audit'));
      const { accounts, entries, unsealed, faults } = verdict;
      const checked = `Checked ${entries} entries in ${accounts} chains; ${unsealed} are not sealed yet.`;
      if (faults.length === 0) return { text: `${checked}\nThe audit trail is whole.`, json: verdict };
      const rows = faults.map(({ account, seq, fault }) => [account, String(seq), fault]);
      const text = `${checked}\nThe audit trail is NOT whole:\n${table(['account', 'entry', 'fault'], rows)}`;
      return { text, json: verdict, failed: true };
    }),
};

export const auditCommands: readonly Command[] = [verify];
