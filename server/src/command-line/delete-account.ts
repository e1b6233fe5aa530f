import { Refusal } from '../platform/http/index.ts';
import { diskStore } from '../features/media/index.ts';
import { mediaDirectory } from '../start.ts';
import { countAccountRows, deleteAccount, readAccountReport } from '../features/retention/index.ts';
import { CommandError, needed, optional, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { printable, table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const actor = { kind: 'operator' } as const;

/** Two steps: without `--confirm` it says what would be gone, with the account's name it does it. */
const deletion: Command = {
  name: 'accounts delete',
  summary: 'Delete a suspended account whole, for good, in backups as well',
  help: [
    accountHelp,
    ['--confirm <name>', 'The name of the account: deletes it. Without, says what would be gone'],
  ],
  options: { ...accountOption, confirm: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const account = await findAccount(platform, values);
      const { id, name, status } = account;
      if (status !== 'suspended')
        throw new CommandError(`Suspend it first: samtal accounts suspend --account ${id}`);
      const confirm = optional(values, 'confirm');
      if (confirm === undefined) {
        const rows = await platform.database.read(id, async (tx) => await countAccountRows(tx, id));
        const listed = table(
          ['table', 'rows'],
          Object.entries(rows).map(([each, count]) => [each, String(count)]),
        );
        const text =
          `${listed}\n\nAll of this and every key of ${printable(name)} (${id}) would be gone for good. ` +
          `To delete it: samtal accounts delete --account ${id} --confirm ${JSON.stringify(name)}`;
        return { text, json: { id, rows, deleted: false } };
      }
      if (confirm !== name)
        throw new CommandError('That is not the name of the account; nothing was deleted');
      try {
        const store = diskStore(mediaDirectory(config));
        await deleteAccount({ ...platform, store }, account, actor);
      } catch (error) {
        if (error instanceof Refusal && error.code === 'retention.held')
          throw new CommandError('Something in the account is under legal hold: its holds are lifted first');
        throw error;
      }
      const signing = await platform.keyring.signingKey();
      const report = await platform.database.read(
        'platform',
        async (tx) => await readAccountReport(tx, signing, id),
      );
      const text = `Deleted ${printable(name)} (${id}). Its report: samtal accounts report --account ${id} --json`;
      return { text, json: { id, deleted: true, report } };
    }),
};

const report: Command = {
  name: 'accounts report',
  summary: 'The signed report of an account that was deleted',
  help: [['--account <id>', 'Which account it was']],
  options: accountOption,
  run: ({ config, values }) => {
    const id = needed(values, 'account').toLowerCase();
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
      throw new CommandError('Give the id of the account: its name is gone with it');
    return withPlatform(config, async ({ database, keyring }) => {
      const signing = await keyring.signingKey();
      try {
        const signed = await database.read(
          'platform',
          async (tx) => await readAccountReport(tx, signing, id),
        );
        return { text: signed.record, json: signed };
      } catch (error) {
        if (error instanceof Refusal) throw new CommandError('No account with this id was deleted here');
        throw error;
      }
    });
  },
};

export const accountDeletionCommands: readonly Command[] = [deletion, report];
