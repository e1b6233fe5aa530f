import { accountCommands } from './accounts.ts';
import { activityLogCommands } from './activity-log.ts';
import { auditCommands } from './audit.ts';
import { auditDestinationCommands } from './audit-destinations.ts';
import { backupCommands } from './backup.ts';
import type { Command } from './command.ts';
import { createUser } from './create-user.ts';
import { grantRole } from './grant-role.ts';
import { keyCommands } from './keys.ts';
import { listUsers } from './list-users.ts';
import { resetPassword } from './reset-password.ts';
import { start } from './start.ts';

/** Every command there is, in reading order. */
export const commands: readonly Command[] = [
  start,
  ...accountCommands,
  listUsers,
  createUser,
  resetPassword,
  grantRole,
  ...keyCommands,
  ...auditCommands,
  ...auditDestinationCommands,
  ...activityLogCommands,
  ...backupCommands,
];
