import { OutboundError } from '../../platform/outbound/index.ts';

/** A batch did not arrive, and why, in a word of our own: `timeout`, `answered-503`. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code: string;

  constructor(code: string) {
    super(`Not delivered: ${code}`);
    this.code = code;
  }
}

export function failureCode(error: unknown): string {
  return error instanceof DeliveryError || error instanceof OutboundError ? error.code : 'failed';
}
