import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamName } from '@samtal/contract/conversations';
import { makeShowKey, sealShown } from '@samtal/contract/session-data';
import { urlOf, type Endpoint, type InputOf, type ResponseOf } from '@samtal/contract/endpoint';
import { searchTranscripts } from '@samtal/contract/search';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import { elevate, signIn, type Session } from '@samtal/contract/signin';
import { findByAttributes, getProfile } from '@samtal/contract/visitors';
import { Client, type ClientConfig } from 'pg';
import { findRunningPostgres } from '../../src/platform/postgres/index.ts';
import { cardNumber, checkpoint, Search, swedishId } from '../searching.ts';
import { ServerProcess } from '../server-process.ts';
import { eventually } from '../socket.ts';
import { TalkingAgent, TalkingVisitor } from '../talkers.ts';

/** More than anything else here has in a row. */
const leastDigits = 24;

/** Words that appear nowhere by chance, as somebody would write them. */
const markers = {
  first: `Kerstin-Åkesson-${randomBytes(9).toString('hex')}`,
  visitor: `my-diagnosis-${randomBytes(9).toString('hex')}`,
  agent: `we-have-decided-${randomBytes(9).toString('hex')}`,
  note: `she-sounds-worried-${randomBytes(9).toString('hex')}`,
  shown: `one-time-code-${randomBytes(9).toString('hex')}`,
  attribute: `Customer-Öberg-${randomBytes(9).toString('hex')}`,
  /** Both sides read it until the conversation is resolved (G2), and nothing else does. */
  number: Array.from({ length: leastDigits + 2 }, () => randomInt(1, 10)).join(''),
};

/**
 * What a visitor types without being asked, and masking takes away before anything else becomes of it (G1, G3). The secret is
 * one that a rule of the account knows.
 */
const secrets = {
  card: cardNumber(),
  nationalId: swedishId(),
  secret: `KD${randomInt(10_000_000, 99_999_999)}x${randomBytes(6).toString('hex')}`,
};

const search = new Search([...Object.values(markers), ...Object.values(secrets)]);

it(
  'attack 70, 77: nothing that anybody wrote is found in a file, a table or a log line',
  { timeout: 120_000 },
  async (t) => {
    assert.ok(
      search.forms.every((form) =>
        search.isIn(Buffer.concat([Buffer.from('before '), form, Buffer.from(' after')])),
      ),
      'the search finds each form',
    );
    for (const shift of [0, 1, 2]) {
      const inside = Buffer.from(`${'x'.repeat(shift)}${markers.first} and more`).toString('base64');
      assert.ok(search.isInText(inside), 'the search finds a text within base64');
    }
    const server = await ServerProcess.start();
    t.after(async () => await server.remove());
    const { accounts, users } = await server.firstRun();
    const [account] = accounts;
    const person = users.find(({ roles }) => roles.includes('agent'));
    assert.ok(account && person);
    const agent = new TalkingAgent(server.url, account.id);
    const visitor = new TalkingVisitor(server.url, account.siteKey);
    t.after(() => [agent, visitor].forEach((each) => each.leave()));
    await agent.begin(person);
    const supervisor = users.find(({ roles }) => roles.includes('supervisor'));
    const administrator = users.find(({ roles }) => roles.includes('administrator'));
    assert.ok(supervisor && administrator);
    await configure(await signedIn(server, administrator), account.id);
    await visitor.begin(markers.first, { customer: markers.attribute });
    await eventually(
      async () => {
        await agent.acceptOffers();
        return agent.conversations.size === 1;
      },
      'the agent has the conversation',
      30_000,
    );
    const [id = ''] = agent.conversations;
    for (let round = 0; round < 20; round += 1) {
      visitor.post(streamName(id, 'public'), 'message', `${round} ${markers.visitor}`);
      visitor.post(
        streamName(id, 'public'),
        'message',
        `${secrets.card} ${secrets.nationalId} ${secrets.secret}`,
      );
      visitor.post(streamName(id, 'public'), 'message', `it is ${markers.number}`);
      agent.post(streamName(id, 'internal'), 'note', `her card is ${secrets.card}`);
      agent.post(streamName(id, 'public'), 'message', `${markers.agent} ${round}`);
      agent.post(streamName(id, 'internal'), 'note', `${round}${markers.note}${round}`);
    }
    await eventually(
      () => [agent, visitor].every((each) => each.heard.some((frame) => frame.includes('**-****'))),
      'both sides are shown what was stored',
      30_000,
    );
    for (const secret of Object.values(secrets)) {
      assert.ok(!agent.heard.some((frame) => frame.includes(secret)), 'in no request to the agent');
      assert.ok(!visitor.heard.some((frame) => frame.includes(secret)), 'nor back to the visitor');
    }
    await eventually(
      () => agent.heard.some((frame) => frame.includes(markers.number)),
      'the agent reads the number',
    );
    visitor.link.typing(visitor.stream, true);
    await eventually(() => agent.isSettled && visitor.isSettled, 'everything is written', 30_000);
    await lookFor(await signedIn(server, supervisor), account.id);
    await provoke(server, account.siteKey);

    const connection = await findRunningPostgres(server.dataDir);
    assert.ok(connection);
    await allowSessionData(connection, account.id);
    const key = await makeShowKey();
    agent.link.offerShowKey(visitor.stream, key.publicKey);
    await eventually(() => visitor.showKey === key.publicKey, 'the visitor knows the key');
    const sealed = await sealShown(key.publicKey, visitor.stream, { [markers.shown]: markers.shown });
    visitor.link.show(visitor.stream, { key: key.publicKey, sealed });
    await eventually(() => agent.shown !== null, 'the agent is shown it');
    assert.deepEqual(await key.open(visitor.stream, agent.shown ?? ''), { [markers.shown]: markers.shown });
    await searchTables(connection);
    await searchFiles(server);
    [agent, visitor].forEach((each) => each.leave());
    await server.stop();
    assert.ok(!search.isInText(server.log), 'no line of the log');
    await searchFiles(server);
  },
);

type Call = <const Called extends Endpoint>(
  endpoint: Called,
  input: InputOf<Called>,
) => Promise<ResponseOf<Called>>;

/** Somebody who calls endpoints as the console does. */
async function signedIn({ url }: ServerProcess, person: { email: string; password: string }): Promise<Call> {
  const send = async (endpoint: Endpoint, input: object, headers: Record<string, string> = {}) => {
    const { body } = input as { body?: unknown };
    const response = await fetch(new URL(urlOf(endpoint, input), url), {
      method: endpoint.method,
      headers: { origin: url.origin, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${endpoint.id}: ${response.status}`);
    return response;
  };
  const { email, password } = person;
  const session = await send(signIn, { body: { email, password } });
  const { csrfToken } = (await session.json()) as Session;
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  await send(elevate, { body: { kind: 'password', password } }, { cookie, 'x-csrf-token': csrfToken });
  return async (endpoint, input) =>
    (await (await send(endpoint, input, { cookie, 'x-csrf-token': csrfToken })).json()) as ResponseOf<
      typeof endpoint
    >;
}

/** What an account may know, search and mask, as an administrator sets it; waits until the node goes by it. */
async function configure(call: Call, accountId: string): Promise<void> {
  const params = { accountId };
  const { version } = await call(getSettings, { params });
  const set: SettingOverrides = {
    'visitors.attributes': [
      { key: 'customer', label: 'Customer', purpose: 'Billing', category: 'customer', indexed: true },
    ],
    'search.transcripts': true,
    'redaction.mode': 'resolved',
    'redaction.least-digits': leastDigits,
    'masking.rules': [
      {
        id: 'customer',
        name: 'Customer numbers',
        pattern: String.raw`\bKD\d{8}x[0-9a-f]+`,
        ignoreCase: false,
        action: 'mask',
        keep: 0,
        enabled: true,
      },
    ],
  };
  await call(changeSettings, { params, body: { channelId: null, version, set, unset: [], reason: '' } });
  // Nodes ask for settings once a second.
  await sleep(1_500);
}

/** Looks for the words in every way in which the console can, and finds them. */
async function lookFor(call: Call, accountId: string): Promise<void> {
  const params = { accountId };
  const attributes = [{ key: 'customer', value: markers.attribute }];
  const { items } = await call(findByAttributes, { params, body: { attributes } });
  const [found] = items;
  assert.ok(found !== undefined && items.length === 1);
  const profile = await call(getProfile, { params: { ...params, conversationId: found.id } });
  assert.equal(profile.items[0]?.value, markers.attribute);
  for (const words of [markers.first, markers.note, markers.agent]) {
    const searched = await call(searchTranscripts, { params, body: { words } });
    assert.equal(searched.items[0]?.conversation.id, found.id);
  }
}

/** Requests that fail with the words in every place that a request has. */
async function provoke(server: ServerProcess, siteKey: string): Promise<void> {
  const word = encodeURIComponent(markers.first);
  for (const [path, body] of [
    [`/api/v1/widget/${siteKey}/conversation`, `{"text":"${markers.first}"`],
    [
      `/api/v1/widget/${siteKey}/conversation?${word}=${word}`,
      JSON.stringify({ cid: markers.first, text: markers.first }),
    ],
    [
      `/api/v1/session`,
      JSON.stringify({ email: `${randomBytes(4).toString('hex')}@example.org`, password: markers.first }),
    ],
    [`/api/v1/${word}`, JSON.stringify({ [markers.first]: markers.first })],
    [
      `/api/v1/widget/${siteKey}/conversation/attributes`,
      JSON.stringify({ attributes: { customer: markers.attribute, [markers.attribute]: markers.attribute } }),
    ],
    [`/${word}`, markers.first],
  ] as const) {
    await fetch(new URL(path, server.url), {
      method: 'POST',
      headers: {
        origin: server.url.origin,
        'content-type': 'application/json',
        'user-agent': word,
        referer: `https://example.org/${word}`,
      },
      body,
    });
  }
}

/** The whole data directory. */
async function searchFiles({ dataDir }: ServerProcess): Promise<void> {
  const { files, sizeBytes } = await search.files(dataDir);
  assert.deepEqual(files, []);
  assert.ok(sizeBytes > 10_000_000, 'with the database and what it writes ahead');
}

async function allowSessionData(connection: ClientConfig, accountId: string): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  await client.query(
    `insert into samtal.configuration_version (account_id, kind, object_id, version, body)
     select $1, 'settings', $1, coalesce(newest.version, 0) + 1,
       coalesce(newest.body, '{}') || '{"session-data.shown": true}'
     from (values (1)) as one left join lateral (
       select version, body from samtal.configuration_version
       where account_id = $1 and kind = 'settings' and object_id = $1 order by version desc limit 1
     ) newest on true`,
    [accountId],
  );
  await client.end();
}

/** What was searched is what was written. */
async function searchTables(connection: ClientConfig): Promise<void> {
  await checkpoint(connection);
  const { tables, rowCount } = await search.rows(connection);
  assert.deepEqual(tables, []);
  assert.ok(rowCount > 100);
  const client = new Client(connection);
  await client.connect();
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from samtal.entry');
  await client.end();
  assert.ok((rows[0]?.count ?? 0) >= 63);
}
