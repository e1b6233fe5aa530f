import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';

describe('pages', () => {
  let db: TestDatabase;
  let node: TestNode;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    await node.app.http.fastify.inject({ url: path, headers: { host: node.url.host, ...headers } });

  it('answers every address of the console with the console, and a missing file with not-found', async () => {
    const page = await ask('/admin/users');
    assert.equal(page.statusCode, 200);
    assert.match(page.headers['content-type'] as string, /text\/html/);
    assert.match(page.headers['content-security-policy'] as string, /script-src 'self'/);
    assert.doesNotMatch(page.headers['content-security-policy'] as string, /script-src[^;]*unsafe/);
    const missing = await ask('/assets/none.module-AbC.js');
    assert.equal(missing.statusCode, 404);
    assert.equal((await ask('/api/v1/none')).statusCode, 404);
  });

  it('attack 47: leads from another name of this machine to the address that sessions belong to', async () => {
    const navigate = { 'sec-fetch-mode': 'navigate' };
    const led = await ask('/find?a=1', { ...navigate, host: `localhost:${node.url.port}` });
    assert.equal(led.statusCode, 307);
    assert.equal(led.headers.location, `${node.url.origin}/find?a=1`);
    assert.equal((await ask('/find', navigate)).statusCode, 200);
    const foreign = await ask('//evil.example/', { ...navigate, host: `localhost:${node.url.port}` });
    assert.equal(new URL(String(foreign.headers.location)).origin, node.url.origin);
    assert.equal((await ask('/', { ...navigate, host: 'evil.example' })).headers.location, undefined);
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const told = await ask('/find', { ...navigate, ...forwarded, host: `localhost:${node.url.port}` });
    assert.equal(told.headers.location, `${node.url.origin}/find`);
  });

  it('attack 50: lets only those pages frame the console that an account names, under its own address', async () => {
    const account = await makeAccount(db, { origin: node.url.origin });
    const policyOf = async (path: string) => String((await ask(path)).headers['content-security-policy']);
    const path = `/embed/${account.id}/`;
    assert.match(await policyOf(path), /frame-ancestors 'none'$/, 'nobody, until the account says so');
    await setSettings(db, account.id, {
      'embedding.origins': ['https://crm.example', 'https://crm.example:8443'],
    });
    assert.match(
      await policyOf(path),
      /; frame-ancestors https:\/\/crm\.example https:\/\/crm\.example:8443$/,
    );
    assert.match(await policyOf(`${path}conversations/1`), /frame-ancestors https:\/\/crm\.example /);
    assert.equal((await ask(path)).headers['x-frame-options'], undefined, 'it could name nobody');
    for (const other of [
      '/',
      `/embed/${randomUUID()}/`,
      '/embed/nobody/',
      `/embed/${account.id}%20https:/`,
      // Spelled otherwise: the console would not find the account in its address.
      `/%65mbed/${account.id}/`,
      `/embed/%${account.id.charCodeAt(0).toString(16)}${account.id.slice(1)}/`,
      `/embed/${account.id.toUpperCase()}/`,
      `//embed/${account.id}/`,
      '/embed/',
    ])
      assert.match(await policyOf(other), /frame-ancestors 'none'$/, other);
    await db.asOwner("update account set status = 'suspended' where id = $1", [account.id]);
    assert.match(await policyOf(path), /frame-ancestors 'none'$/, 'nor of a suspended one');
  });

  it('attack 50: lets nobody frame a page or an answer otherwise', async () => {
    for (const path of ['/', '/admin/users', '/invitation', '/api/docs/', '/api/v1/session', '/none.js']) {
      const { headers } = await ask(path);
      assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'(;|$)/, path);
    }
  });

  it('serves the widget to pages anywhere, and has no demo where there is none', async () => {
    const loader = await ask('/widget.js');
    assert.equal(loader.statusCode, 200);
    assert.equal(loader.headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal((await ask('/demo/')).statusCode, 404);
  });

  it('never leaves its folders', async () => {
    for (const path of [
      '/widget/../../package.json',
      '/widget/%2e%2e/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets/..%2f..%2fpackage.json',
      '/demo/..%2f..%2fpackage.json',
    ]) {
      const answer = await ask(path);
      assert.doesNotMatch(answer.body, /"workspaces"|"dependencies"/, path);
    }
  });
});
