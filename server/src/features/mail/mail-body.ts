import { seal, unseal, type SealingKey } from '../../platform/keys/index.ts';

/** To whom a mail goes, and what only this mail says. */
export interface MailBody {
  readonly to: string;
  /** To the recipient, masked; empty for nothing. */
  readonly note: string;
  /** Why it is sent, masked; is not. */
  readonly reason: string;
}

interface Where {
  readonly account_id: string;
  readonly conversation_id: string;
  readonly id: string;
}

/** Sealed under the key of its conversation: it dies with that (G9), and opens nowhere else. */
export function sealMailBody(key: SealingKey, where: Where, body: MailBody): Buffer {
  return seal(key, placeOf(where), Buffer.from(JSON.stringify(body)));
}

export function openMailBody(key: SealingKey, row: Where & { readonly body: Buffer }): MailBody {
  // Written by `sealMailBody`, and bound to this place.
  return JSON.parse(unseal(key, placeOf(row), row.body).toString()) as MailBody;
}

function placeOf({ account_id: account, conversation_id: object, id }: Where) {
  return { account, object, record: `mail:${id}`, field: 'body' };
}
