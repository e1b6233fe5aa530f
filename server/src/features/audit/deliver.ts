import type { AuditTarget } from '@samtal/contract/audit';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import type { Batch } from './batch.ts';
import { openDestinationSecret } from './destination-secret.ts';
import { sendToSyslog } from './syslog.ts';
import { sendToWebhook } from './webhook.ts';

export interface DeliveryParts {
  readonly keyring: Keyring;
  readonly outbound: Outbound;
  /** What this installation calls itself towards syslog. */
  readonly hostName: string;
}

interface Receiver {
  readonly account_id: string;
  readonly id: string;
  readonly target: unknown;
  readonly secret: Buffer | null;
}

/** Sends one batch to a destination. Throws DeliveryError or OutboundError when it does not arrive. */
export async function deliver(
  { keyring, outbound, hostName }: DeliveryParts,
  { account_id: account, id, target, secret }: Receiver,
  batch: Batch,
): Promise<void> {
  const opened = await openDestinationSecret(keyring, { account, id }, secret);
  // Written by `createDestination`, judged by the contract.
  const to = target as AuditTarget;
  if (to.kind === 'webhook') await sendToWebhook(outbound, to, { batch, secret: opened.signing ?? '' });
  else await sendToSyslog(outbound, to, { batch, hostName, client: opened.client });
}
