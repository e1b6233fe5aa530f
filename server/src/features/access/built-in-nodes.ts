import { randomUUID } from 'node:crypto';
import { builtInRoles, type Authorisation, type BuiltInRole } from '@samtal/contract/access';
import type { RoleNode } from './role-graph.ts';

/** A built-in role as this version of the platform has it, under its id in an account. */
export interface BuiltInNode extends RoleNode {
  readonly word: BuiltInRole;
  readonly name: string;
}

/** Every built-in role (B1), under the ids that an account has for them; new ids for those it does not have. */
export function builtInNodes(known: ReadonlyMap<string, string> = new Map()): BuiltInNode[] {
  const words = Object.keys(builtInRoles) as BuiltInRole[];
  const ids = new Map<string, string>(words.map((word) => [word, known.get(word) ?? randomUUID()]));
  const idOf = (word: string): string => {
    const id = ids.get(word);
    if (id === undefined) throw new Error(`A built-in role holds ${word}, which is not one`);
    return id;
  };
  return words.map((word) => {
    const role: { name: string; authorisations: readonly Authorisation[]; roles: readonly string[] } =
      builtInRoles[word];
    return {
      id: idOf(word),
      word,
      name: role.name,
      authorisations: role.authorisations,
      roles: role.roles.map(idOf),
    };
  });
}
