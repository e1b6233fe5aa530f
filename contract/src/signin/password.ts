import { Type } from '../shared/index.ts';

/** Bounds on a new password (C1, ASVS 6.2.1 and 6.2.9). Any characters count, and all of them are verified. */
export const passwordLength = { min: 12, max: 128 };

/** A password that somebody types to be compared. */
export const GivenPassword = Type.String({ minLength: 1, maxLength: 1024 });

/** A password that somebody chooses. */
export const NewPassword = Type.String({ minLength: passwordLength.min, maxLength: passwordLength.max });

/** What a one-time link carries. */
export const Token = Type.String({ minLength: 20, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' });
