import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createLog } from '../server/src/platform/log/index.ts';
import { startEmbeddedPostgres } from '../server/src/platform/postgres/index.ts';
import { postgresUrl, testRuntimeParent } from '../server/test/postgres.ts';
import { Balancer } from './balancer.ts';
import type { Colleague } from './people.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

/** What is stopped in the end, the last thing first. */
const started: (() => Promise<unknown>)[] = [];
let balancer: Balancer;
let stage: Stage;
let first: Platform;
let second: Platform;
let sara: Colleague;

before(async () => {
  balancer = await Balancer.start();
  started.push(async () => await balancer.stop());
  const shared = await mkdtemp(join(tmpdir(), 'samtal-e2e-shared-'));
  started.push(async () => await rm(shared, { recursive: true, force: true }));
  // Durable, unlike the tests' shared cluster: what is acknowledged must be on disk.
  const log = createLog({ level: 'error' });
  const postgres = await startEmbeddedPostgres({ dataDir: shared, log, runtimeParent: testRuntimeParent });
  started.push(async () => await postgres.stop());
  const options = {
    publicUrl: balancer.url,
    env: {
      SAMTAL_DATABASE_URL: postgresUrl(postgres.connection),
      SAMTAL_KEYRING_URL: pathToFileURL(join(shared, 'keyring')).href,
    },
  };
  first = await Platform.start(options);
  balancer.addNode(first.url);
  stage = await Stage.open(() => Promise.resolve(first));
  started.push(async () => await stage.close());
  second = await Platform.start(options);
  started.push(async () => await second.close());
  balancer.addNode(second.url);
  balancer.send('visitor', first.url);
  balancer.send('colleague', second.url);
  sara = await stage.signIn('sara');
});
afterEach(async (t) => {
  for (const node of [first, second]) if (!node.isRunning) await node.start();
  await stage.clear(t as FinishedTest);
  assert.deepEqual(second.errors(), [], 'The second node logged no error');
});
after(async () => {
  for (const stop of started.toReversed()) await stop();
});

/** Both write, one message a moment, until `work` is done. */
async function whileBothWrite(talk: Talk, work: () => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const keepWriting = async (write: (words: string) => Promise<unknown>) => {
    for (let count = 1; !over.signal.aborted; count += 1) {
      await write(`Rad ${count}`);
      await sleep(150);
    }
  };
  const writing = Promise.all([keepWriting(talk.visitorWrites), keepWriting(talk.agentWrites)]);
  await sleep(600);
  await work();
  await sleep(2_000);
  over.abort();
  await writing;
}

/** The node whose log shows the request with which everybody there begins. */
function nodesThatServed(route: string): Platform[] {
  return [first, second].filter((node) => node.served(route));
}

test('a visitor on one node and an agent on another converse', async () => {
  const talk = await Talk.begin(stage, sara);
  assert.deepEqual(
    nodesThatServed('/api/v1/widget/:siteKey/session'),
    [first],
    'The visitor is on the first node',
  );
  assert.deepEqual(nodesThatServed('/api/v1/session'), [second], 'The agent is on the second node');
  await sara.composer.pressSequentially('Jag');
  await talk.visitor.panel.getByText(talk.visitor.say('message.typing', { name: 'Sara Lindgren' })).waitFor();
  await whileBothWrite(talk, async () => await sleep(500));
  await sara.log.getByText(sara.say('status.read'), { exact: true }).last().waitFor();
  await talk.assertWhole();
});

test('a visitor whose node is killed goes on at the other one, and nothing is lost', async () => {
  const talk = await Talk.begin(stage, sara);
  await whileBothWrite(talk, async () => await first.kill());
  await talk.assertWhole();
});

test('an agent whose node is killed goes on at the other one, and nothing is lost', async () => {
  const talk = await Talk.begin(stage, sara);
  await whileBothWrite(talk, async () => await second.kill());
  await talk.assertWhole();
});

test('nodes that are stopped and started one after the other lose nothing', async () => {
  const talk = await Talk.begin(stage, sara);
  for (const node of [first, second]) {
    await whileBothWrite(talk, async () => {
      await node.stop();
      await node.start();
    });
  }
  await talk.assertWhole();
});
