import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseUser } from './database-user.ts';
import { PostgresError } from './postgres-error.ts';
import { makePrivate } from './directories.ts';
import { socketPort } from './settings.ts';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const longestPath = 103;

export function socketPath(directory: string): string {
  return join(directory, `.s.PGSQL.${socketPort}`);
}

/**
 * Makes the private directory of the socket: in the data directory, or, where that makes too long a path for a socket,
 * in the system's directory for temporary files under a name that follows from the data directory.
 */
export async function provideSocketDirectory(
  postgresDir: string,
  user: DatabaseUser | null,
): Promise<string> {
  const inside = join(postgresDir, 'socket');
  if (fits(inside)) {
    await makePrivate(inside, user);
    return inside;
  }
  const name = `samtal-${createHash('sha256').update(postgresDir).digest('hex').slice(0, 16)}`;
  const outside = join(tmpdir(), name);
  if (!fits(outside)) {
    throw new PostgresError(
      'postgres-path-too-long',
      `The paths ${inside} and ${outside} are too long for a socket. Set SAMTAL_DATA_DIR to a shorter one.`,
    );
  }
  await makePrivate(outside, user);
  return outside;
}

function fits(directory: string): boolean {
  return Buffer.byteLength(socketPath(directory)) <= longestPath;
}
