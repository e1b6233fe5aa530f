import { mediaTypeNames } from '../../media/file.ts';
import { oneOf, Type } from '../../shared/index.ts';
import { setting, everywhere, type Setting } from '../setting.ts';

const fileTypes = Type.Array(oneOf(...mediaTypeNames), { uniqueItems: true });

/** Files in conversations. */
export const filesSettings = {
  // Files in conversations (E12). Nobody may send any until the account says so.
  'media.visitors-may-send': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  'media.agents-may-send': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  'media.visitor-types': setting({
    schema: fileTypes,
    default: ['jpeg', 'png', 'webp', 'pdf'],
    levels: everywhere,
    sensitive: true,
    weaker: 'more',
  }),
  'media.agent-types': setting({
    schema: fileTypes,
    default: ['jpeg', 'png', 'webp', 'pdf'],
    levels: everywhere,
    sensitive: true,
    weaker: 'more',
  }),
  'media.max-size-megabytes': setting({
    schema: Type.Integer({ minimum: 1, maximum: 20 }),
    default: 10,
    levels: everywhere,
    sensitive: false,
  }),
  /** Files open only for those whose session may read the conversation. Off: agents can make links that open without one. */
  'media.access-enforced': setting({
    schema: Type.Boolean(),
    default: true,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  'media.link-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 168 }),
    default: 24,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
} as const satisfies Record<string, Setting>;
