import type { AddressInfo } from 'node:net';
import { Client } from 'pg';
import { WebSocketServer, type WebSocket } from 'ws';
import { ownUsage } from '../usage.ts';
import { answer } from '../worker.ts';

/*
 * The ceiling: the least that can do the job. Bare `ws`; a message is inserted and committed, then its sender gets an
 * acknowledgement and the other side the message. No accounts, no access, no encryption, no audit, no checking of what
 * comes in, no order within a conversation, no resuming, no second node.
 */

/** `plain`: one insert and one commit for each message. `group`: what arrives during a commit goes into the next one. */
export type Commits = 'plain' | 'group';

interface Message {
  readonly conversation: number;
  readonly side: string;
  readonly cid: string;
  readonly text: string;
  readonly committed: () => void;
}

const plainConnections = 20;
const table = `create table if not exists message (
  id bigint generated always as identity primary key, conversation integer not null, side text not null,
  cid uuid not null, body text not null, at timestamptz not null default now())`;
const insertOne = {
  name: 'one',
  text: 'insert into message (conversation, side, cid, body) values ($1, $2, $3, $4)',
};
const insertMany = {
  name: 'many',
  text: `insert into message (conversation, side, cid, body)
    select * from unnest($1::integer[], $2::text[], $3::uuid[], $4::text[])`,
};

let end = async () => {};

const asks = {
  start: async ({ databaseUrl, commits }: { databaseUrl: string | null; commits: Commits }) => {
    const clients: Client[] = [];
    for (
      let count = commits === 'plain' ? plainConnections : 1;
      databaseUrl !== null && count > 0;
      count -= 1
    ) {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      clients.push(client);
    }
    await clients[0]?.query(table);
    const server = listen(commits === 'plain' ? plain(clients) : group(clients));
    end = async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await Promise.all(clients.map(async (client) => await client.end()));
    };
    await new Promise((resolve) => server.once('listening', resolve));
    return { port: (server.address() as AddressInfo).port };
  },
  usage: async () => ownUsage(),
};

export type BareSubject = typeof asks;

answer(asks, async () => await end());

function listen(write: (message: Message) => void): WebSocketServer {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  const sides: Record<string, WebSocket[]> = { visitor: [], agent: [] };
  server.on('connection', (socket, request) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const conversation = Number(searchParams.get('conversation'));
    const side = searchParams.get('side') === 'agent' ? 'agent' : 'visitor';
    const others = sides[side === 'agent' ? 'visitor' : 'agent'] ?? [];
    (sides[side] ??= [])[conversation] = socket;
    socket.on('message', (data) => {
      const { cid, text } = JSON.parse((data as Buffer).toString()) as { cid: string; text: string };
      const committed = () => {
        socket.send(JSON.stringify({ t: 'ack', cid }));
        others[conversation]?.send(JSON.stringify({ t: 'message', cid, text }));
      };
      write({ conversation, side, cid, text, committed });
    });
  });
  return server;
}

/** Each connection inserts one message at a time; PostgreSQL itself lets commits of several connections share a flush. */
function plain(clients: readonly Client[]): (message: Message) => void {
  const idle = [...clients];
  const waiting: Message[] = [];
  const work = async (client: Client, first: Message) => {
    for (let next: Message | undefined = first; next !== undefined; next = waiting.shift()) {
      await client.query({ ...insertOne, values: [next.conversation, next.side, next.cid, next.text] });
      next.committed();
    }
    idle.push(client);
  };
  return (message) => {
    const client = idle.pop();
    if (client === undefined) waiting.push(message);
    else work(client, message).catch(fail);
  };
}

function group([client]: readonly Client[]): (message: Message) => void {
  let waiting: Message[] = [];
  let busy = false;
  const work = async () => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const columns = [
        batch.map((each) => each.conversation),
        batch.map((each) => each.side),
        batch.map((each) => each.cid),
        batch.map((each) => each.text),
      ];
      await client?.query({ ...insertMany, values: columns });
      for (const { committed } of batch) committed();
    }
    busy = false;
  };
  return (message) => {
    waiting.push(message);
    if (!busy) work().catch(fail);
  };
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
