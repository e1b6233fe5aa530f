import { seal, unseal, type SealingKey } from '../../platform/keys/index.ts';

/** A value as it is stored: under its conversation's key, bound to conversation and attribute. */
export function sealValue(key: SealingKey, at: AttributePlace, value: string): Buffer {
  return seal(key, place(at), Buffer.from(value));
}

export function openValue(key: SealingKey, at: AttributePlace, sealed: Buffer): string {
  return unseal(key, place(at), sealed).toString();
}

export interface AttributePlace {
  readonly account: string;
  readonly conversationId: string;
  readonly key: string;
}

function place({ account, conversationId, key }: AttributePlace) {
  return { account, object: conversationId, record: 'attribute', field: key };
}
