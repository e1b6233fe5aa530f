import { settings, type SettingOverrides, type SettingValues } from '@samtal/contract/settings';
import {
  elevationProofs,
  secondFactorDemands,
  type ElevationProof,
  type SecondFactorDemand,
} from '@samtal/contract/signin';
import { sql, type RawBuilder } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';

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
  const { rows } = await sql<{ said: SettingOverrides }>`
    select said from settings_of_person(${userId}::uuid) said`.execute(tx.sql);
  const limits = rows.map(({ said }) => ({
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
  const { rows } = await sql<{ said: Partial<SettingValues> }>`
    select said from settings_of_person(${userId}::uuid) said`.execute(tx.sql);
  const of = <Key extends keyof SettingValues>(key: Key) =>
    rows.map(({ said }) => (said[key] ?? settings[key].default) as SettingValues[Key]);
  const [first = [], ...others] = of('signin.second-factors-allowed');
  const federatedOnly = federatedOnlyOf(
    rows.map(({ said }) => said),
    userId,
  );
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
