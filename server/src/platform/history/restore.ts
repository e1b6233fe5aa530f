import type { Static, TSchema } from '@samtal/contract/shared';
import type { Tx } from '../database/index.ts';
import { compileExact, Refusal, type Member } from '../http/index.ts';

/** An older version that is to hold again. */
export interface Restoration<Body> {
  readonly objectId: string;
  /** The whole object as it was in that version. */
  readonly body: Body;
  readonly note: { readonly version: number; readonly reason: string; readonly restoredFrom: number };
}

/** Makes an object again what it was. Refuses with history.not-restorable, and whatever changing the object refuses with. */
export type Restore = (tx: Tx, caller: Member, restoration: Restoration<object>) => Promise<void>;

/**
 * Restores through the action that changes or makes an object, so that all its guards hold. Versions may be older than
 * the code: one that does not fit the schema any more is refused.
 */
export function restorer<Schema extends TSchema>(
  schema: Schema,
  restore: (tx: Tx, caller: Member, restoration: Restoration<Static<Schema>>) => Promise<void>,
): Restore {
  const fits = compileExact(schema);
  return async (tx, caller, { body, ...restoration }) => {
    if (!fits(body)) throw new Refusal('history.not-restorable');
    await restore(tx, caller, { ...restoration, body: body as Static<Schema> });
  };
}
