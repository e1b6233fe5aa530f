import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anyone, Refusal } from '../../platform/http/index.ts';
import { newToken } from '../../platform/tokens/index.ts';
import {
  findSession,
  sessionToken,
  setAttemptCookie,
  setSessionCookie,
  setSignedOutCookie,
  signedOutToken,
} from '../signin/index.ts';
import { beginOidcSignIn } from './begin-oidc-sign-in.ts';
import { beginSignIn } from './begin-sign-in.ts';
import { beginSamlSignOut } from './begin-saml-sign-out.ts';
import { beginSignOut } from './begin-sign-out.ts';
import { browserToken, setBrowserToken } from './browser-cookie.ts';
import {
  finishOidcSignIn,
  finishSignIn,
  recorded,
  refused,
  type Arrival,
  type FederationParts,
  type Outcome,
} from './finish-sign-in.ts';
import { publicKeyOf } from './oidc-clients.ts';
import { ownMetadata } from './own-side.ts';
import { receiveLogout } from './receive-logout.ts';
import { receiveSamlLogout, type Arrived } from './receive-saml-logout.ts';
import { readAnyProvider, readOpenProvider, type StoredProvider, type StoredSaml } from './queries.ts';

/** Base64 of the largest response in a form, where each letter may be three. */
const formLimitBytes = 512 * 1024;
/** Of a token, or a message in a form, that says that somebody has signed out. */
const logoutLimitBytes = 32 * 1024;
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
type One = { Params: { providerId: string } };

/** What browsers are led through on their way to a provider and back. No part of the API: nobody calls it by a client. */
export async function federationPages(fastify: FastifyInstance, parts: FederationParts): Promise<void> {
  await fastify.register(async (pages) => {
    pages.removeContentTypeParser('application/x-www-form-urlencoded');
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: formLimitBytes },
      (_request, body, done) => done(null, new URLSearchParams(body.toString())),
    );
    const find = async (read: typeof readOpenProvider, id: string): Promise<StoredProvider> => {
      const provider = isId.test(id)
        ? await parts.database.read('platform', async (tx) => await read(tx, id))
        : null;
      if (provider === null) throw new Refusal('not-found');
      return provider;
    };
    const open = async (id: string) => await find(readOpenProvider, id);

    const speaking = async <Protocol extends StoredProvider['protocol']>(
      protocol: Protocol,
      { params }: { params: One['Params'] },
      read = readOpenProvider,
    ) => {
      const provider = await find(read, params.providerId);
      if (provider.protocol !== protocol) throw new Refusal('not-found');
      // Compared above.
      return provider as Extract<StoredProvider, { protocol: Protocol }>;
    };

    pages.get<One>('/identity-providers/:providerId/keys', async (request, reply) => {
      const provider = await speaking('oidc', request, readAnyProvider);
      return await reply.type('application/jwk-set+json').send({ keys: [publicKeyOf(provider)] });
    });

    pages.get<One>('/identity-providers/:providerId/metadata', async (request, reply) => {
      // Also of one that is switched off: it is told about us before it is switched on.
      const { id, ownCertificate } = await speaking('saml', request, readAnyProvider);
      return await reply
        .type('application/samlmetadata+xml')
        .header('content-disposition', 'attachment; filename="samtal-metadata.xml"')
        .send(ownMetadata(parts.publicUrl, id, ownCertificate));
    });

    pages.get<One & { Querystring: { elevate?: string } }>(
      '/identity-providers/:providerId/sign-in',
      async (request, reply) => {
        const provider = await open(request.params.providerId);
        const elevates = request.query.elevate === '1' ? await ownSession(request, parts) : null;
        // The one that the browser has may belong to a sign-in in another of its windows.
        const browser = browserToken(request) || newToken();
        const to =
          provider.protocol === 'saml'
            ? await beginSignIn(parts, provider, { browser, elevates })
            : await beginOidcSignIn(parts, provider, { browser, elevates });
        if (to === null) return await lead(reply, await recorded(parts, provider, refused('unreachable')));
        setBrowserToken(reply, browser);
        return await reply.header('cache-control', 'no-store').redirect(to, 303);
      },
    );

    pages.post<One>(
      '/identity-providers/:providerId/answer',
      { bodyLimit: formLimitBytes },
      async (request, reply) => {
        const provider = await speaking('saml', request);
        const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        const outcome = await finishSignIn(parts, provider, {
          response: form.get('SAMLResponse') ?? '',
          relay: form.get('RelayState') ?? '',
          ...arrivalOf(request),
        });
        return await lead(reply, outcome);
      },
    );

    pages.get<One>('/identity-providers/:providerId/answer', async (request, reply) => {
      const provider = await speaking('oidc', request);
      const { search } = new URL(request.url, parts.publicUrl);
      const outcome = await finishOidcSignIn(parts, provider, { query: search, ...arrivalOf(request) });
      return await lead(reply, outcome);
    });

    pages.get<One>('/identity-providers/:providerId/sign-out', async (request, reply) => {
      const provider = await open(request.params.providerId);
      if (provider.protocol === 'oidc') {
        const to = await beginSignOut(parts, provider);
        return await reply.header('cache-control', 'no-store').redirect(to ?? '/sign-in', 303);
      }
      const browser = browserToken(request) || newToken();
      const token = signedOutToken(request);
      const to = token === null ? null : await beginSamlSignOut(parts, provider, { browser, token });
      if (token !== null) setSignedOutCookie(reply, null);
      if (to !== null) setBrowserToken(reply, browser);
      return await reply.header('cache-control', 'no-store').redirect(to ?? '/sign-in', 303);
    });

    const leadFromLogout = async (
      request: FastifyRequest,
      reply: FastifyReply,
      { provider, arrived }: { provider: StoredSaml; arrived: Arrived },
    ) => {
      void reply.header('cache-control', 'no-store');
      const browser = browserToken(request);
      const outcome = await receiveSamlLogout(parts, provider, { arrived, browser });
      if (outcome.kind === 'answered' && outcome.to !== null) return await reply.redirect(outcome.to, 303);
      return await leadOn(reply, outcome.kind === 'refused' ? 403 : 200, '/sign-in');
    };

    pages.get<One>('/identity-providers/:providerId/logout', async (request, reply) => {
      const provider = await speaking('saml', request, readAnyProvider);
      // As it was sent: the signature is over these very letters.
      const query = request.url.slice(request.url.indexOf('?') + 1);
      return await leadFromLogout(request, reply, { provider, arrived: { query } });
    });

    pages.post<One>(
      '/identity-providers/:providerId/logout',
      { bodyLimit: logoutLimitBytes },
      async (request, reply) => {
        const provider = await find(readAnyProvider, request.params.providerId);
        const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        if (provider.protocol === 'saml')
          return await leadFromLogout(request, reply, { provider, arrived: { form } });
        const isDone = await receiveLogout(parts, provider, form.get('logout_token') ?? '');
        void reply.header('cache-control', 'no-store');
        // In the words of RFC 6749, which the protocol asks for.
        return isDone
          ? await reply.status(200).send()
          : await reply.status(400).send({ error: 'invalid_request' });
      },
    );
  });
}

function arrivalOf(request: FastifyRequest): Arrival {
  return {
    browser: browserToken(request),
    address: anyone(request).address,
    userAgent: request.headers['user-agent'],
  };
}

async function lead(reply: FastifyReply, outcome: Outcome): Promise<FastifyReply> {
  void reply.header('cache-control', 'no-store');
  if (outcome.kind === 'refused') return await leadOn(reply, 403, '/sign-in?refused=true');
  if (outcome.kind === 'asked') {
    setAttemptCookie(reply, outcome.token);
    return await leadOn(reply, 200, '/sign-in?step=true');
  }
  if (outcome.kind === 'signed-in') setSessionCookie(reply, outcome.token);
  return await leadOn(reply, 200, outcome.kind === 'elevated' ? '/elevated' : '/');
}

async function ownSession(request: FastifyRequest, { database }: FederationParts): Promise<string> {
  const token = sessionToken(request);
  const session =
    token === null ? null : await database.read('platform', async (tx) => await findSession(tx, token));
  if (session === null) throw new Refusal('signin.required');
  return session.sessionId;
}

/**
 * A page of ours that leads on. NOTE: no redirection: what begins on a provider’s page and is led on from there is across
 * sites to the end, and the session’s cookie would not be sent.
 */
async function leadOn(reply: FastifyReply, status: 200 | 403, to: string): Promise<FastifyReply> {
  return await reply
    .status(status)
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${to}"><title>Samtal</title></head><body><a href="${to}">Samtal</a></body></html>`,
    );
}
