import { runFromCommandLine } from './command-line.ts';
import { idleMemory } from './idle-memory.ts';
import { messages } from './messages.ts';
import { start } from './start.ts';
import { widgetSize } from './widget-size.ts';

// npm run bench [-- name…] [--rounds 3] [--seconds 8]
await runFromCommandLine([widgetSize, start, idleMemory, messages]);
