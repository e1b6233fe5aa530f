import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import type { Download, Locator, Page } from 'playwright-core';
import { pdf, png, pngChunk } from '../server/test/files.ts';
import { Api } from './api.ts';
import type { Colleague, Visitor } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

let stage: Stage;
let sara: Colleague;
before(async () => {
  stage = await Stage.open();
  await set({
    'media.visitors-may-send': true,
    'media.agents-may-send': true,
    'media.max-size-megabytes': 1,
  });
  sara = await stage.signIn('sara');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

async function set(changes: SettingOverrides): Promise<void> {
  const api = await Api.signIn(stage.origin, stage.person('ingrid'));
  const { accountId } = api;
  const { version } = await api.call(getSettings, { params: { accountId } });
  const body = { channelId: null, version, set: changes, unset: [], reason: 'A test' };
  await api.call(changeSettings, { params: { accountId }, body });
}

const file = (name: string, buffer: Buffer) => ({ name, mimeType: '', buffer });
const picture = png({ width: 320, height: 200 });
const attach = async (
  who: Visitor | Colleague,
  key: string,
  files: ReturnType<typeof file>[],
): Promise<void> => {
  const choosing = who.page.waitForEvent('filechooser');
  await who.page.getByRole('button', { name: who.say(key), exact: true }).click();
  await (await choosing).setFiles(files);
};

async function saved(page: Page, button: Locator): Promise<{ name: string; content: Buffer }> {
  const [download]: [Download, void] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

test('a visitor sends a picture, the agent sees it and answers with a document, and both stay after a reload', async () => {
  const talk = await Talk.begin(stage, sara);
  const { visitor } = talk;
  const told = png({ width: 320, height: 200, extra: [pngChunk('eXIf', Buffer.from('GPS 59.3 N'))] });
  await attach(visitor, 'file.attach', [file('Mitt växthus.png', told)]);
  const name = { name: 'Mitt växthus.png' };
  await visitor.log.getByRole('img', { name: visitor.say('file.picture', name) }).waitFor();
  await sara.log.getByRole('img', { name: sara.say('files.picture', name) }).waitFor();
  const got = await saved(sara.page, sara.log.getByRole('button', { name: sara.say('files.save-of', name) }));
  assert.equal(got.name, name.name);
  assert.ok(got.content.equals(picture), 'Where it was taken is not told');

  const answer = { name: 'Beslut.pdf' };
  await attach(sara, 'files.attach', [file(answer.name, pdf('Beslut'))]);
  const save = visitor.log.getByRole('button', { name: visitor.say('file.save', answer) });
  assert.ok((await saved(visitor.page, save)).content.equals(pdf('Beslut')));

  await Promise.all([visitor.reload(), sara.reload()]);
  await visitor.log.getByRole('img', { name: visitor.say('file.picture', name) }).waitFor();
  await visitor.log.getByRole('button', { name: visitor.say('file.save', answer) }).waitFor();
  await sara.log.getByRole('img', { name: sara.say('files.picture', name) }).waitFor();
  await sara.log.getByRole('button', { name: sara.say('files.save-of', answer) }).waitFor();
  assert.equal(await visitor.log.getByRole('button', { name: visitor.say('file.save', answer) }).count(), 1);
});

test('attack 48: a hostile name of a file loses its marks, and stands there as text, in the console and in the widget', async () => {
  const { visitor } = await Talk.begin(stage, sara);
  for (const { page } of [visitor, sara])
    await page.evaluate(() =>
      addEventListener('securitypolicyviolation', () => Object.assign(window, { violated: 1 })),
    );
  const hostile = '"><img src=x onerror=window.hit=1><b>{{1+1}} \u202egpj.png';
  await attach(visitor, 'file.attach', [file(hostile, picture)]);
  for (const { page, log } of [visitor, sara]) {
    await log
      .getByRole('img', { name: /__img src=x onerror=window\.hit=1__b_\{\{1\+1\}\} gpj\.png/ })
      .waitFor();
    assert.equal(await log.locator('b, img[src="x"], [onerror]').count(), 0);
    assert.ok(!(await log.innerHTML()).includes('\u202e'), 'nor is its end put before its beginning');
    const marks = await page.evaluate(() => ['hit' in window, 'violated' in window]);
    assert.deepEqual(marks, [false, false], 'nothing ran, and nothing tried to');
  }
});

test('a file that may not be sent says why on either side, and goes away when told to', async () => {
  const { visitor } = await Talk.begin(stage, sara);
  await attach(visitor, 'file.attach', [
    file('ritning.svg', Buffer.from('<svg onload="alert(1)"/>')),
    file('fake.png', pdf()),
    file('large.png', Buffer.alloc(1_100_000)),
  ]);
  for (const problem of ['file.wrongType', 'file.badContent', 'file.tooLarge'])
    await visitor.panel.getByText(visitor.say(problem)).waitFor();
  for (const name of ['ritning.svg', 'fake.png', 'large.png'])
    await visitor.panel.getByRole('button', { name: visitor.say('file.remove', { name }) }).click();
  await visitor.panel.getByText(visitor.say('file.wrongType')).waitFor({ state: 'detached' });

  await attach(sara, 'files.attach', [file('fake.pdf', picture)]);
  await sara.page.getByText(sara.say('problem.media.content-mismatch')).waitFor();
  await sara.page.getByRole('button', { name: sara.say('files.remove', { name: 'fake.pdf' }) }).click();
});

test('files are dropped onto the conversation, and pasted, by keyboard alone', async () => {
  const { visitor, agent } = await Talk.begin(stage, sara);
  const give = async (target: Locator, event: 'drop' | 'paste', name: string): Promise<void> => {
    const bytes = [...picture];
    await target.evaluate(
      (element, { type, fileName, content }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(content)], fileName));
        const options = { bubbles: true, cancelable: true };
        element.dispatchEvent(
          type === 'drop'
            ? new DragEvent('drop', { ...options, dataTransfer: data })
            : new ClipboardEvent('paste', { ...options, clipboardData: data }),
        );
      },
      { type: event, fileName: name, content: bytes },
    );
  };
  await give(agent.log, 'drop', 'dropped.png');
  await visitor.log
    .getByRole('img', { name: visitor.say('file.picture', { name: 'dropped.png' }) })
    .waitFor();
  await give(agent.composer, 'paste', 'pasted.png');
  await visitor.log.getByRole('img', { name: visitor.say('file.picture', { name: 'pasted.png' }) }).waitFor();
  await give(visitor.composer, 'paste', 'visitors.png');
  await agent.log.getByRole('img', { name: agent.say('files.picture', { name: 'visitors.png' }) }).waitFor();
});

test('where files may not be sent there is no button for them', async () => {
  await set({ 'media.visitors-may-send': false, 'media.agents-may-send': false });
  try {
    const { visitor, agent } = await Talk.begin(stage, sara);
    assert.equal(await visitor.button('file.attach').count(), 0);
    assert.equal(await agent.page.getByRole('button', { name: agent.say('files.attach') }).count(), 0);
  } finally {
    await set({ 'media.visitors-may-send': true, 'media.agents-may-send': true });
  }
});
