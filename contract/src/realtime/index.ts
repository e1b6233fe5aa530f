import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, Type } from '../shared/index.ts';

export * from './frames.ts';
export * from './link.ts';
export * from './outbox.ts';
export * from './protocol.ts';
export * from './thread.ts';

export const createRealtimeTicket = endpoint({
  id: 'realtime.createRealtimeTicket',
  method: 'POST',
  path: '/accounts/{accountId}/realtime-ticket',
  summary: 'A ticket to open one agent socket: works once, for 30 seconds',
  access: 'member',
  notForKeys: true,
  params: closed({ accountId: Id }),
  answersOnce: true,
  status: 201,
  response: closed({ ticket: Type.String(), expiresAt: Instant }),
});
