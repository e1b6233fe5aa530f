import { Type, type Static, type TSchema } from '../shared/index.ts';
import type { AnyWeaker, Weaker } from './strength.ts';

/** Where a value may be set, the strongest first: a channel overrides its account, an account its installation (C11). */
export const settingLevels = ['channel', 'account', 'installation'] as const;
export type SettingLevel = (typeof settingLevels)[number];

/** Where an effective value comes from. */
export type SettingOrigin = SettingLevel | 'default';

/**
 * One setting. The unit is part of the key's last word: `-days`, `-minutes`, `-hours`, `-megabytes`. One that is sensitive, so
 * that it weakens privacy or security when it is changed wrongly, asks for elevation (C3) and says which values are weaker (K5).
 */
export interface Setting {
  readonly schema: TSchema;
  /** What a new account has. */
  readonly default: unknown;
  readonly levels: readonly SettingLevel[];
  readonly sensitive: boolean;
  readonly weaker?: AnyWeaker;
  /** Only operators can set it, and accounts see what they have set. */
  readonly accountsSee?: true;
}

type Sensitivity<Value> =
  | { readonly sensitive: false; readonly weaker?: never }
  | { readonly sensitive: true; readonly weaker: Weaker<Value> };

/** A sensitive setting that does not say which of its values are weaker does not compile. */
export function setting<const Schema extends TSchema>(
  declared: {
    schema: Schema;
    default: Static<Schema>;
    levels: readonly SettingLevel[];
    accountsSee?: true;
  } & Sensitivity<Static<Schema>>,
) {
  return declared;
}

export const days = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
export const minutes = (maximum: number) => Type.Integer({ minimum: 1, maximum });
export const shownText = Type.String({ maxLength: 1000 });

export const everywhere = ['channel', 'account', 'installation'] as const;
export const accountWide = ['account', 'installation'] as const;
export const accountOnly = ['account'] as const;
export const installationOnly = ['installation'] as const;
