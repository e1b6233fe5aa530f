import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import {
  ConversationLog,
  startConversation,
  visitorMessage,
} from '../server/src/features/conversations/index.ts';
import { searchTranscripts } from '../server/src/features/search/search-transcripts.ts';
import { Fanout } from '../server/src/platform/fanout/index.ts';
import { ConversationKeys } from '../server/src/platform/keys/index.ts';
import type { TestAccount } from '../server/test/callers.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { asMasked } from '../server/test/masked.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { chatMessages } from './masked-texts.ts';
import { seedAccount } from './seed.ts';

const conversations = 1_000;
const messagesEach = 12;
/** As many as a search opens together. */
const together = 100;
const texts = chatMessages(conversations * messagesEach);
/** In none of the texts, so that all of them are opened. */
const words = 'nowhere-to-be-found';

/** How long a person waits who searches transcripts, against selecting and decrypting as many texts and nothing else. */
export const search: Benchmark = { name: 'search', run: measureSearch };

async function measureSearch({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const bare = new Client({ connectionString: database.bareUrl });
  await bare.connect();
  try {
    const account = await seedAccount(database.platform, new URL('http://127.0.0.1'));
    await seed(database.platform, account);
    const programs = {
      ours: async () => await searchAll(database.platform, account.id),
      bare: await prepareBare(bare),
    };
    const seconds: Record<keyof typeof programs, number[]> = { ours: [], bare: [] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        const began = performance.now();
        await programs[name]();
        if (round > 0) seconds[name].push((performance.now() - began) / 1_000);
      }
    }
    const ratio = spreadOf(seconds.ours.map((ours, index) => ours / (seconds.bare[index] ?? Number.NaN)));
    return [
      {
        what: `searching transcripts of ${conversations} conversations with ${messagesEach} messages each, against select and decrypt`,
        measured: `${shown(ratio, 1)} times as long`,
        target: null,
        met: null,
        from: `${shown(spreadOf(seconds.ours), 2)} s against ${shown(spreadOf(seconds.bare), 2)} s`,
      },
    ];
  } finally {
    await bare.end();
    await database.close();
  }
}

async function seed({ database, keyring, asOwner }: TestDatabase, account: TestAccount): Promise<void> {
  const fanout = new Fanout();
  const log = new ConversationLog(new ConversationKeys(keyring), fanout);
  const remaining = [...texts];
  const next = () => ({ cid: randomUUID(), text: asMasked(remaining.pop() ?? '') });
  for (let index = 0; index < conversations; index += 1) {
    const visitor = {
      accountId: account.id,
      siteId: account.siteId,
      visitorId: randomUUID(),
      address: '',
      origin: null,
    };
    await database.transaction(account.id, async (tx) => {
      const { id } = await startConversation(tx, { log, fanout }, visitor, next());
      const drafts = Array.from({ length: messagesEach - 1 }, () => visitorMessage(visitor, id, next()));
      await log.append(tx, account.id, drafts);
    });
  }
  await asOwner('analyze');
}

/** To the end, with keys that nobody has unwrapped yet, as a search through old conversations finds them. */
async function searchAll({ database, keyring }: TestDatabase, account: string): Promise<void> {
  const log = new ConversationLog(new ConversationKeys(keyring), new Fanout());
  let searched = 0;
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: Awaited<ReturnType<typeof searchTranscripts>> = await searchTranscripts(
      { database, log },
      account,
      { words, criteria: {}, scopes: [{}], cursor },
    );
    cursor = page.next;
    searched = page.searched;
  }
  if (searched !== conversations) throw new Error(`${searched} conversations were searched`);
}

/** The least that could do it: one key, one table, no access, no audit. */
async function prepareBare(client: Client): Promise<() => Promise<void>> {
  const key = randomBytes(32);
  const sealed = texts.map((text) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const body = Buffer.concat([cipher.update(JSON.stringify({ text })), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  });
  await client.query(
    'create table entry (conversation int, seq int, body bytea, primary key (conversation, seq))',
  );
  await client.query(
    `insert into entry select (at - 1) / $2, (at - 1) % $2, body from unnest($1::bytea[]) with ordinality as row (body, at)`,
    [sealed, messagesEach],
  );
  await client.query('analyze entry');
  return async () => {
    let opened = 0;
    for (let from = 0; from < conversations; from += together) {
      const { rows } = await client.query<{ body: Buffer }>(
        'select body from entry where conversation >= $1 and conversation < $2',
        [from, from + together],
      );
      for (const { body } of rows) {
        const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12), { authTagLength: 16 });
        decipher.setAuthTag(body.subarray(12, 28));
        const plain = Buffer.concat([decipher.update(body.subarray(28)), decipher.final()]).toString();
        if ((JSON.parse(plain) as { text: string }).text.includes(words)) throw new Error('It is there');
        opened += 1;
      }
    }
    if (opened !== texts.length) throw new Error(`${opened} texts were opened`);
  };
}

if (import.meta.main) await runFromCommandLine([search]);
