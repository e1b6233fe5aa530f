import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  changeCannedReply,
  createCannedReply,
  deleteCannedReply,
  listCannedReplies,
  type CannedReply,
} from '@samtal/contract/canned-replies';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, testHttp } from '../../../test/requests.ts';
import { cannedRepliesRoutes } from './routes.ts';

const password = 'blå hästar äter 7 tulpaner';
let db: TestDatabase;
let accountId: string;
let supervisor: Browser;
let agent: Browser;
before(async () => {
  db = await createTestDatabase();
  const http = testHttp(db, (served) => cannedRepliesRoutes(served, db));
  accountId = await testAccount(db);
  supervisor = await Browser.signIn(http, await testUser(db, accountId, { password, roles: ['supervisor'] }));
  agent = await Browser.signIn(http, await testUser(db, accountId, { password, roles: ['agent'] }));
});
after(() => db.close());

async function create(shortcut: string, text = 'Hej {{visitor}}!') {
  return await supervisor.call(createCannedReply, { params: { accountId }, body: { shortcut, text } });
}

test('is written by a supervisor and read by every member, by shortcut', async () => {
  const second = (await create('ärende')).json<CannedReply>();
  const first = (await create('Hej')).json<CannedReply>();
  const list = async () =>
    (await agent.call(listCannedReplies, { params: { accountId } })).json<{ items: CannedReply[] }>();
  assert.deepEqual(await list(), { items: [first, second] });
  const params = { accountId, replyId: first.id };
  const changed = await supervisor.call(changeCannedReply, { params, body: { text: 'Hello' } });
  assert.deepEqual(changed.json(), { ...first, text: 'Hello', version: 2 });
  assert.equal((await supervisor.call(deleteCannedReply, { params })).statusCode, 204);
  assert.deepEqual(await list(), { items: [second] });
  assert.equal(
    codeOf(await supervisor.call(changeCannedReply, { params, body: { text: 'x' } })),
    'not-found',
  );
});

test('refuses a shortcut that is taken, in whatever case', async () => {
  await create('bye');
  assert.equal(codeOf(await create('BYE')), 'names.taken');
  const { id } = (await create('later')).json<CannedReply>();
  const params = { accountId, replyId: id };
  assert.equal(
    codeOf(await supervisor.call(changeCannedReply, { params, body: { shortcut: 'Bye' } })),
    'names.taken',
  );
});

test('refuses an agent who would write one, and text that cannot be kept', async () => {
  const body = { shortcut: 'mine', text: 'Mine' };
  assert.equal(
    codeOf(await agent.call(createCannedReply, { params: { accountId }, body })),
    'access.forbidden',
  );
  assert.equal(codeOf(await create('nul', 'a\u0000b')), 'request.invalid');
  assert.equal(codeOf(await create('with space')), 'request.invalid');
  assert.equal(codeOf(await create('blank', ' \n ')), 'request.invalid');
});
