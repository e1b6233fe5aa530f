/** Everything a log line may say, and the shape each word must have. What does not fit is left out. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const word = /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$/;

const texts = {
  requestId: uuid,
  accountId: uuid,
  userId: uuid,
  conversationId: uuid,
  siteId: uuid,
  queueId: uuid,
  connectionId: uuid,
  nodeId: uuid,
  jobId: uuid,
  method: /^[A-Z]{3,7}$/,
  /** The pattern (`/conversations/:id`), never the path that was asked for. */
  route: /^(?:\(none\)|[/A-Za-z0-9._:*(){}-]{1,200})$/,
  /** Scheme, host and port of the server itself; nothing after them. */
  url: /^https?:\/\/[A-Za-z0-9.:[\]-]{1,255}\/?$/,
  code: /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/,
  signal: /^SIG[A-Z0-9]{2,10}$/,
  version: /^v?\d+(?:\.\d+){0,3}(?:-[a-z0-9.]+)?$/,
  migration: /^\d{4}-[a-z0-9-]+(?:\.sql)?$/,
  feature: word,
  job: word,
  queue: word,
  reason: word,
  state: word,
  command: word,
} as const satisfies Record<string, RegExp>;

const numbers = [
  'status',
  'durationMs',
  'delayMs',
  'lagMs',
  'count',
  'total',
  'attempt',
  'sizeBytes',
  'pid',
  'port',
  'exitCode',
  'closeCode',
  'connections',
] as const;

const numberNames: ReadonlySet<string> = new Set(numbers);
const longestText = 255;

/**
 * The fields a log line may carry: ids, counts, durations and words of our own. There is no field for a name, an
 * address, a text or a URL with a path, and there must never be one.
 */
export type LogFields = { readonly [Name in keyof typeof texts]?: string | null | undefined } & {
  readonly [Name in (typeof numbers)[number]]?: number | null | undefined;
};

/** Keeps the allowed fields whose values have the allowed shape. Says how many were left out, never which values. */
export function allowedFields(given: object): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (value === null || value === undefined) continue;
    if (isAllowed(name, value)) kept[name] = value;
    else dropped += 1;
  }
  if (dropped > 0) kept['droppedFields'] = dropped;
  return kept;
}

function isAllowed(name: string, value: unknown): value is string | number {
  if (typeof value === 'number') return numberNames.has(name) && Number.isFinite(value);
  if (typeof value !== 'string' || !Object.hasOwn(texts, name)) return false;
  return value.length <= longestText && texts[name as keyof typeof texts].test(value);
}
