import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Outbound } from '../outbound/index.ts';
import { SmsError } from './sms-error.ts';

/** Who sends text messages for this installation. */
export interface SmsServer {
  /** How it is spoken to. */
  readonly provider: '46elks';
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the authorities that count; those of Node when null. */
  readonly ca: string | null;
}

export interface TextMessage {
  /** A number, or a name of at most eleven letters and digits. */
  readonly from: string;
  /** A number (E.164). */
  readonly to: string;
  readonly text: string;
}

const timeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024;
const publicPorts = [443, 8443];

/** What differs from provider to provider: the form in which a message is posted. */
const forms: Record<SmsServer['provider'], (message: TextMessage) => URLSearchParams> = {
  // 46elks.com/docs/send-sms. The provider is asked not to keep what the message says.
  '46elks': ({ from, to, text }) => new URLSearchParams({ from, to, message: text, dontlog: 'message' }),
};

/** Hands a message to the provider over HTTPS and waits until it has taken it. Follows no redirect. Throws SmsError. */
export async function sendSms(outbound: Outbound, server: SmsServer, message: TextMessage): Promise<void> {
  try {
    const status = await post(outbound, server, Buffer.from(forms[server.provider](message).toString()));
    if (status === 401 || status === 403) throw new SmsError('sign-in-refused');
    if (status < 200 || status >= 300) throw new SmsError(`answered-${status}`);
  } catch (error) {
    throw SmsError.from(error);
  }
}

async function post(outbound: Outbound, server: SmsServer, body: Buffer): Promise<number> {
  const url = new URL(server.url);
  const port = url.port === '' ? 443 : Number(url.port);
  const socket = await outbound.connectTls(
    { host: url.hostname, port, publicPorts, timeoutMs },
    server.ca === null ? {} : { ca: server.ca },
  );
  const sending = request({
    createConnection: () => socket,
    method: 'POST',
    path: url.pathname,
    headers: {
      host: url.host,
      authorization: `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      'user-agent': 'samtal',
      connection: 'close',
    },
  });
  const late = setTimeout(() => sending.destroy(new SmsError('timeout')), timeoutMs);
  try {
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    sending.end(body);
    const failed = new Promise<never>((_, reject) => sending.once('error', reject));
    return await Promise.race([failed, answered.then(async ([answer]) => await read(answer))]);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}

async function read(answer: IncomingMessage): Promise<number> {
  let size = 0;
  for await (const part of answer) {
    size += (part as Buffer).length;
    if (size > maxAnswerBytes) throw new SmsError('answer-too-large');
  }
  return answer.statusCode ?? 0;
}
