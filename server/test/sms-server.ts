import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setSmsPassword } from '../src/features/factors/index.ts';
import { changeInstallationSettings } from '../src/features/settings/index.ts';
import { testCertificate } from './certificate.ts';
import type { TestDatabase } from './database.ts';

/** A message as the provider got it. */
export interface ReceivedText {
  readonly from: string | null;
  readonly to: string | null;
  readonly message: string;
}

/** A provider of text messages that takes them as 46elks does. Whoever sends has to know the password. */
export interface TestSmsServer {
  readonly port: number;
  /** PEM of whom it says it is: `localhost`. */
  readonly certificate: string;
  readonly received: ReceivedText[];
  /** Everything that came, as it came. */
  readonly bodies: string[];
  /** What it answers next instead of taking a message: 403, 500. */
  readonly refusals: number[];
  close(): Promise<void>;
}

export const smsUser = { user: 'u1234', password: 'the provider knows it' };

export async function startSmsServer(): Promise<TestSmsServer> {
  const { cert, key } = testCertificate();
  const [received, bodies, refusals]: [ReceivedText[], string[], number[]] = [[], [], []];
  const wanted = `Basic ${Buffer.from(`${smsUser.user}:${smsUser.password}`).toString('base64')}`;
  const server = createServer({ cert, key }, (request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      const refusal = request.headers.authorization === wanted ? refusals.shift() : 401;
      const isFit = request.method === 'POST' && request.url === '/a1/sms';
      if (refusal !== undefined || !isFit) {
        response.writeHead(refusal ?? 404).end('No');
        return;
      }
      const form = new URLSearchParams(body);
      bodies.push(body);
      received.push({ from: form.get('from'), to: form.get('to'), message: form.get('message') ?? '' });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"created"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate: cert,
    received,
    bodies,
    refusals,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Lets the installation send text messages through this provider, to Sweden. */
export async function setUpSms({ database, keyring }: TestDatabase, server: TestSmsServer): Promise<void> {
  await database.transaction('platform', async (tx) => {
    await changeInstallationSettings(tx, {
      set: {
        'sms.provider': '46elks',
        'sms.url': `https://localhost:${server.port}/a1/sms`,
        'sms.ca': server.certificate,
        'sms.user': smsUser.user,
        'sms.country-prefixes': ['+46'],
      },
      unset: [],
      reason: 'a test',
    });
    await setSmsPassword(tx, keyring, smsUser.password);
  });
}
