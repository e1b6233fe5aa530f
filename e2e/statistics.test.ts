import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { giveRole, listRoles } from '@samtal/contract/access';
import { listPresence, listQueues } from '@samtal/contract/routing';
import { readFigures } from '@samtal/contract/statistics';
import { Client } from 'pg';
import { Api } from './api.ts';
import { Inspection } from './axe.ts';
import type { Locator } from 'playwright-core';
import type { Colleague } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';

let stage: Stage;
before(async () => (stage = await Stage.open()));
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

const hourMs = 3_600_000;

/** Johan becomes supervisor of what comes to the queue Bygglov, and of nothing else. */
async function appointSupervisorOf(queueName: string): Promise<void> {
  const ingrid = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: ingrid.accountId };
  const { items: roles } = await ingrid.call(listRoles, { params });
  const { items: queues } = await ingrid.call(listQueues, { params });
  const { items: agents } = await ingrid.call(listPresence, { params });
  const role = roles.find(({ builtIn }) => builtIn === 'supervisor') ?? assert.fail('no such role');
  const queue = queues.find(({ name }) => name === queueName) ?? assert.fail('no such queue');
  const johan = agents.find(({ name }) => name === 'Johan Berg') ?? assert.fail('no such agent');
  await ingrid.call(giveRole, {
    params,
    body: { userId: johan.userId, roleId: role.id, scope: { queue: [queue.id] }, reason: 'A test' },
  });
}

/** Figures are counted once a minute, and at once for an operator. */
async function untilCounted(conversations: number): Promise<void> {
  await stage.platform.command('statistics', 'rebuild');
  const api = await stage.supervisor();
  const today = new Date().toISOString().slice(0, 10);
  const query = {
    from: `${today}T00:00:00.000Z`,
    to: new Date(Date.parse(today) + 24 * hourMs).toISOString(),
    grain: 'total',
    by: 'all',
  } as const;
  const input = { params: { accountId: api.accountId, subject: 'queues' }, query } as const;
  const deadline = Date.now() + 120_000;
  for (;;) {
    const { rows } = await api.call(readFigures, input);
    if (rows[0]?.measures['resolved'] === conversations) return;
    assert.ok(Date.now() < deadline, JSON.stringify(rows));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** Puts so many files of hours of agents into the database, as they would be after as many hours, and a correction of the first. */
async function publishFiles(accountId: string, hours: number): Promise<{ name: string; content: string }> {
  const client = new Client({ connectionString: stage.platform.databaseUrl });
  await client.connect();
  const content = `"period_start","agent_name"\r\n"2026-03-04T05:00:00.000Z","Åsa"\r\n`;
  const publish = async (at: Date, correction: number, text: string) => {
    const hour = at.toISOString().slice(0, 13);
    const name = `agents-${hour}${correction === 0 ? '' : `.corr-${correction}`}.csv`;
    const bytes = Buffer.from(text);
    const sum = createHash('sha256').update(bytes).digest();
    await client.query(
      `insert into samtal.statistics_file (account_id, id, grain, period_start, subject, correction, folder, name, content, size_bytes, sha256)
       values ($1, $2, 'hour', $3, 'agents', $4, $5, $6, $7, $8, $9)`,
      [
        accountId,
        randomUUID(),
        at,
        correction,
        `Metrics/${hour.replaceAll(/[-T]/g, '/')}`,
        name,
        bytes,
        bytes.length,
        sum,
      ],
    );
    return name;
  };
  const newest = Date.parse('2026-03-04T05:00:00Z');
  for (let hour = 1; hour < hours; hour += 1)
    await publish(new Date(newest - hour * hourMs), 0, 'An older one');
  await publish(new Date(newest), 0, 'What was known then');
  const name = await publish(new Date(newest), 1, content);
  await client.end();
  return { name, content };
}

/** Waits until a line of the wallboard shows this. */
async function shows(
  line: Locator,
  { waiting, offered, active }: { waiting: number; offered: number; active: number },
): Promise<void> {
  const cell = (at: number, value: number) =>
    line.locator(`td:nth-of-type(${at})`, { hasText: RegExp(`^${value}$`) });
  for (const each of [cell(1, waiting), cell(3, offered), cell(4, active)]) await each.waitFor();
}

/** What the table with this name has in the column, line by line below its head. */
async function column(
  { page }: Colleague,
  { table, head }: { table: string; head: string },
): Promise<string[]> {
  const region = page.getByRole('region', { name: table }).getByRole('table');
  const heads = await region.getByRole('columnheader').allInnerTexts();
  const at = heads.findIndex((text) => text.trim() === head);
  const lines = await region.locator('tbody tr').all();
  return await Promise.all(lines.map(async (line) => await line.locator('th, td').nth(at).innerText()));
}

test('before anything has happened, figures are said to come, and not that there are none', async () => {
  const ingrid = await stage.signIn('ingrid');
  await ingrid.page.goto(`${stage.origin}/statistics/queues`);
  await ingrid.page.getByText(ingrid.say('statistics.none-yet'), { exact: true }).waitFor();
  assert.equal(await ingrid.page.getByText(ingrid.say('statistics.none'), { exact: true }).count(), 0);
  await ingrid.leave();
});

test('a supervisor sees what happens on the wallboard and in figures, and one of another queue sees neither', async () => {
  const inspection = new Inspection();
  await appointSupervisorOf('Bygglov');
  await stage.queueOffersFor(600);
  const sara = await stage.signIn('sara', { reducedMotion: 'reduce' });
  const { page, say } = sara;
  const live = page.getByRole('region', { name: say('statistics.queues') });
  const line = live.getByRole('row').filter({ hasText: 'Medborgarservice' });
  await page.getByRole('link', { name: say('nav.statistics') }).click();
  await line.waitFor();

  // Nothing is loaded anew: the server says that something has changed.
  const visitor = await stage.visitor();
  await visitor.open();
  await visitor.write('Hur söker jag bygglov?');
  await shows(line, { waiting: 0, offered: 1, active: 0 });
  await inspection.look(page, 'Wallboard');
  await page.goto(stage.origin);
  await sara.accept();
  await sara.write('Hej!');
  const { conversationId } = sara;
  await page.goto(`${stage.origin}/statistics`);
  await shows(line, { waiting: 0, offered: 0, active: 1 });
  await page.getByText(say('statistics.load', { count: '1', most: '4' })).waitFor();
  await page.goto(`${stage.origin}/conversations/${conversationId}`);
  await sara.resolve();

  const johan = await stage.signIn('johan', { reducedMotion: 'reduce' });
  await johan.page.goto(`${stage.origin}/statistics`);
  await johan.page.getByRole('row').filter({ hasText: 'Bygglov' }).waitFor();
  assert.equal(await johan.page.getByRole('row').filter({ hasText: 'Medborgarservice' }).count(), 0);
  await johan.page.getByText(say('statistics.your-scope', { scope: 'Bygglov' })).waitFor();

  await untilCounted(1);
  await johan.page.goto(`${stage.origin}/statistics/queues?period=today`);
  await johan.page.getByText(say('statistics.none'), { exact: true }).waitFor();

  await page.goto(`${stage.origin}/statistics/queues?period=today`);
  const explain = page.getByRole('button', { name: say('statistics.explain', { what: 'Service level' }) });
  await explain.first().focus();
  await page.getByRole('tooltip').getByText('service_level').waitFor();
  await inspection.look(page, 'Figures of queues with an explanation');
  await page.keyboard.press('Escape');
  await page.getByRole('tooltip').waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'Medborgarservice' }).click();
  await page
    .getByRole('region', { name: say('statistics.by-each.agent') })
    .first()
    .waitFor();
  assert.match(page.url(), /period=today.*queue=/);
  await page.getByText(say('statistics.as-table'), { exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    (async () => {
      await sara.button('statistics.download').click();
      await page.getByRole('menuitem', { name: say('statistics.download-hour') }).click();
    })(),
  ]);
  const file = await readFile(await download.path(), 'utf8');
  const [head = [], ...records] = file
    .trim()
    .split('\r\n')
    .map((record) => record.slice(1, -1).split('","'));
  const at = head.indexOf('offered');
  assert.deepEqual(
    records.map((record) => record[at]),
    await column(sara, { table: say('statistics.over-time'), head: 'Offered' }),
  );
  await inspection.look(page, 'Figures of a queue in a table');

  // Files tell of the whole account: who sees a part of it is not led to them, and finds none.
  assert.equal(await johan.page.getByRole('link', { name: say('statistics.files') }).count(), 0);
  await johan.page.goto(`${stage.origin}/statistics/files`);
  await johan.page.getByText(say('statistics.files-not-yours'), { exact: true }).waitFor();
  await page.getByRole('link', { name: say('statistics.files') }).click();
  await page.getByText(say('statistics.files-none'), { exact: true }).waitFor();
  await inspection.look(page, 'No published files');
  const corrected = await publishFiles((await stage.supervisor()).accountId, 60);
  await page.reload();
  const newest = page.getByRole('region').first();
  await newest.getByText(say('statistics.correction', { number: '1' })).waitFor();
  const downloads = page.getByRole('button', { name: /^Download agents-/ });
  assert.equal(await downloads.count(), 50);
  await inspection.look(page, 'Published files');
  await sara.button('statistics.older-files').click();
  await downloads.nth(60).waitFor();
  assert.equal(await sara.button('statistics.older-files').count(), 0);
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: say('statistics.download-file', { file: corrected.name }) }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), corrected.name);
  assert.equal(await readFile(await saved.path(), 'utf8'), corrected.content);
  await page.getByLabel(say('statistics.file-day')).fill('2026-03-03');
  await downloads.nth(23).waitFor();
  await page.waitForURL(/on=2026-03-03/);
  assert.equal(await downloads.count(), 24);
  await page.getByText(say('statistics.grain-one-day'), { exact: true }).click();
  await page.getByText(say('statistics.files-no-match'), { exact: true }).waitFor();
  await sara.button('statistics.files-all').click();
  await downloads.nth(49).waitFor();
  inspection.assertFaultless();
});
