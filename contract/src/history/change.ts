import { closed, Type } from '../shared/index.ts';

export const maxReasonLength = 500;

/** What a person gives as the reason for a change; it stays in the history (H1). */
export const Reason = Type.String({ maxLength: maxReasonLength });

/**
 * What every change of something configured may say besides. `version` is the one that the change was made from: when
 * it is not the newest any more, nothing is changed and the answer is `history.changed-meanwhile`. Without it, the
 * change comes after whatever is there.
 */
export const changeFields = {
  version: Type.Optional(Type.Integer({ minimum: 0 })),
  reason: Type.Optional(Reason),
};

/** What making something may say besides. */
export const makingFields = { reason: changeFields.reason };

/**
 * What taking something away may say, in a body that may be left out. A body of DELETE means something only where the
 * server says so (RFC 9110, 9.3.5): here it does. In the URL a reason would be logged on the way.
 */
export const removal = { body: closed(makingFields), bodyOptional: true } as const;

/** The newest version of an object, to be given back with a change; 0 while it has none. */
export const NewestVersion = Type.Integer({ minimum: 0 });
