/** How a setting is edited, by the JSON Schema of its value. */
export type Field =
  | { readonly kind: 'switch' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly nullable: boolean }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'choices'; readonly options: readonly string[] }
  | { readonly kind: 'text'; readonly maxLength: number; readonly nullable: boolean }
  | { readonly kind: 'words'; readonly maxItems: number; readonly maxLength: number }
  /** A list of things with fields: it has an editor of its own. */
  | { readonly kind: 'things' };

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** The field for a schema as the server sends it. What is none of the plain kinds is a thing. */
export function fieldOf(given: unknown): Field {
  const schema = (given ?? {}) as Schema;
  if (schema.anyOf !== undefined) return fieldOfUnion(schema.anyOf);
  if (schema.enum !== undefined) return { kind: 'choice', options: words(schema.enum) };
  switch (schema.type) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        min: schema.minimum ?? 0,
        max: schema.maximum ?? Number.MAX_SAFE_INTEGER,
        nullable: false,
      };
    case 'string':
      return { kind: 'text', maxLength: schema.maxLength ?? 1000, nullable: false };
    case 'array':
      return fieldOfList(schema);
    default:
      return { kind: 'things' };
  }
}

function fieldOfUnion(schemas: readonly Schema[]): Field {
  const [only, ...others] = schemas.filter(({ type }) => type !== 'null');
  if (only === undefined || others.length > 0) return { kind: 'things' };
  const field = fieldOf(only);
  const nullable = schemas.length > 1;
  return field.kind === 'number' || field.kind === 'text' ? { ...field, nullable } : field;
}

function fieldOfList({ items, maxItems = 100 }: Schema): Field {
  if (items?.enum !== undefined) return { kind: 'choices', options: words(items.enum) };
  if (items?.type === 'string') return { kind: 'words', maxItems, maxLength: items.maxLength ?? 200 };
  return { kind: 'things' };
}

function words(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

/** The unit of a number, as the last word of the key says it; null where it has none. */
export function unitOf(key: string): 'day' | 'hour' | 'minute' | 'megabyte' | null {
  const last = key.split(/[.-]/).at(-1);
  switch (last) {
    case 'days':
    case 'hours':
    case 'minutes':
    case 'megabytes':
      return last.slice(0, -1) as 'day' | 'hour' | 'minute' | 'megabyte';
    default:
      return null;
  }
}
