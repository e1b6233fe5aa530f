import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Inspection } from './axe.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(
  async () =>
    (stage = await Stage.open(async () => await Platform.start({ env: { SAMTAL_SFTP_PORT: '0' } }))),
);
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('an export account is made, its key confirmed by what the customer told, and revoked', async () => {
  const inspection = new Inspection();
  const ingrid = await stage.signIn('ingrid', { reducedMotion: 'reduce' });
  const { page, say } = ingrid;
  await page.goto(new URL('/admin/exports', stage.origin).href);
  await page.getByText(say('exports.none')).waitFor();
  await page.getByText(/^SHA256:/).waitFor();
  await inspection.look(page, 'No export accounts');

  await ingrid.button('exports.add').first().click();
  const making = ingrid.dialog('exports.add');
  await making.getByRole('textbox', { name: say('exports.name') }).fill('warehouse');
  await making.getByRole('textbox', { name: say('exports.purpose') }).fill('Loads the figures every night');
  await inspection.look(page, 'Making an export account');
  await ingrid.button('exports.make', making).click();
  await page.getByText(/^warehouse-[a-z2-9]{10}$/).waitFor();

  const key = customerKey();
  await page.getByRole('button', { name: say('exports.add-key-to', { name: 'warehouse' }) }).click();
  const adding = page.getByRole('dialog');
  await adding.getByRole('textbox', { name: say('exports.public-key') }).fill(key.line);
  await inspection.look(page, 'Adding a key');
  await ingrid.button('exports.bring', adding).click();
  await page.getByText(say('exports.key-state.pending')).waitFor();
  assert.equal(await page.getByText(key.fingerprint).count(), 0, 'what the customer is to tell is not shown');

  await ingrid.button('exports.confirm').click();
  const confirming = page.getByRole('dialog');
  const told = confirming.getByRole('textbox', { name: say('exports.told') });
  await told.fill('SHA256:0000000000000000000000000000000000000000000');
  await ingrid.button('exports.confirm', confirming).click();
  await confirming.getByRole('alert').waitFor();
  await inspection.look(page, 'A wrong fingerprint');
  await told.fill(key.fingerprint);
  await ingrid.button('exports.confirm', confirming).click();
  await page.getByText(key.fingerprint).waitFor();
  await inspection.look(page, 'An export account in use');
  await page.setViewportSize({ width: 360, height: 740 });
  const words = await page.getByRole('group', { name: /Ed25519|ed25519/ }).boundingBox();
  assert.ok((words?.width ?? 0) > 260, 'a key has the whole width of a phone');
  await page.setViewportSize({ width: 1280, height: 800 });

  await ingrid.button('exports.revoke').click();
  await ingrid.button('exports.revoke', page.getByRole('dialog')).click();
  await page.getByText(say('exports.key-state.revoked')).waitFor();
  inspection.assertFaultless();
});

/** A public key as `ssh-keygen` writes it, and its fingerprint as the customer would read it out. */
function customerKey(): { line: string; fingerprint: string } {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x, 'base64url'))]);
  const digest = createHash('sha256').update(blob).digest('base64').replace('=', '');
  return { line: `ssh-ed25519 ${blob.toString('base64')} customer`, fingerprint: `SHA256:${digest}` };
}
