import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testCertificate } from '../../../test/certificate.ts';
import { smsUser, startSmsServer, type TestSmsServer } from '../../../test/sms-server.ts';
import { Outbound } from '../outbound/index.ts';
import { sendSms, SmsError, type SmsServer } from './index.ts';

const message = { from: 'Samtal', to: '+46700000001', text: '123456 är din kod & inget annat' };

describe('text messages by 46elks', () => {
  let provider: TestSmsServer;
  before(async () => (provider = await startSmsServer()));
  after(async () => await provider.close());

  const at = (more: Partial<SmsServer> = {}): SmsServer => ({
    provider: '46elks',
    url: `https://localhost:${provider.port}/a1/sms`,
    ...smsUser,
    ca: provider.certificate,
    ...more,
  });
  const local = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] });
  const codeOf = async (server: SmsServer, way = local) =>
    await sendSms(way, server, message).then(
      () => 'sent',
      (error: unknown) => (error instanceof SmsError ? error.code : String(error)),
    );

  it('arrive as they were written, and the provider is asked not to keep what they say', async () => {
    assert.equal(await codeOf(at()), 'sent');
    assert.deepEqual(provider.received.at(-1), { from: message.from, to: message.to, message: message.text });
    assert.match(provider.bodies.at(-1) ?? '', /(^|&)dontlog=message(&|$)/);
  });

  it('say why the provider did not take them, and nothing that it said', async () => {
    assert.equal(await codeOf(at({ password: 'wrong' })), 'sign-in-refused');
    for (const status of [302, 400, 500]) {
      provider.refusals.push(status);
      assert.equal(await codeOf(at()), `answered-${status}`);
    }
  });

  it('are not sent where the certificate is another one, nor to addresses that nobody named', async () => {
    const before = provider.received.length;
    assert.equal(await codeOf(at({ ca: testCertificate().cert })), 'tls-failed');
    assert.equal(await codeOf(at({ ca: null })), 'tls-failed');
    const way = new Outbound({ networks: [], lookup: async () => ['127.0.0.1'] });
    assert.equal(await codeOf(at(), way), 'address-refused');
    const literal = `https://127.0.0.1:${provider.port}/a1/sms`;
    assert.equal(await codeOf(at({ url: literal }), new Outbound({ networks: [] })), 'address-refused');
    assert.equal(provider.received.length, before);
  });
});
