import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { SyslogTarget } from '@samtal/contract/audit';
import type { Static } from '@samtal/contract/shared';
import type { Outbound, TlsSettings } from '../../platform/outbound/index.ts';
import type { Batch } from './batch.ts';
import { DeliveryError } from './delivery-error.ts';
import { bodyOf, type AuditRow } from './queries.ts';

const timeoutMs = 10_000;

/** Facility 13 (log audit), severity 5 (notice): RFC 5424, section 6.2.1. */
const priority = 13 * 8 + 5;

/** 32473 is the number for examples (RFC 5612); the project has none of its own. */
const structuredId = 'samtal@32473';

/**
 * Sends a batch over a connection of its own, octet-counted (RFC 6587, 3.4.1; RFC 5425 over TLS), then ends our side and
 * waits for the receiver to end its own: it has read everything then. Syslog knows no other receipt.
 */
export async function sendToSyslog(
  outbound: Outbound,
  target: Static<typeof SyslogTarget>,
  { batch, hostName, client }: { batch: Batch; hostName: string; client: TlsSettings['client'] },
): Promise<void> {
  const { host, port, transport, ca } = target;
  const at = { host, port, timeoutMs };
  const tls = { ...(ca === undefined ? {} : { ca }), ...(client === undefined ? {} : { client }) };
  // Without TLS only what the operator named is reached: the trail does not cross the internet in the clear.
  const socket =
    transport === 'tls'
      ? await outbound.connectTls(at, tls)
      : await outbound.connect({ ...at, publicPorts: [] });
  try {
    await finish(socket, Buffer.concat(syslogMessages(batch, hostName).map(counted)));
  } finally {
    socket.destroy();
  }
}

async function finish(socket: Socket, content: Buffer): Promise<void> {
  const timer = setTimeout(() => socket.destroy(new DeliveryError('timeout')), timeoutMs);
  try {
    socket.resume();
    socket.end(content);
    await once(socket, 'end');
  } catch (error) {
    throw error instanceof DeliveryError ? error : new DeliveryError('connection-lost');
  } finally {
    clearTimeout(timer);
  }
}

function counted(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** RFC 5424 messages: one for each entry, and one for the checkpoint; or one alone that tests the way. */
function syslogMessages({ account, entries, checkpoint, testedAt }: Batch, hostName: string): Buffer[] {
  if (testedAt !== undefined) {
    const text = JSON.stringify({ action: 'audit.test' });
    const at = testedAt.toISOString();
    return [syslogMessage({ at, hostName, id: 'audit.test', fields: { account }, text })];
  }
  const messages = entries.map((row) => entryMessage(row, account, hostName));
  if (checkpoint === null) return messages;
  const fields = { account, checkpoint: String(checkpoint.number), seq: String(checkpoint.leaf.seq) };
  return [
    ...messages,
    syslogMessage({
      at: checkpoint.at,
      hostName,
      id: 'audit.checkpoint',
      fields,
      text: JSON.stringify(checkpoint),
    }),
  ];
}

function entryMessage(row: AuditRow, account: string, hostName: string): Buffer {
  const { action, actor, subject } = bodyOf(row);
  const fields = {
    account,
    seq: String(row.seq),
    action,
    actorKind: actor.kind,
    ...(actor.id === undefined ? {} : { actorId: actor.id }),
    ...(subject === undefined ? {} : { subjectKind: subject.kind, subjectId: subject.id }),
    previous: row.previous.toString('hex'),
    hash: row.hash.toString('hex'),
  };
  return syslogMessage({ at: row.at.toISOString(), hostName, id: action, fields, text: row.body });
}

function syslogMessage({
  at,
  hostName,
  id,
  fields,
  text,
}: {
  at: string;
  hostName: string;
  id: string;
  fields: Record<string, string>;
  text: string;
}): Buffer {
  const word = (value: string, most: number) => value.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, most) || '-';
  const data = Object.entries(fields).map(
    ([name, value]) => `${name}="${value.replaceAll(/["\\\]]/g, '\\$&')}"`,
  );
  const head = `<${priority}>1 ${at} ${word(hostName, 255)} samtal - ${word(id, 32)} [${structuredId} ${data.join(' ')}]`;
  // The mark before the text says that it is UTF-8. JSON has no line breaks of its own.
  return Buffer.from(`${head} \uFEFF${text}`);
}
