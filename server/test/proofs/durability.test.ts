import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamName, type Entry, type StreamName } from '@samtal/contract/conversations';
import { seeded, type Random } from '../random.ts';
import { ServerProcess } from '../server-process.ts';
import { eventually } from '../socket.ts';
import { TalkingAgent, TalkingVisitor } from '../talkers.ts';

const visitors = 6;
const kills = 20;
/** With so many unanswered, a talker waits: how much there is to write must not grow with how slow the machine is. */
const mostUnanswered = 60;

it(
  'every acknowledged message is in the log once and in order, after the server and the database were killed 20 times',
  { timeout: 480_000 },
  async (t) => {
    const random = seeded(t);
    const server = await ServerProcess.start();
    t.after(async () => await server.remove());
    const { accounts, users } = await server.firstRun();
    const [account] = accounts;
    assert.ok(account);
    const agents = await Promise.all(
      users
        .filter(({ roles }) => roles.includes('agent'))
        .map(async (person) => {
          const agent = new TalkingAgent(server.url, account.id);
          await agent.begin(person);
          return agent;
        }),
    );
    const callers = await Promise.all(
      Array.from({ length: visitors }, async (_, index) => {
        const visitor = new TalkingVisitor(server.url, account.siteKey);
        await visitor.begin(`visitor ${index} says hello`);
        return visitor;
      }),
    );
    t.after(() => [...agents, ...callers].forEach((each) => each.leave()));
    await eventually(
      async () => {
        for (const agent of agents) await agent.acceptOffers();
        return agents.reduce((sum, agent) => sum + agent.conversations.size, 0) === visitors;
      },
      'every conversation has its agent',
      30_000,
    );

    let talking = true;
    t.after(() => {
      talking = false;
    });
    const talk = [
      ...callers.map(async (visitor, index) => {
        for (let number = 1; talking; number += 1) {
          if (visitor.unanswered < mostUnanswered)
            visitor.post(visitor.stream, 'message', `visitor ${index} says ${number}`);
          await sleep(20 + random.below(60));
        }
      }),
      ...agents.map(async (agent, index) => {
        for (let number = 1; talking; number += 1) {
          await sleep(20 + random.below(40));
          if (agent.unanswered >= mostUnanswered) continue;
          const conversation = random.oneOf([...agent.conversations]);
          if (random.below(4) === 0)
            agent.post(streamName(conversation, 'internal'), 'note', `agent ${index} notes ${number}`);
          else agent.post(streamName(conversation, 'public'), 'message', `agent ${index} says ${number}`);
        }
      }),
    ];
    const killed = await killAgainAndAgain(server, random);
    talking = false;
    await Promise.all(talk);
    const everyone = [...callers, ...agents];
    await eventually(
      () => everyone.every((each) => each.isSettled),
      'everything that was written has arrived',
      60_000,
    );

    const logs = new Map<StreamName, Entry[]>();
    for (const { stream, ...rest } of callers.map((visitor) => ({ stream: visitor.stream, visitor }))) {
      logs.set(stream, await rest.visitor.read());
    }
    for (const agent of agents) {
      for (const id of agent.conversations) {
        assert.deepEqual(
          await agent.read(streamName(id, 'public')),
          logs.get(streamName(id, 'public')),
          'both sides are served the same log',
        );
        logs.set(streamName(id, 'internal'), await agent.read(streamName(id, 'internal')));
      }
    }
    for (const entries of logs.values()) {
      assert.deepEqual(
        entries.map(({ seq }) => seq),
        entries.map((_, index) => index + 1),
        'no gaps',
      );
    }
    let acknowledged = 0;
    for (const talker of everyone) {
      assert.equal(talker.refused, null);
      for (const { cid, stream, seq } of talker.acknowledged) {
        assert.equal(
          logs.get(stream)?.[seq - 1]?.cid,
          cid,
          'every acknowledged message stands where its acknowledgement said',
        );
      }
      acknowledged += new Set(talker.acknowledged.map(({ cid }) => cid)).size;
      for (const [stream, posts] of talker.posted) {
        const own = new Set(posts.map(({ cid }) => cid));
        const logged = (logs.get(stream) ?? []).filter((entry) => entry.cid !== null && own.has(entry.cid));
        assert.deepEqual(
          logged.map((entry) => ({
            cid: entry.cid,
            text: entry.kind === 'message' || entry.kind === 'note' ? entry.body.text : null,
          })),
          posts,
          'everything is there once, in the order it was written',
        );
      }
    }
    for (const visitor of callers) {
      await eventually(
        () => sameLength(visitor.link.thread(visitor.stream).entries, logs.get(visitor.stream)),
        'the visitor sees all',
      );
      assert.deepEqual(
        visitor.link.thread(visitor.stream).entries,
        logs.get(visitor.stream),
        'the visitor sees the log',
      );
    }
    for (const agent of agents) {
      for (const id of agent.conversations) {
        for (const stream of [streamName(id, 'public'), streamName(id, 'internal')]) {
          await eventually(
            () => sameLength(agent.link.thread(stream).entries, logs.get(stream)),
            'the agent sees all',
          );
          assert.deepEqual(agent.link.thread(stream).entries, logs.get(stream), 'the agent sees the log');
        }
      }
    }
    assert.ok(acknowledged > 200, `only ${acknowledged} messages were acknowledged`);
    t.diagnostic(
      `${killed.server} kills of the server, ${killed.database} of the database, ${acknowledged} acknowledged messages`,
    );
    everyone.forEach((each) => each.leave());
    await server.stop();
    const verdict = await server.command('audit', 'verify');
    assert.equal(verdict.code, 0, verdict.output);
  },
);

/** Kills at random moments, now the one and now the other, and sometimes again before everything is back. */
async function killAgainAndAgain(
  server: ServerProcess,
  random: Random,
): Promise<{ server: number; database: number }> {
  const killed = { server: 0, database: 0 };
  while (killed.server + killed.database < kills) {
    await sleep(100 + random.below(1_200));
    const wanted =
      killed.server >= kills / 2
        ? 'database'
        : killed.database >= kills / 2
          ? 'server'
          : random.oneOf(['server', 'database'] as const);
    if (wanted === 'server') {
      await server.kill();
      server.run();
    } else await server.killPostmaster();
    killed[wanted] += 1;
    // A server whose database is killed under it must not end, and bring it back by itself.
    await server.ready();
  }
  return killed;
}

function sameLength(one: readonly unknown[], other: readonly unknown[] | undefined): boolean {
  return one.length === other?.length;
}
