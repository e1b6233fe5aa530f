import { request, type IncomingMessage } from 'node:http';
import { OutboundError, type Outbound } from './outbound.ts';

const publicPorts = [443, 8443];

interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** From asking until the last letter of the answer. */
  readonly timeoutMs: number;
  readonly limitBytes: number;
}

/**
 * Asks another server, by the way out and no other. HTTPS only; plain HTTP to loopback, which the way out lets through where
 * the operator named it. Follows no redirection, knows no cookies, and reads no more than the limit. Throws OutboundError.
 */
export async function fetchOutbound(
  outbound: Outbound,
  url: URL,
  { method = 'GET', headers = {}, body, timeoutMs, limitBytes }: FetchOptions,
): Promise<Response> {
  const isPlain = url.protocol === 'http:' && isLoopback(url.hostname);
  if (!isPlain && url.protocol !== 'https:') throw new OutboundError('address-refused');
  if (url.username !== '' || url.password !== '') throw new OutboundError('address-refused');
  const deadline = Date.now() + timeoutMs;
  const target = {
    host: url.hostname,
    port: url.port === '' ? (isPlain ? 80 : 443) : Number(url.port),
    publicPorts,
    timeoutMs,
  };
  const socket = isPlain ? await outbound.connect(target) : await outbound.connectTls(target);
  const sending = request({
    createConnection: () => socket,
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      ...headers,
      host: url.host,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  });
  const timer = setTimeout(
    () => sending.destroy(new OutboundError('timeout')),
    Math.max(1, deadline - Date.now()),
  );
  try {
    sending.end(body);
    return await answered(sending, limitBytes);
  } catch (cause) {
    throw cause instanceof OutboundError ? cause : new OutboundError('unreachable', { cause });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** By its name alone: that does not say that it may be reached. */
export function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

async function answered(sending: ReturnType<typeof request>, limitBytes: number): Promise<Response> {
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    sending.once('response', done).on('error', failed);
  });
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > limitBytes) throw new OutboundError('too-large');
    parts.push(part);
  }
  const status = answer.statusCode ?? 502;
  // Statuses that have no body cannot be made with one.
  const content = [204, 205, 304].includes(status) ? null : Buffer.concat(parts);
  return new Response(content, { status, headers: new Headers(headerPairs(answer)) });
}

function headerPairs({ headersDistinct }: IncomingMessage): [string, string][] {
  return Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
}
