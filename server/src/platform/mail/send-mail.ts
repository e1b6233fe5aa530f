import { isIP } from 'node:net';
import type { Outbound } from '../outbound/index.ts';
import { sendableAddress } from './addresses.ts';
import { MailError } from './mail-error.ts';

/** A server that takes mail from this installation and passes it on (RFC 6409). */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `none` is for a server on this machine alone. */
  readonly security: 'starttls' | 'implicit' | 'none';
  readonly signIn: { readonly user: string; readonly password: string } | null;
  /** PEM of the authorities that count; those of Node when null. */
  readonly ca: string | null;
  /** What this installation calls itself (EHLO). */
  readonly ownName: string;
}

/** A mail in plain text to one recipient. */
export interface Mail {
  /** The same for the same mail, however often it is sent: a receiver can drop what it has (RFC 5322, section 3.6.4). */
  readonly id: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const stepMs = 10_000;
/** For the whole of it: a server that says a word now and then holds nobody longer. */
const wholeMs = 60_000;

/**
 * Hands a mail to the server and waits until it has taken it. Throws MailError. What is sent is marked as made by a machine
 * (RFC 3834), so that no automatic answer comes of it.
 */
export async function sendMail(outbound: Outbound, server: MailServer, mail: Mail): Promise<void> {
  const message = judged(mail);
  // Read with the first mail, so that a node starts sooner.
  const { createTransport } = await import('nodemailer');
  const target = { host: server.host, port: server.port, timeoutMs: stepMs };
  const trust = server.ca === null ? {} : { ca: server.ca };
  const connection = await (
    server.security === 'implicit' ? outbound.connectTls(target, trust) : outbound.connect(target)
  ).catch(asMailError);
  const deadline = setTimeout(() => connection.destroy(new Error('It took too long')), wholeMs);
  try {
    if (server.security === 'none' && !isLoopback(connection.remoteAddress))
      throw new MailError('unprotected');
    const transport = createTransport({
      connection,
      host: server.host,
      port: server.port,
      name: server.ownName,
      secure: server.security === 'implicit',
      secured: server.security === 'implicit',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      tls: {
        ...trust,
        minVersion: 'TLSv1.2',
        ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
      },
      ...(server.signIn === null ? {} : { auth: { user: server.signIn.user, pass: server.signIn.password } }),
      greetingTimeout: stepMs,
      socketTimeout: stepMs,
      logger: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    await transport.sendMail(message);
  } catch (error) {
    throw MailError.from(error);
  } finally {
    clearTimeout(deadline);
    connection.destroy();
  }
}

/** Nothing reaches the library that was not judged here, whoever judged it before (attack catalogue 55). */
function judged({ id, from, to, subject, text }: Mail) {
  const [recipient, sender] = [sendableAddress(to), sendableAddress(from.address)];
  if (recipient === null || sender === null) throw new MailError('address-refused', 'final');
  if ([id, from.name, subject].some((line) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line)))
    throw new MailError('header-refused', 'final');
  return {
    messageId: `<${id}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    from: { name: from.name, address: sender },
    to: { name: '', address: recipient },
    envelope: { from: sender, to: [recipient] },
    subject,
    text,
    textEncoding: 'quoted-printable' as const,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');
}

function asMailError(error: unknown): never {
  throw MailError.from(error);
}
