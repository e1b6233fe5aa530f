import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { testCertificate } from './certificate.ts';

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: string[];
  readonly wasEncrypted: boolean;
  readonly user: string | null;
  /** As it came over the wire. */
  readonly raw: string;
  /** Header fields, unfolded, by name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body, decoded. */
  readonly text: string;
}

/** A mail server that speaks SMTP on loopback. Whoever shows a user name has to know its password. */
export interface TestMailServer {
  readonly port: number;
  /** PEM of whom it says it is: `localhost`. */
  readonly certificate: string;
  readonly received: ReceivedMail[];
  /** What it answers to the next recipients, one after the other, instead of taking them: 450, 550. */
  readonly refusals: number[];
  close(): Promise<void>;
}

export const mailUser = { user: 'samtal', password: 'the mail server knows it' };

export async function startMailServer(
  mode: 'starttls' | 'implicit' | 'plain' = 'starttls',
): Promise<TestMailServer> {
  const { cert, key } = testCertificate();
  const received: ReceivedMail[] = [];
  const refusals: number[] = [];
  const server = new SMTPServer({
    cert,
    key,
    secure: mode === 'implicit',
    ...(mode === 'plain' ? { disabledCommands: ['STARTTLS', 'AUTH'] } : {}),
    authOptional: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === mailUser.user && password === mailUser.password) done(null, { user: username });
      else done(new Error('Wrong'));
    },
    onRcptTo: (_address, _session, done) => {
      const refusal = refusals.shift();
      done(refusal === undefined ? null : Object.assign(new Error('Not now'), { responseCode: refusal }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          wasEncrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          ...parsed(Buffer.concat(parts).toString()),
        });
        done();
      });
    },
  });
  // Clients that hang up in the middle are part of what is tested.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    certificate: cert,
    received,
    refusals,
    close: async () => await new Promise((done) => server.close(() => done())),
  };
}

function parsed(raw: string): Pick<ReceivedMail, 'raw' | 'headers' | 'text'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = new Map(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => {
        const [name = '', ...value] = line.split(':');
        return [name.toLowerCase(), value.join(':').trim()];
      }),
  );
  const body = rest.join('\r\n\r\n');
  const encoding = headers.get('content-transfer-encoding') ?? '7bit';
  if (encoding === 'base64') return { raw, headers, text: Buffer.from(body, 'base64').toString() };
  if (encoding !== 'quoted-printable') return { raw, headers, text: body };
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { raw, headers, text: Buffer.from(bytes, 'latin1').toString() };
}
