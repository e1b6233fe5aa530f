import { settings, type SettingOverrides } from '@samtal/contract/settings';
import { sql, type RawBuilder } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';

/** Settings about people, who may belong to several accounts. Which of two values is the stricter one. */
const stricter = {
  'signin.session-idle-minutes': 'min',
  'signin.session-life-hours': 'min',
  'signin.session-extension-hours': 'min',
  'signin.password-min-length': 'max',
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
