import { Type } from '../shared/index.ts';

/** What a person gives as the reason for a change; it stays in the history (H1). */
export const Reason = Type.String({ maxLength: 500 });

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

/** The newest version of an object, to be given back with a change; 0 while it has none. */
export const NewestVersion = Type.Integer({ minimum: 0 });
