import type { FastifyInstance } from 'fastify';

/** What pages of one kind may load and where they may stand (CSP level 3). */
export const contentPolicies = {
  /** Answers of the API: nothing is ever rendered from them. */
  api: "default-src 'none'; frame-ancestors 'none'",
  /** A file that somebody sent: nothing in it runs, loads or belongs to our origin, even where a browser shows it. */
  file: "default-src 'none'; frame-ancestors 'none'; sandbox",
  /** The console. Its component library sets style attributes; pictures that people sent are shown from memory. */
  console:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  /** The demo site is as strict as a customer’s could be: the widget has to work under it. */
  demo: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  /** The page that shows the API. Its stylesheet is our own file; the viewer sets style attributes. */
  apiDocs:
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/**
 * The policy of the console where these pages may have it in a frame (C10): every page above it has to be one of them. Without any
 * nobody may.
 */
export function consoleFramedBy(origins: readonly string[]): string {
  if (origins.length === 0) return contentPolicies.console;
  return contentPolicies.console.replace(/frame-ancestors 'none'$/, `frame-ancestors ${origins.join(' ')}`);
}

/** Headers on every answer. Pages replace the policy with their own. */
export function secureHeaders(fastify: FastifyInstance, publicUrl: URL): void {
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.headers({
      'content-security-policy': contentPolicies.api,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    });
    if (publicUrl.protocol === 'https:') void reply.header('strict-transport-security', 'max-age=31536000');
  });
}
