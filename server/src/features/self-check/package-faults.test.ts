import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Outbound, OutboundError } from '../../platform/outbound/index.ts';
import { findPackageFaults, readInstalledPackages, RegistryError } from './package-faults.ts';

describe('packages with known faults', () => {
  const outbound = new Outbound({ networks: ['127.0.0.0/8'] });
  const asked: { url: string | undefined; body: unknown }[] = [];
  let answer: { status: number; body: string };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      asked.push({ url: request.url, body: JSON.parse(body) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  let registry: URL;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    registry = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`);
  });
  after(() => server.close());

  const advisory = {
    id: 1,
    title: 'Reads beyond the end',
    severity: 'high',
    url: 'https://advisories.example/1',
    vulnerable_versions: '>=2.0.0 <2.4.1',
  };
  const answers = (body: unknown, status = 200) =>
    (answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const find = async () =>
    await findPackageFaults(outbound, registry, { parser: ['2.4.0', '2.4.1'], sound: ['1.0.0'] });

  it('attack 82: are those whose version is in the range of an advisory', async () => {
    answers({ parser: [advisory, { ...advisory, severity: 'low', vulnerable_versions: '<1.0.0' }] });
    const found = await find();
    assert.deepEqual(asked.at(-1), {
      url: '/mirror/-/npm/v1/security/advisories/bulk',
      body: { parser: ['2.4.0', '2.4.1'], sound: ['1.0.0'] },
    });
    assert.deepEqual(
      found.map(({ code, level }) => [code, level]),
      [['package-fault', 'serious']],
    );
    assert.match(found[0]?.what ?? '', /parser 2\.4\.0 .*high.*Reads beyond the end/);
    answers({ parser: [{ ...advisory, severity: 'moderate' }] });
    assert.equal((await find())[0]?.level, 'notice');
    answers({});
    assert.deepEqual(await find(), []);
  });

  it('attack 82: are not said to be none where the registry does not answer as one', async () => {
    for (const body of ['<html>', '"x"', 'null', { parser: [{}] }, { parser: {} }]) {
      answers(body);
      await assert.rejects(find, RegistryError, JSON.stringify(body));
    }
    answers({}, 404);
    await assert.rejects(find, RegistryError);
    const elsewhere = new URL('http://169.254.169.254/');
    await assert.rejects(findPackageFaults(outbound, elsewhere, {}), OutboundError);
  });

  it('are looked for among what is installed, but for what only building and testing need', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'samtal-test-packages-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'list.json');
    const packages = {
      server: { version: '0.1.0' },
      'node_modules/@samtal/server': { link: true },
      'node_modules/@scope/one': { version: '1.0.0' },
      'node_modules/two/node_modules/@scope/one': { version: '2.0.0' },
      'node_modules/tool': { version: '3.0.0', dev: true },
    };
    await writeFile(path, JSON.stringify({ packages }));
    assert.deepEqual(await readInstalledPackages(path), { '@scope/one': ['1.0.0', '2.0.0'] });
    assert.equal(await readInstalledPackages(join(folder, 'none.json')), null);
    const here = await readInstalledPackages();
    assert.ok(here !== null && 'fastify' in here && !('oxlint' in here));
  });
});
