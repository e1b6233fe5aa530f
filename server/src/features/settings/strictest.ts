import { settings } from '@samtal/contract/settings';
import { sql, type RawBuilder } from 'kysely';

/** Settings about people, who may belong to several accounts. Which of two values is the stricter one. */
const stricter = {
  'signin.session-idle-minutes': 'min',
  'signin.session-life-hours': 'min',
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
