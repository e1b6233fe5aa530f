import { operatorAuthorisations, type Authorisation, type Scope } from '@samtal/contract/access';
import { readRoles } from '../features/access/index.ts';
import { endAccess, makeEntry, readAccesses, requestAccess } from '../features/operator-access/index.ts';
import type { Tx } from '../platform/database/index.ts';
import { CommandError, needed, several, type Command, type Values } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { findRoles } from './find-user.ts';
import { findUnits } from './find-units.ts';
import { table } from './table.ts';
import { withPlatform, type Platform } from './with-platform.ts';

const request: Command = {
  name: 'access request',
  summary: 'Ask an account for temporary access to it; nothing is possible until somebody there approves',
  help: [
    accountHelp,
    ['--name <name>', 'Who you are, as the account sees it'],
    ['--email <address>', 'Your address: whoever has it in the account cannot approve'],
    ['--reason <words>', 'What for'],
    ['--hours <n>', 'For how long, counted from the approval; such as 2 or 0.5'],
    ['--role <role>', 'What a role of the account allows; repeatable'],
    ['--authorisation <name>', 'One thing that you need to do; repeatable'],
    ['--unit <name or id>', 'Only in this region or team and what lies below it; repeatable'],
  ],
  options: {
    ...accountOption,
    name: { type: 'string' },
    email: { type: 'string' },
    reason: { type: 'string' },
    hours: { type: 'string' },
    role: { type: 'string', multiple: true },
    authorisation: { type: 'string', multiple: true },
    unit: { type: 'string', multiple: true },
  },
  run: ({ config, values }) => {
    const asked = {
      operatorName: words(values, 'name', 120),
      operatorEmail: words(values, 'email', 254),
      reason: words(values, 'reason', 500),
      minutes: minutesOf(needed(values, 'hours')),
    };
    return withPlatform(config, async (platform) => {
      const account = await findAccount(platform, values);
      const id = await platform.database.transaction(account.id, async (tx) => {
        const authorisations = await wanted(tx, account.id, values);
        const unit = await findUnits(tx, account.id, several(values, 'unit'));
        const scope: Scope = unit.length > 0 ? { unit } : {};
        return await requestAccess(tx, account.id, { ...asked, authorisations, scope });
      });
      return {
        text: `Asked. Somebody at ${account.name} has to approve it; then: samtal access open --account ${account.id} --id ${id}`,
        json: { id },
      };
    });
  },
};

const list: Command = {
  name: 'access list',
  summary: 'What operators have asked an account for, and how it stands',
  help: [accountHelp],
  options: accountOption,
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id } = await findAccount(platform, values);
      const all = await platform.database.read(id, async (tx) => await readAccesses(tx, id));
      const rows = all.map((each) => [
        each.id,
        each.operatorName,
        each.state,
        `${each.minutes} min`,
        (each.endsAt ?? each.lapsesAt).toISOString(),
      ]);
      const head = ['id', 'operator', 'state', 'for', 'until'];
      return { text: rows.length === 0 ? 'None.' : table(head, rows), json: all };
    }),
};

const idHelp = ['--id <id>', 'Which: see samtal access list'] as const;

const open: Command = {
  name: 'access open',
  summary: 'Make the link by which you come in, once, within ten minutes',
  help: [accountHelp, idHelp],
  options: { ...accountOption, id: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id: accountId } = await findAccount(platform, values);
      const accessId = await known(platform, accountId, values);
      const token = await platform.database.transaction(
        'platform',
        async (tx) => await makeEntry(tx, accountId, accessId),
      );
      const link = new URL(`/operator#${token}`, config.publicUrl).href;
      return { text: link, json: { link } };
    }),
};

const end: Command = {
  name: 'access end',
  summary: 'End an access at once, or withdraw what was asked for',
  help: [accountHelp, idHelp],
  options: { ...accountOption, id: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id: accountId } = await findAccount(platform, values);
      const accessId = await known(platform, accountId, values);
      const ended = await platform.database.transaction(
        'platform',
        async (tx) =>
          await endAccess(tx, accountId, { accessId, actor: { kind: 'operator' }, by: 'operator' }),
      );
      platform.sessionsEnded(ended);
      return { text: 'It has ended. Nothing is possible by it any more.', json: { id: accessId } };
    }),
};

/** The id that the command names, if the account has such an access. */
async function known({ database }: Platform, accountId: string, values: Values): Promise<string> {
  const id = needed(values, 'id').toLowerCase();
  const all = await database.read(accountId, async (tx) => await readAccesses(tx, accountId));
  if (!all.some((each) => each.id === id))
    throw new CommandError('There is no such access. See samtal access list');
  return id;
}

/** What the roles of the account allow, and what is named by itself. */
async function wanted(tx: Tx, accountId: string, values: Values): Promise<Authorisation[]> {
  const named = several(values, 'authorisation');
  const unknown = named.find((name) => !operatorAuthorisations.some((each) => each === name));
  if (unknown !== undefined)
    throw new CommandError(
      `Operators cannot be given “${unknown}”. They can be given: ${operatorAuthorisations.join(', ')}`,
    );
  const roles = await readRoles(tx, accountId);
  const found = await findRoles(tx, accountId, several(values, 'role'));
  return [
    ...new Set([
      ...(named as Authorisation[]),
      ...found.flatMap(({ id }) => [...(roles.get(id)?.allows ?? [])]),
    ]),
  ];
}

function words(values: Values, option: string, most: number): string {
  const given = needed(values, option).trim();
  if (given === '' || given.length > most || /\p{Cc}/u.test(given))
    throw new CommandError(`--${option} has 1 to ${most} characters, on one line`);
  return given;
}

function minutesOf(hours: string): number {
  const minutes = Math.round(Number(hours.replace(',', '.')) * 60);
  if (!Number.isFinite(minutes)) throw new CommandError('--hours is a number, such as 2 or 0.5');
  return minutes;
}

export const operatorAccessCommands: readonly Command[] = [request, list, open, end];
