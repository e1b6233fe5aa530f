import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { listRoles } from '@samtal/contract/access';
import { createApiKey } from '@samtal/contract/api-keys';
import { createCannedReply, listCannedReplies } from '@samtal/contract/canned-replies';
import { createQueue } from '@samtal/contract/routing';
import { exportSubjectData } from '@samtal/contract/subject-access';
import {
  makeAccount,
  makePerson,
  makeProgram,
  type Answer,
  type Person,
  type Program,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { Refusal } from '../../platform/http/index.ts';
import { idempotencyJobs } from './jobs.ts';
import { idempotencyGate } from './once.ts';

/** Stands for what somebody wrote: nobody may find it in the table. */
const marker = `Kerstin-${randomBytes(6).toString('hex')}`;

describe('requests with an Idempotency-Key', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let program: Program;
  let params: { accountId: string };
  let headers: { 'idempotency-key': string };

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    params = { accountId: account.id };
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator', 'agent'] });
    const { items } = await admin.call(listRoles, { params });
    const role = items.find(({ builtIn }) => builtIn === 'administrator') ?? assert.fail();
    program = await makeProgram(admin, [{ roleId: role.id, scope: {} }]);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(() => {
    headers = { 'idempotency-key': randomUUID() };
  });

  const reply = (text = 'Text') => ({ shortcut: `s${randomBytes(4).toString('hex')}`, text });
  const create = async (
    body: object,
    given: Record<string, string> = headers,
    by: Person | Program = program,
  ) => await by.try(createCannedReply, { params, body } as never, given);
  const countOf = async (text: string) =>
    (await program.call(listCannedReplies, { params })).items.filter((each) => each.text === text).length;

  it('is done once, and answered the same again', async () => {
    const body = reply(`${marker} once`);
    const first = await create(body);
    assert.equal(first.status, 201, first.text);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    const second = await create(body);
    assert.deepEqual([second.status, second.text], [201, first.text]);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(
      (await create(body, { 'idempotency-key': `"${headers['idempotency-key']}"` })).text,
      first.text,
    );
    assert.equal(await countOf(`${marker} once`), 1);
    const { rows } = await db.asOwner<{ all: string }>(
      "select coalesce(string_agg(r::text || convert_from(decode(encode(coalesce(answer, ''), 'hex'), 'escape'), 'latin1'), ' '), '') as all from idempotent_request r",
    );
    assert.ok(rows[0] && rows[0].all.length > 0);
    assert.ok(!rows[0].all.includes(marker) && !rows[0].all.includes(headers['idempotency-key']));
  });

  it('is refused when it is another request, and is another one for somebody else', async () => {
    const body = reply();
    assert.equal((await create(body)).status, 201);
    refused(await create(reply()), 422, 'idempotency.other-request');
    const queue = { params, body: { name: 'Queue' } };
    refused(await program.try(createQueue, queue, headers), 422, 'idempotency.other-request');
    refused(await create(body, headers, admin), 409, 'names.taken');
  });

  it('is done once when it comes many times at once', async () => {
    const body = reply(`${marker} at once`);
    const answers = await Promise.all(Array.from({ length: 12 }, async () => await create(body)));
    for (const answer of answers.filter(({ status }) => status !== 201))
      refused(answer, 409, 'idempotency.in-progress');
    assert.ok(answers.some(({ status }) => status === 201));
    assert.equal(await countOf(`${marker} at once`), 1);
    assert.equal((await create(body)).headers.get('idempotency-replayed'), 'true');
  });

  it('may come again after a refusal, which did nothing', async () => {
    const taken = reply();
    await create(taken, {});
    refused(await create(taken), 409, 'names.taken');
    assert.equal((await create(reply())).status, 201, 'the key is free again');
    refused(await create({ shortcut: 17 }, { 'idempotency-key': randomUUID() }), 400, 'request.invalid');
  });

  it('counts only for who is let in', async () => {
    const nobody = await makePerson(db, account, { url: node.url, roles: [] });
    const body = reply();
    refused(await create(body, headers, nobody), 403, 'access.forbidden');
    const { rowCount } = await db.asOwner('select from idempotent_request where caller_id = $1', [
      nobody.userId,
    ]);
    assert.equal(rowCount, 0);
    assert.equal((await create(body)).status, 201);
  });

  it('is not kept where the answer shows a secret, and is not done twice all the same', async () => {
    const { items } = await admin.call(listRoles, { params });
    const roleId = items.find(({ builtIn }) => builtIn === 'agent')?.id ?? assert.fail();
    const name = `Key ${randomUUID()}`;
    const input = { params, body: { name, purpose: 'A test', grants: [{ roleId, scope: {} }] } };
    assert.equal((await admin.try(createApiKey, input, headers)).status, 201);
    await expireLeases();
    refused(await admin.try(createApiKey, input, headers), 409, 'idempotency.answer-lost');
    const { rowCount } = await db.asOwner('select from api_key where name = $1', [name]);
    assert.equal(rowCount, 1);
    const { rows } = await db.asOwner(
      "select answer from idempotent_request where state = 'done' and answer is not null",
    );
    assert.deepEqual(rows, []);
  });

  it('is not taken with files, nor with a key that could be guessed', async () => {
    const officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
    const subject = { kind: 'case', caseId: 'A'.repeat(12) } as const;
    const input = { params, body: { subject, locale: 'en', notes: 'included' } } as const;
    refused(await officer.try(exportSubjectData, input, headers), 400, 'request.invalid');
    for (const key of ['short', 'with spaces in the middle of it', 'x'.repeat(256), 'åäö'.repeat(8)]) {
      const sent = { 'idempotency-key': Buffer.from(key).toString('latin1') };
      refused(await create(reply(), sent), 400, 'request.invalid');
    }
  });

  it('is forgotten after a day', async () => {
    const body = reply();
    const first = await create(body);
    await db.asOwner("update idempotent_request set begun_at = now() - interval '25 hours'");
    assert.notEqual(
      (await create(body)).text,
      first.text,
      'it is a new request, before the rows are deleted as well',
    );
    await db.asOwner("update idempotent_request set begun_at = now() - interval '25 hours'");
    await idempotencyJobs({ database: db.database })[0]?.run();
    assert.equal((await db.asOwner('select from idempotent_request')).rowCount, 0);
  });

  describe('when a node dies', () => {
    const request = () => ({
      accountId: account.id,
      callerId: randomUUID(),
      key: randomUUID(),
      request: 'a request',
      keepsAnswer: true,
    });
    const gate = () => idempotencyGate({ database: db.database, keyring: db.keyring });
    const act = async (id: string) =>
      await db.database.transaction(account.id, async (tx) => {
        await tx.sql
          .insertInto('canned_reply')
          .values({ account_id: account.id, id, shortcut: id, text: 'x' })
          .execute();
        return { id };
      });
    const isThere = async (id: string) =>
      ((await db.asOwner('select from canned_reply where id = $1', [id])).rowCount ?? 0) > 0;
    /** As a process that is killed leaves it: nothing after this point happens. */
    const dies = async () => await new Promise<never>(() => {});

    it('before it has committed, the request is done by who comes after the lease', async () => {
      const once = request();
      void gate().once(once, dies);
      await claimed(once.callerId);
      const id = randomUUID();
      await assert.rejects(
        gate().once(once, async () => await act(id)),
        { code: 'idempotency.in-progress' },
      );
      await expireLeases();
      const { body, replayed } = await gate().once(once, async () => await act(id));
      assert.deepEqual([body, replayed], [{ id }, false]);
      assert.deepEqual(await gate().once(once, dies), { body: { id }, replayed: true });
    });

    it('after it has committed and before the answer is kept, it says so, and nothing is done twice', async () => {
      const once = request();
      const id = randomUUID();
      let committed: () => void = () => {};
      const done = new Promise<void>((resolve) => (committed = resolve));
      void gate().once(once, async () => {
        await act(id);
        committed();
        return await dies();
      });
      await done;
      await assert.rejects(gate().once(once, dies), { code: 'idempotency.in-progress' });
      await expireLeases();
      await assert.rejects(
        gate().once(once, async () => await act(randomUUID())),
        { code: 'idempotency.answer-lost' },
      );
      assert.equal(await isThere(id), true);
    });

    it('or is so slow that another one took over, what it then does is not committed', async () => {
      const once = request();
      let goOn: () => void = () => {};
      const waiting = new Promise<void>((resolve) => (goOn = resolve));
      const [late, soon] = [randomUUID(), randomUUID()];
      const slow = gate().once(once, async () => {
        await waiting;
        return await act(late);
      });
      slow.catch(() => undefined);
      await claimed(once.callerId);
      await expireLeases();
      await gate().once(once, async () => await act(soon));
      goOn();
      await assert.rejects(slow, { code: 'idempotency.in-progress' });
      assert.deepEqual([await isThere(late), await isThere(soon)], [false, true]);
    });

    it('a refusal after something was committed is answered the same again', async () => {
      const once = request();
      const work = async () => {
        await act(randomUUID());
        throw new Refusal('search.off');
      };
      await assert.rejects(gate().once(once, work), { code: 'search.off' });
      await assert.rejects(gate().once(once, dies), { code: 'search.off' });
    });
  });

  async function expireLeases(): Promise<void> {
    await db.asOwner("update idempotent_request set leased_until = now() - interval '1 second'");
  }

  /** Until the claim of this caller is in the database. */
  async function claimed(callerId: string): Promise<void> {
    while (
      (await db.asOwner('select from idempotent_request where caller_id = $1', [callerId])).rowCount === 0
    );
  }
});

function refused(answer: Answer<unknown>, status: number, code: string): void {
  assert.deepEqual(
    [answer.status, (answer.body as { code?: string } | null)?.code],
    [status, code],
    answer.text,
  );
}
