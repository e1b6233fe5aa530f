import { apiAuthentication } from './api-authentication.ts';
import { authorisation } from './authorisation.ts';
import { backup } from './backup.ts';
import { auditSealing } from './audit-sealing.ts';
import { runFromCommandLine } from './command-line.ts';
import { connections } from './connections.ts';
import { erasure, retention } from './deleting.ts';
import { hostileRule } from './hostile-rule.ts';
import { idleMemory } from './idle-memory.ts';
import { maskingAccuracy } from './masking-accuracy.ts';
import { maskingCost } from './masking-cost.ts';
import { maskingThroughput } from './masking.ts';
import { messages } from './messages.ts';
import { rollUps } from './roll-ups.ts';
import { search } from './search.ts';
import { sftp } from './sftp.ts';
import { signInThroughput } from './sign-in.ts';
import { start } from './start.ts';
import { statisticsFiles } from './statistics-files.ts';
import { widgetSize } from './widget-size.ts';

// npm run bench [-- name…] [--rounds 3] [--seconds 8]
await runFromCommandLine([
  widgetSize,
  maskingThroughput,
  maskingCost,
  hostileRule,
  maskingAccuracy,
  search,
  start,
  idleMemory,
  connections,
  apiAuthentication,
  signInThroughput,
  messages,
  backup,
  erasure,
  retention,
  auditSealing,
  authorisation,
  rollUps,
  statisticsFiles,
  sftp,
]);
