import type { Authorisation, Scope } from '@samtal/contract/access';
import { enterAccount } from '@samtal/contract/operator-access';
import { makeEntry, requestAccess } from '../src/features/operator-access/index.ts';
import { Person, request } from './callers.ts';
import type { TestDatabase } from './database.ts';

export interface AskedAccess {
  readonly authorisations?: readonly Authorisation[];
  readonly minutes?: number;
  readonly scope?: Scope;
  readonly email?: string;
}

/** What an operator asks an account for at the command line. */
export async function askForAccess(
  { database }: TestDatabase,
  accountId: string,
  {
    authorisations = ['settings.read'],
    minutes = 60,
    scope = {},
    email = 'kim@hosting.example',
  }: AskedAccess = {},
): Promise<string> {
  return await database.transaction(
    accountId,
    async (tx) =>
      await requestAccess(tx, accountId, {
        operatorName: 'Kim Berg',
        operatorEmail: email,
        reason: 'The queues stand still',
        authorisations,
        scope,
        minutes,
      }),
  );
}

/** The same, as if somebody of the account had approved it. */
export async function approvedAccess(
  db: TestDatabase,
  accountId: string,
  asked: AskedAccess = {},
): Promise<string> {
  const id = await askForAccess(db, accountId, asked);
  await db.asOwner(
    `update operator_access set state = 'approved', decided_at = now(), decided_by = $2,
       ends_at = now() + make_interval(mins => minutes) where id = $1`,
    [id, accountId],
  );
  return id;
}

export async function entryOf(
  { database }: TestDatabase,
  accountId: string,
  accessId: string,
): Promise<string> {
  return await database.transaction('platform', async (tx) => await makeEntry(tx, accountId, accessId));
}

/** The operator, signed in to the account by the link. */
export async function enterAs(
  db: TestDatabase,
  accountId: string,
  { accessId, url }: { accessId: string; url: URL },
): Promise<Person> {
  const token = await entryOf(db, accountId, accessId);
  const answer = await request(url, enterAccount, { body: { token }, headers: { origin: url.origin } });
  if (answer.status !== 201) throw new Error(`Coming in was answered ${answer.status}: ${answer.text}`);
  const cookie = answer.headers.get('set-cookie') ?? '';
  const session = /__Host-samtal=([^;]+)/.exec(cookie)?.[1] ?? '';
  return new Person({ userId: accessId, accountId, name: 'Kim Berg', url, token: session });
}
