import { createHmac } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import type { WebhookTarget } from '@samtal/contract/audit';
import type { Static } from '@samtal/contract/shared';
import type { Outbound } from '../../platform/outbound/index.ts';
import type { Batch } from './batch.ts';
import { DeliveryError } from './delivery-error.ts';

const timeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024;
const publicPorts = [443, 8443];

/**
 * Posts a batch over HTTPS, signed (HMAC-SHA256) over the time and the body. Any 2xx is a receipt; a redirect is not
 * followed, and whatever else the receiver says is not read.
 */
export async function sendToWebhook(
  outbound: Outbound,
  target: Static<typeof WebhookTarget>,
  { batch, secret }: { batch: Batch; secret: string },
): Promise<void> {
  const url = new URL(target.url);
  const port = url.port === '' ? 443 : Number(url.port);
  const body = Buffer.from(JSON.stringify(webhookBody(batch)));
  const timestamp = String(Math.floor(Date.now() / 1000));
  const socket = await outbound.connectTls(
    { host: url.hostname, port, publicPorts, timeoutMs },
    target.ca === undefined ? {} : { ca: target.ca },
  );
  try {
    const status = await answered(
      request({
        createConnection: () => socket,
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: {
          host: url.host,
          'content-type': 'application/json',
          'content-length': body.length,
          'user-agent': 'samtal',
          connection: 'close',
          'samtal-timestamp': timestamp,
          'samtal-signature': `v1=${signature(secret, timestamp, body)}`,
        },
      }),
      body,
    );
    if (status >= 300 && status < 400) throw new DeliveryError('redirected');
    if (status < 200 || status >= 300) throw new DeliveryError(`answered-${status}`);
  } finally {
    socket.destroy();
  }
}

function signature(secret: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

function webhookBody({ account, entries, checkpoint, testedAt }: Batch) {
  return {
    format: 'samtal-audit-batch/v1',
    account,
    entries: entries.map(({ seq, at, body, previous, hash }) => ({
      seq,
      at: at.toISOString(),
      body,
      previous: previous.toString('hex'),
      hash: hash.toString('hex'),
    })),
    checkpoint,
    ...(testedAt === undefined ? {} : { test: true }),
  };
}

async function answered(sending: ReturnType<typeof request>, body: Buffer): Promise<number> {
  return await new Promise<number>((done, failed) => {
    const timer = setTimeout(() => sending.destroy(new DeliveryError('timeout')), timeoutMs);
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      outcome();
    };
    sending.once('error', (error) =>
      settle(() => failed(error instanceof DeliveryError ? error : new DeliveryError('connection-lost'))),
    );
    sending.once('response', (answer: IncomingMessage) => {
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > maxAnswerBytes) answer.destroy(new DeliveryError('answer-too-large'));
      });
      answer.once('error', (error) =>
        settle(() => failed(error instanceof DeliveryError ? error : new DeliveryError('connection-lost'))),
      );
      answer.once('end', () => settle(() => done(answer.statusCode ?? 0)));
    });
    sending.end(body);
  });
}
