import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The longest head of a request that is looked at. */
const maxHeadBytes = 64 * 1024;

/**
 * What stands before several nodes of a platform: one address for all browsers, each of which stays with one node as
 * long as that node answers. It passes bytes on and understands no more of HTTP than who is asking.
 */
export class Balancer {
  readonly url: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #nodes: URL[] = [];
  /** Which node a browser goes to first, by the user agent that it says it is. */
  readonly #chosen = new Map<string, URL>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  static async start(): Promise<Balancer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(0, '127.0.0.1', resolve),
    );
    const balancer = new Balancer(server);
    server.on('connection', (socket) => balancer.#admit(socket));
    return balancer;
  }

  addNode(node: URL): void {
    this.#nodes.push(node);
  }

  /** New connections of this user agent go to this node, as long as it accepts any. */
  send(userAgent: string, node: URL): void {
    this.#chosen.set(userAgent, node);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #admit(browser: Socket): void {
    this.#keep(browser);
    let head = Buffer.alloc(0);
    const read = (part: Buffer): void => {
      head = Buffer.concat([head, part]);
      if (!head.includes('\r\n\r\n') && head.length < maxHeadBytes) return;
      browser.off('data', read);
      browser.pause();
      this.#forward(browser, head, this.#nodesFor(head.toString('latin1')));
    };
    browser.on('data', read);
  }

  #nodesFor(head: string): URL[] {
    const userAgent = /^user-agent: *(.*?) *\r$/im.exec(head)?.[1] ?? '';
    const chosen = this.#chosen.get(userAgent);
    return chosen === undefined ? this.#nodes : [chosen, ...this.#nodes.filter((node) => node !== chosen)];
  }

  /** Tries one node after the other, and closes the connection when none accepts it. */
  #forward(browser: Socket, head: Buffer, [node, ...others]: readonly URL[]): void {
    if (node === undefined) return void browser.destroy();
    const upstream = connect(Number(node.port), node.hostname);
    const tryNext = (): void => this.#forward(browser, head, others);
    upstream.once('error', tryNext);
    upstream.once('connect', () => {
      upstream.off('error', tryNext);
      this.#keep(upstream);
      upstream.write(head);
      upstream.pipe(browser);
      browser.pipe(upstream);
      // A node that is killed, and a browser that goes away, end the connection on both sides.
      upstream.once('close', () => browser.destroy());
      browser.once('close', () => upstream.destroy());
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // What breaks a connection closes it too, and that is all there is to know.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
