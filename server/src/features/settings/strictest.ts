import { settings, type SettingValues } from '@samtal/contract/settings';
import {
  elevationProofs,
  secondFactorDemands,
  type ElevationProof,
  type SecondFactorDemand,
} from '@samtal/contract/signin';
import { sql, type RawBuilder } from 'kysely';
import type { ReadTx, Statement } from '../../platform/database/index.ts';

/** Settings about people, who may belong to several accounts. Which of two values is the stricter one. */
const stricter = {
  'signin.session-idle-minutes': 'min',
  'signin.session-life-hours': 'min',
  'signin.session-extension-hours': 'min',
  'signin.password-min-length': 'max',
  'signin.password-max-age-days': 'min',
  'signin.password-min-age-days': 'max',
  'signin.password-history': 'max',
  'signin.known-device-days': 'min',
  'signin.remembered-factor-days': 'min',
} as const;

/**
 * SQL: the strictest value that any account of a person says (decision 0014); of the installation where the person
 * works in none. `person` is SQL for a user’s id. In the platform’s scope.
 */
export function strictestSetting(key: keyof typeof stricter, person: RawBuilder<string>): RawBuilder<number> {
  const value = sql`coalesce((said ->> ${sql.lit(key)})::integer, ${sql.lit(settings[key].default)})`;
  return sql<number>`(select ${sql.raw(stricter[key])}(${value}) from settings_of_person(${person}) said)`;
}

const saidIn = new WeakMap<ReadTx, Map<string, Promise<Partial<SettingValues>[]>>>();

/**
 * What each account of a person says; what the installation says where the person works in none. In the platform’s scope. NOTE: a
 * transaction reads it once, since somebody who comes in is judged by it at many places: what the transaction itself
 * changes about memberships it does not see in it.
 */
async function readSaid(tx: ReadTx, userId: string): Promise<Partial<SettingValues>[]> {
  const known = saidIn.get(tx) ?? new Map<string, Promise<Partial<SettingValues>[]>>();
  saidIn.set(tx, known);
  const said =
    known.get(userId) ??
    tx
      .run<{ said: Partial<SettingValues> }>(saidOfPerson, [userId])
      .then((rows) => rows.map((row) => row.said));
  known.set(userId, said);
  return await said;
}

const saidOfPerson: Statement = {
  name: 'settings-said-of-person',
  text: 'select said from settings_of_person($1::uuid) said',
};

/** How long a password of a person must be. In the platform’s scope. */
export async function readPasswordMinLength(tx: ReadTx, userId: string): Promise<number> {
  const said = await readSaid(tx, userId);
  const key = 'signin.password-min-length';
  return Math.max(0, ...said.map((each) => each[key] ?? settings[key].default));
}

/** How the accounts of a person together limit where they are signed in at a time (C6): each of them is obeyed. */
export interface ConnectionRules {
  readonly mobileBlocked: boolean;
  /** One of each class of device, web and mobile. */
  readonly oneOfEach: boolean;
  /** Whether a new session is refused where there is no room, rather than the oldest ended. */
  readonly refuses: boolean;
}

/** In the platform’s scope. */
export async function readConnectionRules(tx: ReadTx, userId: string): Promise<ConnectionRules> {
  const limits = (await readSaid(tx, userId)).map((said) => ({
    limit: said['signin.connections'] ?? settings['signin.connections'].default,
    whenFull: said['signin.when-full'] ?? settings['signin.when-full'].default,
  }));
  const limiting = limits.filter(({ limit }) => limit === 'one-web-and-one-mobile');
  return {
    mobileBlocked: limits.some(({ limit }) => limit === 'web-only'),
    oneOfEach: limiting.length > 0,
    refuses: limiting.some(({ whenFull }) => whenFull === 'refuse'),
  };
}

/** What the accounts of a person demand of their signing in, the strictest of each (decision 0014). */
interface SignInDemands {
  readonly secondFactor: SecondFactorDemand;
  /** Kinds that every account lets count, beside passkeys. */
  readonly allowed: readonly string[];
  readonly elevationProof: ElevationProof;
  readonly renewalWithCode: boolean;
  readonly newDeviceMail: boolean;
  /** Whether they sign in at an identity provider alone: `except` for those whom every account that asks for it names. */
  readonly federatedOnly: 'no' | 'except' | 'barred';
}

/**
 * SQL: whether an account of the person lets them in by its identity provider alone (C4), and does not name them as an exception, or names
 * them and what an exception takes is not there.
 */
export function barredFromOwnSignIn(
  person: RawBuilder<string>,
  exception: RawBuilder<boolean> = sql<boolean>`true`,
): RawBuilder<boolean> {
  return sql<boolean>`exists (select from settings_of_person(${person}) said
    where (said ->> 'signin.federated-only')::boolean
      and not (coalesce(said -> 'signin.break-glass-users' ? ${person}::text, false) and ${exception}))`;
}

/** In the platform’s scope. */
export async function readSignInDemands(tx: ReadTx, userId: string): Promise<SignInDemands> {
  const said = await readSaid(tx, userId);
  const of = <Key extends keyof SettingValues>(key: Key) =>
    said.map((each) => (each[key] ?? settings[key].default) as SettingValues[Key]);
  const [first = [], ...others] = of('signin.second-factors-allowed');
  const federatedOnly = federatedOnlyOf(said, userId);
  return {
    federatedOnly,
    // An exception is made for who shows a second factor, whatever else accounts say of it.
    secondFactor:
      federatedOnly === 'no' ? strictestWord(secondFactorDemands, of('signin.second-factor')) : 'required',
    allowed: first.filter((kind) => others.every((each) => each.includes(kind))),
    elevationProof: strictestWord(elevationProofs, of('signin.elevation-proof')),
    renewalWithCode: of('signin.renewal-with-code').includes(true),
    newDeviceMail: of('signin.new-device-mail').includes(true),
  };
}

/** The last of the words, in the order of strictness, that somebody says. */
function strictestWord<Word extends string>(words: readonly [Word, ...Word[]], said: readonly Word[]): Word {
  return words.findLast((word) => said.includes(word)) ?? words[0];
}

function federatedOnlyOf(
  said: readonly Partial<SettingValues>[],
  userId: string,
): SignInDemands['federatedOnly'] {
  const asking = said.filter((each) => each['signin.federated-only'] === true);
  if (asking.length === 0) return 'no';
  return asking.every((each) => each['signin.break-glass-users']?.includes(userId) === true)
    ? 'except'
    : 'barred';
}
