import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import {
  changesOf,
  closed,
  Id,
  Instant,
  listOf,
  Name,
  nullable,
  oneOf,
  Type,
  type Static,
} from '../shared/index.ts';
import { Figures, statisticsGrains } from '../statistics/index.ts';
import { statisticsDimensions, statisticsSubjects } from '../statistics/metric.ts';
import { longestDays } from './longest-days.ts';

export { longestDays };

export const dataServiceLimits = {
  /** Of one account. */
  services: 100,
  /** Queues, sites or roles that one definition names. */
  named: 100,
  /** Of one caller and service, by each minute. What the account lets a key ask for altogether holds besides. */
  requestsPerMinute: 600,
  defaultRequestsPerMinute: 60,
} as const;

/** Whether a caller may give something, or must. */
export const parameterUses = ['not', 'may', 'must'] as const;
export type ParameterUse = (typeof parameterUses)[number];

const use = oneOf(...parameterUses);
const named = Type.Array(Id, { minItems: 1, maxItems: dataServiceLimits.named, uniqueItems: true });

/**
 * Which figures a data service answers with. It is made of what metrics are made of and of nothing else: there is no place in it for a
 * query language.
 */
export const DataServiceQuery = closed({
  subject: oneOf(...statisticsSubjects),
  /** Names of metrics of the subject. They are answered in the order of the subject. */
  measures: Type.Array(Type.String({ maxLength: 80, pattern: '^[a-z0-9_]+$' }), {
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
  }),
  /** What rows are told apart by; null: what the subject says, `all`: nothing. */
  by: nullable(oneOf('all', ...statisticsDimensions)),
  grain: oneOf(...statisticsGrains),
  period: Type.Union([
    /** The caller says from when to when, and at most so many days of it. */
    closed({ kind: Type.Literal('given'), longestDays: Type.Integer({ minimum: 1, maximum: 366 }) }),
    /** The last so many hours or days (UTC) that are over when somebody asks. */
    closed({
      kind: Type.Literal('last'),
      unit: oneOf('hour', 'day'),
      count: Type.Integer({ minimum: 1, maximum: 31 * 24 }),
    }),
  ]),
  /** Figures of these queues and sites alone, whatever the caller asks for; null for all of them. */
  filters: closed({ queueIds: nullable(named), siteIds: nullable(named) }),
  /** By what the caller narrows the answer to one queue, site or agent. */
  parameters: closed({ queue: use, site: use, agent: use }),
});
export type DataServiceQuery = Static<typeof DataServiceQuery>;

/** A part of the address. It never changes, so that no program is left without its service. */
export const DataServiceKey = Type.String({
  minLength: 2,
  maxLength: 60,
  pattern: '^[a-z0-9][a-z0-9-]*[a-z0-9]$',
});

const fields = {
  name: Name,
  /** What it is for, for whoever is to use it. */
  description: Type.String({ maxLength: 1000 }),
  enabled: Type.Boolean(),
  /** So often it answers the same caller. */
  requestsPerMinute: Type.Integer({ minimum: 1, maximum: dataServiceLimits.requestsPerMinute }),
  /** Roles whose holders may run it, directly or through a role that holds one; empty: whoever holds `data-services.read`. */
  roleIds: Type.Array(Id, { maxItems: dataServiceLimits.named, uniqueItems: true }),
  query: DataServiceQuery,
};

/** What versions keep of a data service (H1). */
export const DataServiceConfiguration = closed({ key: DataServiceKey, ...fields });
export type DataServiceConfiguration = Static<typeof DataServiceConfiguration>;

/** A question about statistics that an account has written down, and given to some of its people and programs (I5). */
export const DataService = closed({ id: Id, key: DataServiceKey, ...fields, version: NewestVersion });
export type DataService = Static<typeof DataService>;

/** What a caller says with a question; which of it, the definition says. `from` is in, `to` is not. */
export const DataServiceParameters = closed({
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  queueId: Type.Optional(Id),
  siteId: Type.Optional(Id),
  agentId: Type.Optional(Id),
});
export type DataServiceParameters = Static<typeof DataServiceParameters>;

/** Figures, of measures those of the definition: by time, then by name. */
export const DataServiceRows = closed({
  key: DataServiceKey,
  from: Instant,
  to: Instant,
  ...Figures.properties,
});
export type DataServiceRows = Static<typeof DataServiceRows>;

const account = { accountId: Id };
const base = '/accounts/{accountId}/data-services';
const one = closed({ ...account, serviceKey: DataServiceKey });
const manages = { holding: 'data-services.manage' } as const;
const definition = [
  'access.exceeds-own',
  'data-services.measure',
  'data-services.period',
  'statistics.dimension',
] as const;

export const listDataServices = endpoint({
  id: 'data-services.listDataServices',
  method: 'GET',
  path: base,
  summary: 'The data services that you may run; all of them for whoever defines them',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(DataService),
});

export const getDataService = endpoint({
  id: 'data-services.getDataService',
  method: 'GET',
  path: `${base}/{serviceKey}`,
  summary: 'One data service: what it answers with, and what it has to be told',
  access: 'member',
  params: one,
  status: 200,
  response: DataService,
  errors: ['not-found'],
});

export const createDataService = endpoint({
  id: 'data-services.createDataService',
  method: 'POST',
  path: base,
  summary: 'Define a data service',
  description:
    'Others are given it, so whoever defines one holds `statistics.view` without a scope. It gives nobody anything: each caller is answered with what lies in the scopes in which they hold `data-services.read`.',
  access: manages,
  sensitive: true,
  params: closed(account),
  body: closed({ key: DataServiceKey, ...fields, ...makingFields }),
  status: 201,
  response: DataService,
  errors: [...definition, 'data-services.too-many', 'names.taken', 'not-found'],
});

export const changeDataService = endpoint({
  id: 'data-services.changeDataService',
  method: 'PATCH',
  path: `${base}/{serviceKey}`,
  summary: 'Change a data service; it answers by the new definition from then on',
  access: manages,
  sensitive: true,
  params: one,
  body: changesOf({ ...fields, ...changeFields }),
  status: 200,
  response: DataService,
  errors: [...definition, 'history.changed-meanwhile', 'not-found'],
});

export const deleteDataService = endpoint({
  id: 'data-services.deleteDataService',
  method: 'DELETE',
  path: `${base}/{serviceKey}`,
  summary: 'Delete a data service',
  access: manages,
  params: one,
  ...removal,
  status: 204,
  errors: ['not-found'],
});

const running = [
  'data-services.disabled',
  'data-services.parameter',
  'data-services.too-long',
  'not-found',
  'statistics.period',
  'statistics.too-many',
] as const;

export const readDataService = endpoint({
  id: 'data-services.readDataService',
  method: 'GET',
  path: `${base}/{serviceKey}/rows`,
  summary: 'Run a data service: its figures within your scope',
  description:
    'The same figures as `statistics.readFigures` gives for the same question. A second policy in `RateLimit-Policy` and `RateLimit`, `data-service`, says how often the service answers the same caller.',
  access: { holding: 'data-services.read' },
  params: one,
  query: DataServiceParameters,
  status: 200,
  response: DataServiceRows,
  errors: running,
});

export const exportDataService = endpoint({
  id: 'data-services.exportDataService',
  method: 'GET',
  path: `${base}/{serviceKey}/csv`,
  summary: 'Run a data service: the same rows as a CSV file',
  access: { holding: 'data-services.read' },
  params: one,
  query: DataServiceParameters,
  status: 200,
  media: ['text/csv'],
  errors: running,
});
