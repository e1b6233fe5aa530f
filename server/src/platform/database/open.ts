import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral, type ClientConfig } from 'pg';
import { Database } from './database.ts';
import { mainSchema, migrate } from './migrate.ts';

/** How the server reaches PostgreSQL: as the owner of the schema, and as the login that serves requests. */
export interface DatabaseAccess {
  readonly owner: ClientConfig;
  readonly login: ClientConfig;
}

/**
 * An external database is reached by its URL alone, whose user owns the schema. It needs CREATEROLE, or the roles
 * `samtal_app`, `samtal_platform` and `samtal_backup` made and granted to it beforehand.
 */
export function externalAccess(url: string): DatabaseAccess {
  return { owner: { connectionString: url }, login: { connectionString: url } };
}

/** The embedded database has a superuser. Requests are served by another login, which owns nothing but its jobs. */
export function embeddedAccess(superuser: ClientConfig & { password: string }): DatabaseAccess {
  const password = createHmac('sha256', superuser.password).update('samtal/login/v1').digest('base64url');
  return { owner: superuser, login: { ...superuser, user: 'samtal_server', password } };
}

/** Makes the schema what this version needs, and opens it. */
export async function openDatabase(
  access: DatabaseAccess,
  onError: (error: Error) => void,
): Promise<{ database: Database; applied: string[] }> {
  const owner = new Client(access.owner);
  owner.on('error', onError);
  await owner.connect();
  try {
    const applied = await migrate(owner, mainSchema);
    await prepareLogin(owner, access);
    return { database: new Database({ ...access.login, onError }), applied };
  } finally {
    await owner.end();
  }
}

async function prepareLogin(owner: Client, { login }: DatabaseAccess): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('select current_user as name');
  const self = rows[0]?.name ?? '';
  const name = login.user ?? self;
  if (name !== self) {
    const known = await owner.query('select from pg_roles where rolname = $1', [name]);
    const verb = known.rowCount === 0 ? 'create' : 'alter';
    await owner.query(
      `${verb} role ${escapeIdentifier(name)} login noinherit password ${escapeLiteral(String(login.password))}`,
    );
    await owner.query(
      `grant samtal_app, samtal_platform, samtal_backup to ${escapeIdentifier(name)} with set true, inherit false`,
    );
  }
  // The job queue keeps its own tables, and makes them itself.
  await owner.query(`create schema if not exists jobs authorization ${escapeIdentifier(name)}`);
}
