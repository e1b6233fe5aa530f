import { OutboundError } from '../outbound/index.ts';

/** A text message was not taken by the provider, and why, in a word of our own: `answered-403`, `tls-failed`. */
export class SmsError extends Error {
  override readonly name = 'SmsError';
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`Text message not sent: ${code}`, options);
    this.code = code;
  }

  /** Whatever went wrong, without what the other side said: that may quote the number. */
  static from(error: unknown): SmsError {
    if (error instanceof SmsError) return error;
    return new SmsError(error instanceof OutboundError ? error.code : 'connection-lost');
  }
}
