import { normalAddress, readAsOperator } from '../features/activity-log/index.ts';
import { minReasonLength } from '@samtal/contract/activity-log';
import { needed, optional, UsageError, type Command, type Values } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const read: Command = {
  name: 'activity-log read',
  summary: 'Read what an account’s visitors did in the last days; recorded in both audit trails',
  help: [
    accountHelp,
    ['--reason <text>', 'Why; the account can read it'],
    ['--address <address>', 'Only what came from this address'],
    ['--visitor <id>', 'Only this visitor session'],
  ],
  options: {
    ...accountOption,
    reason: { type: 'string' },
    address: { type: 'string' },
    visitor: { type: 'string' },
  },
  run: ({ values, config }) => {
    const reason = needed(values, 'reason');
    if (reason.length < minReasonLength)
      throw new UsageError(`--reason says too little: at least ${minReasonLength} characters`);
    const wanted = wantedOf(values);
    return withPlatform(config, async (platform) => {
      const account = await findAccount(platform, values);
      const entries = await readAsOperator(platform, account.id, { wanted, reason });
      if (entries.length === 0) return { text: 'The activity log says nothing about that.', json: entries };
      const rows = entries.map(({ at, kind, address, agent, visitorId, path }) => [
        at.toISOString(),
        kind,
        address,
        agent,
        visitorId,
        path ?? '',
      ]);
      return { text: table(['time', 'what', 'address', 'browser', 'visitor', 'page'], rows), json: entries };
    });
  },
};

function wantedOf(values: Values) {
  const given = optional(values, 'address');
  const visitorId = optional(values, 'visitor');
  if (given !== undefined && visitorId !== undefined)
    throw new UsageError('Give --address or --visitor, and not both');
  if (given !== undefined) {
    const address = normalAddress(given);
    if (address === null) throw new UsageError('--address is not an IPv4 or IPv6 address');
    return { address };
  }
  if (visitorId === undefined) return 'everything';
  if (!uuid.test(visitorId)) throw new UsageError('--visitor is not the id of a visitor session');
  return { visitorId };
}

export const activityLogCommands: readonly Command[] = [read];
