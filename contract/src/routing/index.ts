import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import { changesOf, closed, Id, listOf, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';

const queueFields = {
  name: Name,
  /** The region or team that it lies in, which scopes refer to (B2); null for none. */
  unitId: nullable(Id),
  /** Higher goes first where an agent could take from several queues. */
  priority: Type.Integer({ minimum: 0, maximum: 100 }),
  /** `offer`: the agent accepts or declines; `assign`: the agent has it at once (E2). */
  assignment: oneOf('offer', 'assign'),
  /** Seconds an agent has to answer an offer before it goes to another (E2). */
  offerSeconds: Type.Integer({ minimum: 5, maximum: 600 }),
};

/** What versions keep of a queue (H1). */
export const QueueConfiguration = closed(queueFields);
export type QueueConfiguration = Static<typeof QueueConfiguration>;

export const Queue = closed({
  id: Id,
  ...queueFields,
  /** How many conversations wait now, offered ones included. */
  waiting: Type.Integer(),
  version: NewestVersion,
});
export type Queue = Static<typeof Queue>;

/** An agent as colleagues see them. */
export const AgentPresence = closed({
  userId: Id,
  name: Type.String(),
  /** `offline`: no console of theirs is connected. */
  state: oneOf('available', 'away', 'offline'),
  conversations: Type.Integer(),
  maxConversations: Type.Integer(),
});
export type AgentPresence = Static<typeof AgentPresence>;

const account = { accountId: Id };

export const listQueues = endpoint({
  id: 'routing.listQueues',
  method: 'GET',
  path: '/accounts/{accountId}/queues',
  summary: 'The queues within your scope',
  access: { holding: 'routing.read' },
  params: closed(account),
  status: 200,
  response: listOf(Queue),
});

export const createQueue = endpoint({
  id: 'routing.createQueue',
  method: 'POST',
  path: '/accounts/{accountId}/queues',
  summary: 'Add a queue',
  access: { holding: 'routing.manage' },
  params: closed(account),
  body: closed({
    name: queueFields.name,
    unitId: Type.Optional(queueFields.unitId),
    priority: Type.Optional(queueFields.priority),
    assignment: Type.Optional(queueFields.assignment),
    offerSeconds: Type.Optional(queueFields.offerSeconds),
    ...makingFields,
  }),
  status: 201,
  response: Queue,
  errors: ['names.taken', 'not-found'],
});

export const changeQueue = endpoint({
  id: 'routing.changeQueue',
  method: 'PATCH',
  path: '/accounts/{accountId}/queues/{queueId}',
  summary: 'Change a queue',
  access: { holding: 'routing.manage' },
  params: closed({ ...account, queueId: Id }),
  body: changesOf({ ...queueFields, ...changeFields }),
  status: 200,
  response: Queue,
  errors: ['access.exceeds-own', 'history.changed-meanwhile', 'names.taken', 'not-found'],
});

export const deleteQueue = endpoint({
  id: 'routing.deleteQueue',
  method: 'DELETE',
  path: '/accounts/{accountId}/queues/{queueId}',
  summary: 'Delete a queue that no site and no open conversation uses',
  access: { holding: 'routing.manage' },
  params: closed({ ...account, queueId: Id }),
  ...removal,
  status: 204,
  errors: ['routing.queue-in-use', 'not-found'],
});

export const listPresence = endpoint({
  id: 'routing.listPresence',
  method: 'GET',
  path: '/accounts/{accountId}/presence',
  summary: 'The agents of the account and whether they are there',
  access: { holding: 'presence.read' },
  params: closed(account),
  status: 200,
  response: listOf(AgentPresence),
});

export const setPresence = endpoint({
  id: 'routing.setPresence',
  method: 'PUT',
  path: '/accounts/{accountId}/presence',
  summary: 'Say that you are available or away',
  access: { holding: 'conversations.handle' },
  notForKeys: true,
  params: closed(account),
  body: closed({ state: oneOf('available', 'away') }),
  status: 200,
  response: AgentPresence,
});
