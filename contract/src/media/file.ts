import { closed, Id, oneOf, Type, type Static } from '../shared/index.ts';
import { mediaTypes, type MediaType } from './types.ts';

export const mediaTypeNames = Object.keys(mediaTypes) as [MediaType, ...MediaType[]];

/** A file as it stands in the conversation log. Its content is got by its id. */
export const SentFile = closed({
  mediaId: Id,
  /** Cleaned by the server: no path, no control characters, the extension of its type. */
  name: Type.String({ minLength: 1, maxLength: 200 }),
  type: oneOf(...mediaTypeNames),
  /** Of the content as it is kept, which is without what was taken out of pictures. */
  sizeBytes: Type.Integer({ minimum: 0 }),
});
export type SentFile = Static<typeof SentFile>;

/** What somebody may send. */
export const FileRules = closed({
  types: Type.Array(oneOf(...mediaTypeNames)),
  maxSizeBytes: Type.Integer({ minimum: 1 }),
});
export type FileRules = Static<typeof FileRules>;
