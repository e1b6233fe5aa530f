import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { keepFromErasure, type ConversationRow } from '../conversations/index.ts';
import type { MaskedValue } from '../masking/index.ts';
import type { MaskedAttributes } from './mask-attributes.ts';
import { openValue, sealValue } from './attribute-value.ts';
import { blindIndexKey, blindIndexOf } from './blind-index.ts';
import { declaredAttributes, refuseUndeclared } from './declared-attributes.ts';
import { deleteValues, readValues, writeValues } from './queries.ts';
import type { VisitorsParts } from './visitors-parts.ts';

/** What is said about a visitor, masked, and by whom. */
export interface Said {
  readonly values: MaskedAttributes;
  readonly by: 'page' | 'ticket';
}

/**
 * Stores what the visitor's page, or a ticket, says about the visitor of an open conversation; null takes a value away (D2). What
 * stays as it was is left alone, and so is what a ticket has said when the page says something else (C9). If anything changes, the
 * internal stream tells which attributes. Refuses, with nothing changed: visitors.undeclared-attribute, conversations.closed, not-found.
 */
export async function setAttributes(
  tx: Tx,
  { keys, keyring, log }: VisitorsParts,
  conversation: ConversationRow,
  { values, by }: Said,
): Promise<void> {
  const { account_id: account, id: conversationId } = conversation;
  if (values.size === 0) return;
  const declared = await declaredAttributes(tx, account);
  refuseUndeclared(declared, [...values.keys()]);
  keepFromErasure(tx, account, [conversationId]);
  // None: it was erased just now.
  const key = found((await keys.of(tx, account, [conversationId])).get(conversationId));
  const stored = new Map(
    (await readValues(tx, account, [conversationId])).map((row) => [
      row.key,
      {
        text: openValue(key, { account, conversationId, key: row.key }, row.value),
        verified: row.verified,
      },
    ]),
  );
  const verified = by === 'ticket';
  const changed = [...values].filter(([name, value]) => {
    const before = stored.get(name);
    if (before?.verified === true && !verified) return false;
    const isSame = (value?.text.text ?? null) === (before?.text ?? null);
    return !isSame || (before !== undefined && before.verified !== verified);
  });
  if (changed.length === 0) return;
  const indexKey = await blindIndexKey(keyring, account);
  const set = changed.flatMap(([name, value]) => (value === null ? [] : [{ key: name, value }]));
  // All masked values look alike: found by one of them, one person's conversations would take the others' along.
  const isFindable = (name: string, value: MaskedValue) =>
    declared.get(name)?.indexed === true && !value.changed;
  await deleteValues(
    tx,
    conversation,
    changed.flatMap(([name, value]) => (value === null ? [name] : [])),
  );
  await writeValues(
    tx,
    conversation,
    set.map(({ key: name, value }) => ({
      key: name,
      value: sealValue(key, { account, conversationId, key: name }, value.text.text),
      blind_index: isFindable(name, value)
        ? blindIndexOf(indexKey, { key: name, value: value.text.text })
        : null,
      masked: value.changed,
      verified,
    })),
  );
  const [outcome] = await log.append(tx, account, [
    {
      conversationId,
      kind: 'profile',
      actor: { kind: 'visitor', id: null, name: null },
      author: null,
      cid: null,
      body: { keys: changed.map(([name]) => name), ...(verified ? { verified: true as const } : {}) },
      admit: ({ state }) => (state === 'resolved' ? 'conversations.closed' : null),
    },
  ]);
  if (outcome?.written === false) throw new Refusal(outcome.refused);
}
