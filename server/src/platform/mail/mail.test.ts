import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { testCertificate } from '../../../test/certificate.ts';
import { mailUser, startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { Outbound } from '../outbound/index.ts';
import { isAmong, MailError, sendableAddress, sendMail, type Mail, type MailServer } from './index.ts';

const mail: Mail = {
  id: '0193f3c1-7a52-4d11-9a3c-0f5a0e0c9d11',
  from: { name: 'Almviks kommun', address: 'chat@almvik.example' },
  to: 'anna@example.org',
  subject: 'Konversation AB3DE-FGHJK: blå hästar',
  text: `Hej!\n.\nEn ensam punkt ovanför, och en lång rad: ${'åäö '.repeat(300)}\n`,
};

describe('mail over SMTP', () => {
  let starttls: TestMailServer;
  let implicit: TestMailServer;
  let plain: TestMailServer;
  before(async () => {
    [starttls, implicit, plain] = [
      await startMailServer(),
      await startMailServer('implicit'),
      await startMailServer('plain'),
    ];
  });
  after(async () => {
    for (const server of [starttls, implicit, plain]) await server.close();
  });

  const at = (server: TestMailServer, more: Partial<MailServer> = {}): MailServer => ({
    host: 'localhost',
    port: server.port,
    security: 'starttls',
    signIn: null,
    ca: server.certificate,
    ownName: 'chat.almvik.example',
    ...more,
  });
  const local = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] });
  const codeOf = async (server: MailServer, sent: Mail = mail, way = local) =>
    await sendMail(way, server, sent).then(
      () => 'sent',
      (error: unknown) => (error instanceof MailError ? error.code : String(error)),
    );

  it('arrives as it was written, marked as made by a machine, under an id that stays the same', async () => {
    await sendMail(local, at(starttls, { signIn: mailUser }), mail);
    await sendMail(local, at(starttls, { signIn: mailUser }), mail);
    const [one, two] = starttls.received;
    assert.ok(one && two);
    assert.equal(one.text.replaceAll('\r\n', '\n').trimEnd(), mail.text.trimEnd());
    assert.deepEqual(one.to, ['anna@example.org']);
    assert.equal(one.from, 'chat@almvik.example');
    assert.equal(one.wasEncrypted, true);
    assert.equal(one.user, mailUser.user);
    assert.equal(one.headers.get('auto-submitted'), 'auto-generated');
    assert.equal(one.headers.get('message-id'), `<${mail.id}@almvik.example>`);
    assert.equal(two.headers.get('message-id'), one.headers.get('message-id'));
    assert.equal(one.headers.get('to'), 'anna@example.org');
    assert.match(one.headers.get('content-type') ?? '', /^text\/plain; charset=utf-8/);
  });

  it('is sent over TLS from the beginning, too, and without it only to this machine where that is wanted', async () => {
    assert.equal(await codeOf(at(implicit, { security: 'implicit' })), 'sent');
    assert.equal(implicit.received[0]?.wasEncrypted, true);
    assert.equal(await codeOf(at(plain, { security: 'none' })), 'sent');
    assert.equal(plain.received[0]?.wasEncrypted, false);
  });

  it('is not sent where TLS is wanted and not offered, or the certificate is another one', async () => {
    const before = plain.received.length + starttls.received.length + implicit.received.length;
    assert.equal(await codeOf(at(plain)), 'tls-failed');
    const stranger = testCertificate().cert;
    assert.equal(await codeOf(at(starttls, { ca: stranger })), 'tls-failed');
    assert.equal(await codeOf(at(starttls, { ca: null })), 'tls-failed');
    assert.equal(await codeOf(at(starttls, { host: 'other.example' })), 'tls-failed');
    assert.equal(await codeOf(at(implicit, { security: 'implicit', ca: stranger })), 'tls-failed');
    assert.equal(plain.received.length + starttls.received.length + implicit.received.length, before);
  });

  it('is not sent in the clear to another machine, whatever the name says', async () => {
    let said = '';
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => (said += data.toString()));
      socket.write('220 hello\r\n');
    });
    // Not loopback, and still on this machine: the address of another interface is what there is to tell by.
    const address = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
    if (address === undefined) return;
    other.listen(0, address);
    await once(other, 'listening');
    try {
      const way = new Outbound({ networks: [`${address}/32`], lookup: async () => [address] });
      const { port } = other.address() as AddressInfo;
      assert.equal(await codeOf(at(plain, { port, security: 'none' }), mail, way), 'unprotected');
      assert.equal(said, '');
    } finally {
      other.close();
    }
  });

  it('says why the server did not take it, and nothing that the server said', async () => {
    assert.equal(
      await codeOf(at(starttls, { signIn: { ...mailUser, password: 'wrong' } })),
      'sign-in-refused',
    );
    for (const [answer, isFinal] of [
      [450, false],
      [550, true],
    ] as const) {
      starttls.refusals.push(answer);
      await assert.rejects(sendMail(local, at(starttls), mail), (error: MailError) => {
        assert.equal(error.code, `answered-${answer}`);
        assert.equal(error.isFinal, isFinal);
        assert.doesNotMatch(error.message, /anna|Not now/);
        return true;
      });
    }
  });

  it('attack 57: reaches no address inside that the operator has not named', async () => {
    const before = starttls.received.length;
    const way = new Outbound({ networks: [], lookup: async () => ['127.0.0.1'] });
    assert.equal(await codeOf(at(starttls), mail, way), 'address-refused');
    assert.equal(await codeOf(at(starttls, { host: '127.0.0.1' }), mail, way), 'address-refused');
    assert.equal(starttls.received.length, before);
  });

  it('attack 55: refuses every trick with recipients and headers before a word is said', async () => {
    const before = starttls.received.length;
    for (const to of tricks)
      assert.equal(await codeOf(at(starttls), { ...mail, to }), 'address-refused', to.slice(0, 80));
    for (const line of ['a\r\nBcc: eve@example.org', 'a\nb', 'a\rb', 'a\0b', 'a\u2028b']) {
      assert.equal(await codeOf(at(starttls), { ...mail, subject: line }), 'header-refused');
      const from = { ...mail.from, name: line };
      assert.equal(await codeOf(at(starttls), { ...mail, from }), 'header-refused');
      assert.equal(await codeOf(at(starttls), { ...mail, id: line }), 'header-refused');
    }
    assert.equal(starttls.received.length, before);
  });

  it('attack 48, 55: takes what looks like headers, addresses or paths in a text or a name as text', async () => {
    const subject = '=?utf-8?Q?a=0D=0ABcc:_eve@example.org?= "x" <eve@example.org>, undisclosed: a, b;';
    const from = { name: 'Eve" <eve@example.org>, "Almvik', address: mail.from.address };
    await sendMail(local, at(starttls), {
      ...mail,
      subject,
      from,
      text: 'Bcc: eve@example.org\r\n\r\n.\r\nQUIT\r\n',
    });
    const got = starttls.received.at(-1);
    assert.ok(got);
    assert.deepEqual(got.to, ['anna@example.org']);
    assert.equal(got.headers.has('bcc'), false);
    assert.equal(got.headers.has('cc'), false);
    assert.match(got.headers.get('from') ?? '', /<chat@almvik\.example>$/);
  });
});

const tricks = [
  '',
  'anna',
  'anna@',
  '@example.org',
  'anna@example',
  'anna@localhost',
  'anna@127.0.0.1',
  'anna@[127.0.0.1]',
  'anna@example.org\r\nBcc: eve@example.org',
  'anna@example.org\n',
  'anna@example.org, eve@example.org',
  'anna@example.org;eve@example.org',
  'anna@example.org eve@example.org',
  Array.from({ length: 10_000 }, (_, index) => `a${index}@example.org`).join(', '),
  `${'(('.repeat(5_000)}anna@example.org`,
  `${'a:'.repeat(5_000)}anna@example.org;`,
  'group: anna@example.org, inner: eve@example.org;;',
  '"anna, eve@example.org" <anna@example.org>',
  'Anna <anna@example.org>',
  '<anna@example.org>',
  '"anna"@example.org',
  '"anna@evil.example> x"@example.org',
  'anna%evil.example@example.org',
  'evil.example!anna@example.org',
  'anna@evil.example@example.org',
  'anna@exаmple.org',
  'anna@example。org',
  'anna@ｅxample.org',
  'anna＠example.org',
  'ａnna@example.org',
  'anna@example.org\u200b',
  '\u202eanna@example.org',
  'anna@-example.org',
  'anna@example-.org',
  'anna@example..org',
  'anna..b@example.org',
  '.anna@example.org',
  'anna.@example.org',
  `${'a'.repeat(65)}@example.org`,
  `anna@${'a'.repeat(64)}.org`,
  `anna@${'a.'.repeat(130)}org`,
  'anna@example.0rg',
  'a b@example.org',
  'file:///etc/passwd',
  'https://169.254.169.254/',
];

it('knows an address that mail can be sent to, and no other', () => {
  for (const each of tricks) assert.equal(sendableAddress(each), null, each.slice(0, 80));
  assert.equal(sendableAddress('Anna.Ek+chat@Example.ORG'), 'anna.ek+chat@example.org');
  assert.equal(
    sendableAddress("o'hara_1@sub.xn--blhster-9wae.example"),
    "o'hara_1@sub.xn--blhster-9wae.example",
  );
});

it('knows which addresses a list means', () => {
  const list = ['@example.org', 'no-reply@', 'Anna@other.example'];
  for (const address of [
    'x@example.org',
    'X@EXAMPLE.ORG',
    'no-reply@any.example',
    'No-Reply+123@any.example',
    'anna@other.example',
  ])
    assert.equal(isAmong(address, list), true, address);
  for (const address of [
    'x@sub.example.org',
    'x@example.org.evil.example',
    'x@notexample.org',
    'a-no-reply@any.example',
    'no-reply2@any.example',
    'eve@other.example',
    'anna+1@other.example',
  ])
    assert.equal(isAmong(address, list), false, address);
  assert.equal(isAmong('x@example.org', []), false);
});
