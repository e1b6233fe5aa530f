import { createHmac } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral, type ClientConfig } from 'pg';
import { Database } from './database.ts';
import { mainSchema, migrate } from './migrate.ts';

/** How somebody reaches PostgreSQL. Can be told to another process. */
export type DatabaseLogin = Pick<
  ClientConfig,
  'connectionString' | 'host' | 'port' | 'database' | 'user' | 'password'
>;

/**
 * How the server reaches PostgreSQL: as the owner of the schema, as the login that serves requests, and as the one of the process that
 * speaks SFTP.
 */
export interface DatabaseAccess {
  readonly owner: ClientConfig;
  readonly login: ClientConfig;
  readonly sftp: DatabaseLogin;
}

/**
 * An external database is reached by its URL alone, whose user owns the schema. It needs CREATEROLE, or the roles
 * `samtal_app`, `samtal_platform`, `samtal_backup` and `samtal_sftp` made and granted to it beforehand. One URL is one login: the process
 * that speaks SFTP has it too, and takes on its own role in each transaction.
 */
export function externalAccess(url: string): DatabaseAccess {
  return {
    owner: { connectionString: url },
    login: { connectionString: url },
    sftp: { connectionString: url },
  };
}

/**
 * The embedded database has a superuser. Requests are served by another login, which owns nothing but its jobs; SFTP by a third one, which
 * can take on no role but its own.
 */
export function embeddedAccess(superuser: EmbeddedSuperuser): DatabaseAccess {
  const login = (user: string, purpose: string) => ({
    ...superuser,
    user,
    password: createHmac('sha256', superuser.password).update(purpose).digest('base64url'),
  });
  return {
    owner: superuser,
    login: login('samtal_server', 'samtal/login/v1'),
    sftp: login('samtal_sftp_server', 'samtal/sftp-login/v1'),
  };
}

type EmbeddedSuperuser = DatabaseLogin & { password: string };

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
    await prepareLogins(owner, access);
    return { database: new Database({ ...access.login, onError }), applied };
  } finally {
    await owner.end();
  }
}

async function prepareLogins(owner: Client, { login, sftp }: DatabaseAccess): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('select current_user as name');
  const self = rows[0]?.name ?? '';
  const name = login.user ?? self;
  if (name !== self) await provideLogin(owner, login, ['samtal_app', 'samtal_platform', 'samtal_backup']);
  if (sftp.user !== undefined && sftp.user !== self) await provideLogin(owner, sftp, ['samtal_sftp']);
  // The job queue keeps its own tables, and makes them itself.
  await owner.query(`create schema if not exists jobs authorization ${escapeIdentifier(name)}`);
}

async function provideLogin(
  owner: Client,
  { user = '', password }: DatabaseLogin,
  roles: readonly string[],
): Promise<void> {
  const known = await owner.query('select from pg_roles where rolname = $1', [user]);
  const verb = known.rowCount === 0 ? 'create' : 'alter';
  const name = escapeIdentifier(user);
  await owner.query(`${verb} role ${name} login noinherit password ${escapeLiteral(String(password))}`);
  await owner.query(`grant ${roles.join(', ')} to ${name} with set true, inherit false`);
}
