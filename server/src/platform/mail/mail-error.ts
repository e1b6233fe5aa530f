import { OutboundError } from '../outbound/index.ts';

/** Mail was not taken by the server, and why, in a word of our own: `answered-550`, `tls-failed`. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: string;
  /** Whether it would be refused again, however often it was tried: the recipient or the mail itself is refused. */
  readonly isFinal: boolean;

  constructor(code: string, isFinal: 'final' | 'passing' = 'passing', options?: ErrorOptions) {
    super(`Mail not sent: ${code}`, options);
    this.code = code;
    this.isFinal = isFinal === 'final';
  }

  /** Whatever went wrong, without what the other side said: that may quote the recipient. */
  static from(error: unknown): MailError {
    if (error instanceof MailError) return error;
    if (error instanceof OutboundError) return new MailError(error.code);
    const { code, responseCode, message } = error as {
      code?: unknown;
      responseCode?: unknown;
      message?: unknown;
    };
    if (code === 'EAUTH') return new MailError('sign-in-refused');
    // The library calls a certificate that is not trusted a failure of the socket.
    const isDistrusted = code === 'ESOCKET' && /certificate|SSL|TLS/i.test(String(message));
    if (code === 'ETLS' || isDistrusted) return new MailError('tls-failed');
    if (typeof responseCode === 'number' && responseCode >= 400) {
      const isOfThisMail = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
      return new MailError(`answered-${responseCode}`, isOfThisMail ? 'final' : 'passing');
    }
    if (code === 'ETIMEDOUT') return new MailError('timeout');
    return new MailError('failed');
  }
}
