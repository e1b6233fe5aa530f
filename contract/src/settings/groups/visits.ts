import { oneOf, Type } from '../../shared/index.ts';
import { setting, everywhere, type Setting } from '../setting.ts';

/** What is noted of visitors, shown of them, and asked of them. */
export const visitsSettings = {
  // The activity log (G6, G10): `off`, addresses of connections, or pages visited as well.
  'activity-log.level': setting({
    schema: oneOf('off', 'connections', 'pages'),
    default: 'connections',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['off', 'connections', 'pages'] },
  }),

  // Session data shown to the agent while the conversation is live, and never stored (E9).
  'session-data.shown': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),

  // Tickets of customers (C9).
  /** Conversations begin only when a ticket has said who the visitor is. */
  'tickets.required': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  /** The longest time between a ticket's making and its end. */
  'tickets.life-seconds': setting({
    schema: Type.Integer({ minimum: 30, maximum: 300 }),
    default: 120,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
} as const satisfies Record<string, Setting>;
