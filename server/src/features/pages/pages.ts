import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { consoleFramedBy, contentPolicies } from '../../platform/http/index.ts';
import { openApiDocument } from '../../platform/http/openapi.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const consoleFiles = join(repository, 'console/dist');
const widgetFiles = join(repository, 'widget/dist');
const demoFiles = join(repository, 'server/demo');

const immutable = 'public, max-age=31536000, immutable';
const revalidate = 'no-cache';

/** The pages have not been built: the server would answer, and show nothing. */
class PagesMissingError extends Error {
  override readonly name = 'PagesMissingError';
}

/** Refuses to start without the built console and widget. */
export function checkPages(): void {
  for (const file of [join(consoleFiles, 'index.html'), join(widgetFiles, 'widget.js')]) {
    if (!existsSync(file))
      throw new PagesMissingError('The console and the widget are not built: run `npm run build` first');
  }
}

export interface PagesParts {
  readonly publicUrl: URL;
  readonly demoSiteKey: () => Promise<string | null>;
  /** The origins of pages that may have the console in a frame for an account. */
  readonly framersOf: (accountId: string) => Promise<readonly string[]>;
}

/** Everything that is shown in a browser: console, widget, demo site, and the description of the API. */
export async function pages(
  fastify: FastifyInstance,
  { publicUrl, demoSiteKey, framersOf }: PagesParts,
): Promise<void> {
  leadHome(fastify, publicUrl);
  await fastify.register(fastifyStatic, { root: consoleFiles, serve: false, cacheControl: false });
  widgetPages(fastify);
  demoPages(fastify, demoSiteKey);
  apiPages(fastify);
  embeddedPages(fastify, framersOf);
  consolePages(fastify);
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * This machine has several names, and a session belongs to one origin: pages asked for under another name of loopback
 * are looked for at the address the platform is known by.
 */
function leadHome(fastify: FastifyInstance, publicUrl: URL): void {
  if (!loopback.has(publicUrl.hostname)) return;
  fastify.addHook('onRequest', async (request, reply) => {
    const asked = URL.parse(`${publicUrl.protocol}//${request.headers.host ?? ''}`);
    const isPage = request.headers['sec-fetch-mode'] === 'navigate' && request.method === 'GET';
    if (!isPage || asked === null || asked.origin === publicUrl.origin || !loopback.has(asked.hostname))
      return;
    // Joined as text: resolving `//elsewhere` as a reference would lead elsewhere.
    if (asked.port === publicUrl.port) return reply.redirect(`${publicUrl.origin}${request.url}`, 307);
  });
}

function widgetPages(fastify: FastifyInstance): void {
  /** Scripts of the widget run in other people's pages. */
  const open = (reply: FastifyReply, cache: string) =>
    reply
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', cache);
  // Always the newest loader, cheaply: the browser asks again, and is told that nothing changed.
  fastify.get(
    '/widget.js',
    async (_request, reply) => await open(reply, 'public, max-age=300').sendFile('widget.js', widgetFiles),
  );
  fastify.get<{ Params: { '*': string } }>(
    '/widget/*',
    async (request, reply) =>
      await open(reply, immutable).sendFile(request.params['*'], join(widgetFiles, 'widget')),
  );
}

function demoPages(fastify: FastifyInstance, siteKey: () => Promise<string | null>): void {
  fastify.get('/demo', async (_request, reply) => reply.redirect('/demo/', 308));
  fastify.get<{ Params: { '*': string } }>('/demo/*', async (request, reply) => {
    const key = await siteKey();
    if (key === null) return reply.callNotFound();
    void reply.header('content-security-policy', contentPolicies.demo).header('cache-control', revalidate);
    const name = request.params['*'] === '' ? 'index' : request.params['*'];
    const page = /^[a-z0-9-]+(\.html)?$/.test(name)
      ? join(demoFiles, name.endsWith('.html') ? name : `${name}.html`)
      : null;
    if (page === null || !existsSync(page)) return await reply.sendFile(name, demoFiles);
    return reply
      .type('text/html; charset=utf-8')
      .send(readFileSync(page, 'utf8').replaceAll('{{siteKey}}', key));
  });
}

function apiPages(fastify: FastifyInstance): void {
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const document = JSON.stringify(openApiDocument());
  fastify.get('/api/v1/openapi.json', async (_request, reply) =>
    reply.type('application/json').header('cache-control', revalidate).send(document),
  );
  fastify.get('/api/docs', async (_request, reply) => reply.redirect('/api/docs/', 308));
  fastify.get('/api/docs/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentPolicies.apiDocs)
      .send(apiDocsPage),
  );
  fastify.get('/api/docs/start.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(apiDocsScript),
  );
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    fastify.get(
      `/api/docs/${file}`,
      async (_request, reply) => await reply.header('cache-control', revalidate).sendFile(file, viewer),
    );
  }
}

const apiDocsPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Samtal API</title>
<link rel="stylesheet" href="swagger-ui.css"><link rel="icon" href="data:,"></head>
<body><div id="api"></div><script src="swagger-ui-bundle.js"></script><script src="start.js"></script></body>
</html>
`;
const apiDocsScript = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#api', deepLinking: true, docExpansion: 'list', supportedSubmitMethods: [], validatorUrl: null });
`;

/**
 * The console where other pages may have it in a frame (C10). Whose pages, it has to know before anybody has signed in: so
 * the account stands in the address. It has to stand there as it is written: the console looks at the address as it was sent, and in
 * another spelling of it would take itself for one in a window of its own, with the session of that.
 */
function embeddedPages(fastify: FastifyInstance, framersOf: PagesParts['framersOf']): void {
  fastify.get<{ Params: { accountId: string } }>(
    '/embed/:accountId/*',
    async ({ url, params: { accountId } }, reply) =>
      await reply
        .header(
          'content-security-policy',
          consoleFramedBy(url.startsWith(`/embed/${accountId}/`) ? await framersOf(accountId) : []),
        )
        .header('cache-control', 'no-store')
        .sendFile('index.html', consoleFiles),
  );
}

/** What any address answers that the server does not know: the console, which finds its own way. */
export async function sendConsole(reply: FastifyReply): Promise<FastifyReply> {
  return await reply
    .header('content-security-policy', contentPolicies.console)
    .header('cache-control', revalidate)
    .sendFile('index.html', consoleFiles);
}

function consolePages(fastify: FastifyInstance): void {
  fastify.get('/', async (_request, reply) => await sendConsole(reply));
  // The console finds its own way from any address that is not a file of its.
  fastify.get<{ Params: { '*': string } }>('/*', async (request, reply) => {
    const path = request.params['*'];
    if (path.startsWith('api/')) return reply.callNotFound();
    const isFile = /\.[a-z0-9]+$/.test(path);
    if (!isFile) return await sendConsole(reply);
    return await reply
      .header('cache-control', path.startsWith('assets/') ? immutable : revalidate)
      .sendFile(path, consoleFiles);
  });
}
