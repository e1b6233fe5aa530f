import { Type } from '../../shared/index.ts';
import { DeclaredAttribute, maxAttributes } from '../../visitors/attributes.ts';
import { setting, accountOnly, type Setting } from '../setting.ts';

/** What may be known of a visitor. */
export const attributesSettings = {
  // Declared attributes of a visitor's profile (D2): nothing else about a person can be stored.
  'visitors.attributes': setting({
    schema: Type.Array(DeclaredAttribute, { maxItems: maxAttributes }),
    default: [],
    levels: accountOnly,
    sensitive: true,
    weaker: { never: 'What is declared has a purpose, and stands in the record of processing.' },
  }),
} as const satisfies Record<string, Setting>;
