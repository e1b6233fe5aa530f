import Type, { type Static, type TSchema } from 'typebox';

/** A UUID in its canonical lower-case form (RFC 9562). Every id the platform hands out is one. */
export const Id = Type.String({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' });

/** An instant: RFC 3339, UTC, milliseconds, `Z`. */
export const Instant = Type.String({ format: 'date-time' });

/** A display name: at least one visible character, at most 120. */
export const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' });

/** An e-mail address as RFC 5321 limits it. Compared without regard to case. */
export const Email = Type.String({ format: 'email', maxLength: 254 });

/** A language tag (BCP 47), such as `sv` or `en-GB`. */
export const Locale = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 });

/** An address, or a network in CIDR notation (RFC 4632, RFC 4291), read strictly by the server (C5). */
export const Network = Type.String({
  format: 'network',
  maxLength: 50,
  pattern: '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$',
});

/** An object that refuses fields it does not name. Every request body and answer is one. */
export function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

/** The same object with every field optional, and at least one given: the body of a PATCH. */
export function changesOf<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Partial(Type.Object(properties), { additionalProperties: false, minProperties: 1 });
}

/** One of a fixed set of words. */
export function oneOf<const Words extends [string, ...string[]]>(...words: Words) {
  return Type.Enum<Words>(words);
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** Where a list starts and how much of it comes back. A cursor is opaque: take it from the page before. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
};

/** One page of a list. `next` is null on the last page, else the cursor of the next one. */
export function pageOf<Item extends TSchema>(item: Item) {
  return closed({ items: Type.Array(item), next: nullable(Type.String()) });
}

/** A whole list, for things an account has few of. */
export function listOf<Item extends TSchema>(item: Item) {
  return closed({ items: Type.Array(item) });
}

export { Type };
export type { Static, TSchema };
