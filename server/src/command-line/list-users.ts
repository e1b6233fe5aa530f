import { presentUser, readUsers, type StoredUser } from '../features/users/index.ts';
import type { Database } from '../platform/database/index.ts';
import { optional, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

export const listUsers: Command = {
  name: 'users list',
  summary: 'List the users of an account',
  help: [accountHelp, ['--search <text>', 'Only those whose name or address holds it']],
  options: { ...accountOption, search: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id } = await findAccount(platform, values);
      const users = await readAllUsers(platform.database, id, optional(values, 'search') ?? '');
      const rows = users.map((user) => [
        user.id,
        user.name,
        user.email,
        user.status,
        user.roles.map(({ name }) => name).join(', '),
      ]);
      const text =
        rows.length === 0 ? 'There is nobody.' : table(['id', 'name', 'e-mail', 'status', 'roles'], rows);
      return { text, json: { users: users.map(presentUser) } };
    }),
};

async function readAllUsers(database: Database, accountId: string, search: string): Promise<StoredUser[]> {
  const all: StoredUser[] = [];
  let cursor: string | null = null;
  do {
    const from: { cursor?: string } = cursor === null ? {} : { cursor };
    const page = await database.read(accountId, (tx) =>
      readUsers(tx, accountId, { ...from, limit: 100, search }),
    );
    all.push(...page.users);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}
