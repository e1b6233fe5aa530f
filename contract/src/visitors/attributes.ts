import { detectorKinds, type DetectorKind } from '../masking/configuration.ts';
import { closed, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** The name of an attribute in code: what a page's script says. */
export const AttributeKey = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });

/** `special`: special categories of personal data (GDPR, Article 9). */
export const attributeCategories = ['contact', 'identifier', 'customer', 'special'] as const;

/** The most attributes that an account can declare. */
export const maxAttributes = 30;

/**
 * What an attribute can be declared to hold: `identifier`, one word that is an id of the account's own, or what one of the
 * detectors finds. Never a card.
 */
export const attributeContents = [
  'identifier',
  ...detectorKinds.filter((kind): kind is Exclude<DetectorKind, 'card'> => kind !== 'card'),
] as const;
export type AttributeContent = (typeof attributeContents)[number];

/** An attribute of a visitor's profile that the account has declared (D2). Nothing else about a person can be stored. */
export const DeclaredAttribute = closed({
  key: AttributeKey,
  label: Type.String({ minLength: 1, maxLength: 80 }),
  /** Why it is processed, as the record of processing says it (GDPR, Article 30). */
  purpose: Type.String({ minLength: 1, maxLength: 300 }),
  category: oneOf(...attributeCategories),
  /** Conversations can be found and erased by it, through a blind index. */
  indexed: Type.Boolean(),
  /** Values that are this and nothing else are kept as they are. Without it, values are masked like any other text (G1). */
  holds: Type.Optional(oneOf(...attributeContents)),
  /** The claim of a ticket that says it (C9). Without one, tickets say nothing of it. */
  claim: Type.Optional(Type.String({ minLength: 1, maxLength: 120, pattern: '^[!-~]+$' })),
});
export type DeclaredAttribute = Static<typeof DeclaredAttribute>;

export const AttributeValue = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

/** Values by key. Null takes a value away. */
export const AttributeValues = Type.Record(AttributeKey, nullable(AttributeValue), {
  additionalProperties: false,
  maxProperties: maxAttributes,
});
export type AttributeValues = Readonly<Record<string, string | null>>;
