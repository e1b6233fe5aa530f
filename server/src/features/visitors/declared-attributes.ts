import type { DeclaredAttribute } from '@samtal/contract/visitors';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';

/** What the account has declared, by key, in its order (D2). A key that stands there twice is what it was first. */
export async function declaredAttributes(
  tx: ReadTx,
  account: string,
): Promise<ReadonlyMap<string, DeclaredAttribute>> {
  const { 'visitors.attributes': list } = await readSettings(tx, account);
  const byKey = new Map<string, DeclaredAttribute>();
  for (const attribute of list) if (!byKey.has(attribute.key)) byKey.set(attribute.key, attribute);
  return byKey;
}

/** Refuses with visitors.undeclared-attribute, naming each key that is not declared. */
export function refuseUndeclared(
  declared: ReadonlyMap<string, DeclaredAttribute>,
  keys: readonly string[],
): void {
  const unknown = keys.filter((key) => !declared.has(key));
  if (unknown.length === 0) return;
  throw new Refusal('visitors.undeclared-attribute', {
    fields: unknown.map((key) => ({ pointer: `/body/attributes/${key}`, problem: 'is not declared' })),
  });
}
