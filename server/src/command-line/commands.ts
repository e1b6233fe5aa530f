import { accountCommands } from './accounts.ts';
import { activityLogCommands } from './activity-log.ts';
import { allowOwnSignIn } from './allow-own-sign-in.ts';
import { apiKeyCommands } from './api-keys.ts';
import { auditCommands } from './audit.ts';
import { auditDestinationCommands } from './audit-destinations.ts';
import { backupCommands } from './backup.ts';
import { clearNetworks } from './clear-networks.ts';
import type { Command } from './command.ts';
import { createUser } from './create-user.ts';
import { accountDeletionCommands } from './delete-account.ts';
import { domainCommands } from './domains.ts';
import { erasureCommands } from './erasures.ts';
import { grantRole } from './grant-role.ts';
import { keyCommands } from './keys.ts';
import { listUsers } from './list-users.ts';
import { mailCommands } from './mail.ts';
import { operatorAccessCommands } from './operator-access.ts';
import { resetFactors } from './reset-factors.ts';
import { resetPassword } from './reset-password.ts';
import { selfCheckCommand } from './self-check.ts';
import { settingsCommands } from './settings.ts';
import { sftpCommands } from './sftp.ts';
import { smsCommands } from './sms.ts';
import { start } from './start.ts';
import { statisticsCommands } from './statistics.ts';

/** Every command there is, in reading order. */
export const commands: readonly Command[] = [
  start,
  ...accountCommands,
  clearNetworks,
  allowOwnSignIn,
  ...accountDeletionCommands,
  listUsers,
  createUser,
  resetPassword,
  resetFactors,
  grantRole,
  selfCheckCommand,
  ...domainCommands,
  ...operatorAccessCommands,
  ...apiKeyCommands,
  ...settingsCommands,
  ...mailCommands,
  ...smsCommands,
  ...sftpCommands,
  ...keyCommands,
  ...auditCommands,
  ...auditDestinationCommands,
  ...erasureCommands,
  ...activityLogCommands,
  ...backupCommands,
  ...statisticsCommands,
];
