import { readKeys, revokeApiKey } from '../features/api-keys/index.ts';
import { CommandError, needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const list: Command = {
  name: 'api-keys list',
  summary: 'The API keys of an account: whose, until when, and the day of their last use',
  help: [accountHelp],
  options: accountOption,
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id } = await findAccount(platform, values);
      const keys = await platform.database.read(id, async (tx) => await readKeys(tx, id));
      const rows = keys.map((key) => [
        key.id,
        key.name,
        key.state,
        key.ownerName ?? '(left)',
        key.expiresAt.toISOString().slice(0, 10),
        key.lastUsedOn ?? 'never',
      ]);
      const head = ['id', 'name', 'state', 'owner', 'ends', 'last used'];
      return { text: rows.length === 0 ? 'No keys.' : table(head, rows), json: keys };
    }),
};

const revoke: Command = {
  name: 'api-keys revoke',
  summary: 'Revoke an API key at once, such as one that a secret scanner found',
  help: [accountHelp, ['--id <id>', 'Which key: the letters between the first and the second _ of it']],
  options: { ...accountOption, id: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const account = await findAccount(platform, values);
      const wanted = needed(values, 'id').toLowerCase().replaceAll('-', '');
      const key = await platform.database.transaction(account.id, async (tx) => {
        const found = (await readKeys(tx, account.id)).find(({ id }) => id.replaceAll('-', '') === wanted);
        if (found === undefined) throw new CommandError('There is no such key. See samtal api-keys list');
        await revokeApiKey(tx, account.id, { keyId: found.id, by: { kind: 'operator' } });
        return found;
      });
      return { text: `The key ${key.name} is refused from now on.`, json: { id: key.id } };
    }),
};

export const apiKeyCommands: readonly Command[] = [list, revoke];
