import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CustomerPage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A web site of somebody else's: another origin, and by its host name another site too, as browsers see it. */
export class CustomerSite {
  readonly origin: string;
  readonly #server: Server;
  readonly #pages = new Map<string, CustomerPage>();
  /** The cookies that came with requests; there are never to be any. */
  readonly cookies: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<CustomerSite> {
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', resolve),
    );
    const site = new CustomerSite(server);
    server.on('request', (request, response) => {
      if (request.headers.cookie !== undefined) site.cookies.push(request.headers.cookie);
      const path = request.url ?? '/';
      const page = site.#pages.get(path);
      const type = path.endsWith('.css') ? 'text/css' : 'text/html';
      response.writeHead(page === undefined ? 404 : 200, {
        'content-type': `${type}; charset=utf-8`,
        ...page?.headers,
      });
      response.end(page?.html ?? '');
    });
    return site;
  }

  serve(path: string, page: CustomerPage): URL {
    this.#pages.set(path, page);
    return new URL(path, this.origin);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
