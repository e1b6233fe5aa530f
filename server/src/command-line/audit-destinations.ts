import { readFile } from 'node:fs/promises';
import type { AuditTarget } from '@samtal/contract/audit';
import type { Config } from '../config.ts';
import {
  createDestination,
  deleteDestination,
  readDestinations,
  type NewDestination,
} from '../features/audit/index.ts';
import { platformChain } from '../platform/audit/index.ts';
import { Outbound } from '../platform/outbound/index.ts';
import { CommandError, needed, optional, UsageError, type Command, type Values } from './command.ts';
import { findAccount } from './find-account.ts';
import { reasonHelp, reasonOf, reasonOption } from './reason.ts';
import { table } from './table.ts';
import { withPlatform, type Platform } from './with-platform.ts';

const accountOption = { account: { type: 'string' } } as const;
const accountHelp = [
  '--account <id or name>',
  'Which account’s trail; left out, the installation’s own, with sign-ins and operators’ work',
] as const;
const actor = { kind: 'operator' } as const;

const list: Command = {
  name: 'audit destinations list',
  summary: 'Where a trail is sent, and how far it has come',
  help: [accountHelp],
  options: accountOption,
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const account = await chainOf(platform, values);
      const items = await platform.database.read(account, async (tx) => await readDestinations(tx, account));
      const rows = items.map(({ name, target, active, behind, failing }) => [
        name,
        target.kind === 'webhook' ? target.url : `${target.transport} ${target.host}:${target.port}`,
        active ? (failing?.code ?? 'arriving') : 'paused',
        String(behind),
      ]);
      const text =
        rows.length === 0 ? 'Nowhere.' : table(['name', 'where to', 'state', 'entries behind'], rows);
      return { text, json: items };
    }),
};

const add: Command = {
  name: 'audit destinations add',
  summary: 'Send a trail to a webhook or a syslog receiver',
  help: [
    accountHelp,
    ['--name <name>', 'What to call it'],
    ['--webhook <https address>', 'Post batches there; the secret to check them with is printed once'],
    ['--syslog <host:port>', 'Send RFC 5424 messages there, over TLS'],
    ['--tcp', 'Without TLS, to a network in SAMTAL_OUTBOUND_NETWORKS'],
    ['--ca <file>', 'The authority of the receiver’s certificate (PEM), when it is not a public one'],
    [
      '--cert <file> --key <file>',
      'The certificate to show to a syslog receiver that asks for one, and its key (PEM)',
    ],
    ['--from-beginning', 'Everything that is kept, and not only what comes from now on'],
    reasonHelp,
  ],
  options: {
    ...accountOption,
    name: { type: 'string' },
    webhook: { type: 'string' },
    syslog: { type: 'string' },
    tcp: { type: 'boolean' },
    ca: { type: 'string' },
    cert: { type: 'string' },
    key: { type: 'string' },
    'from-beginning': { type: 'boolean' },
    ...reasonOption,
  },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const account = await chainOf(platform, values);
      const wanted = await destinationOf(values);
      const { id, signingSecret } = await platform.database.transaction(
        account,
        async (tx) => await createDestination(tx, partsOf(platform, config), { account, actor, wanted }),
      );
      const secret =
        signingSecret === null
          ? ''
          : `\nThe secret that batches are signed with, shown this once:\n${signingSecret}`;
      return { text: `The trail is sent to ${wanted.name}.${secret}`, json: { id, signingSecret } };
    }),
};

const remove: Command = {
  name: 'audit destinations remove',
  summary: 'Stop sending a trail there',
  help: [accountHelp, ['--name <name>', 'Which destination'], reasonHelp],
  options: { ...accountOption, name: { type: 'string' }, ...reasonOption },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const account = await chainOf(platform, values);
      const name = needed(values, 'name');
      await platform.database.transaction(account, async (tx) => {
        const all = await readDestinations(tx, account);
        const one = all.find((each) => each.name.toLowerCase() === name.toLowerCase());
        if (one === undefined)
          throw new CommandError(`There is no destination “${name}”. See samtal audit destinations list`);
        await deleteDestination(tx, { account, id: one.id, actor, note: { reason: reasonOf(values) } });
      });
      return { text: `Nothing is sent to ${name} any more.`, json: { name } };
    }),
};

async function chainOf(platform: Platform, values: Values): Promise<string> {
  return optional(values, 'account') === undefined ? platformChain : (await findAccount(platform, values)).id;
}

function partsOf({ keyring }: Platform, { outboundNetworks }: Config) {
  return { keyring, outbound: new Outbound({ networks: outboundNetworks }) };
}

async function destinationOf(values: Values): Promise<NewDestination> {
  const file = async (option: string) => {
    const path = optional(values, option);
    return path === undefined ? undefined : await readFile(path, 'utf8');
  };
  const [ca, cert, key] = [await file('ca'), await file('cert'), await file('key')];
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together');
  return {
    name: needed(values, 'name'),
    target: { ...targetOf(values), ...(ca === undefined ? {} : { ca }) },
    from: values['from-beginning'] === true ? 'beginning' : 'now',
    reason: reasonOf(values),
    ...(cert === undefined || key === undefined ? {} : { client: { cert, key } }),
  };
}

function targetOf(values: Values): AuditTarget {
  const [url, syslog] = [optional(values, 'webhook'), optional(values, 'syslog')];
  if ((url === undefined) === (syslog === undefined)) throw new UsageError('Give --webhook or --syslog');
  if (url !== undefined) {
    if (!/^https:\/\/[^\s@#]+$/.test(url) || !URL.canParse(url))
      throw new UsageError('--webhook is not an https address');
    return { kind: 'webhook', url };
  }
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(syslog ?? '') ?? [];
  if (host === undefined) throw new UsageError('--syslog is not host:port');
  return { kind: 'syslog', host, port: Number(port), transport: values['tcp'] === true ? 'tcp' : 'tls' };
}

export const auditDestinationCommands: readonly Command[] = [list, add, remove];
