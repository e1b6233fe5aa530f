import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Colleague } from './people.ts';
import { Platform } from './platform.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';
import { Script } from './transcript.ts';

let stage: Stage;
let sara: Colleague;
before(async () => {
  stage = await Stage.open(async () => await Platform.start({ ownPostgres: true }));
  sara = await stage.signIn('sara');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

test('a visitor writes, the agent is offered the conversation, accepts and answers, and both see how far it came', async () => {
  const visitor = await stage.visitor();
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  const question = await talk.visitorWrites('Behöver jag bygglov för ett växthus? 🌱');
  await visitor.log.getByText(visitor.say('waiting.title')).waitFor();

  assert.equal(await sara.offers.count(), 0);
  await sara.offers.first().waitFor();
  await sara.accept();
  await visitor.log.getByText(visitor.say('event.joined', { name: 'Sara Lindgren' })).waitFor();
  await sara.sees(question);
  await visitor.log.getByText(visitor.say('message.read'), { exact: true }).waitFor();

  await sara.composer.pressSequentially('Jag ser');
  await visitor.panel.getByText(visitor.say('message.typing', { name: 'Sara Lindgren' })).waitFor();
  await visitor.composer.pressSequentially('Tack, och');
  await sara.page.getByText(sara.say('typing.visitor')).first().waitFor();

  await visitor.button('panel.minimise').click();
  await talk.agentWrites('Nej, inte om det är under 15 kvadratmeter.');
  await sara.log.getByText(sara.say('status.delivered'), { exact: true }).waitFor();
  assert.equal(await sara.log.getByText(sara.say('status.read'), { exact: true }).count(), 0);
  await visitor.page.getByRole('button', { name: visitor.say('launcher.unread', { count: 1 }) }).click();
  await sara.log.getByText(sara.say('status.read'), { exact: true }).waitFor();
  await talk.assertWhole();
});

/** What people have tried to make a page do with a text. */
const hostileTexts = [
  '<script>window.hit = 1</script>',
  '<img src=https://beacon.invalid/x onerror="window.hit = 1">',
  '"><svg onload=window.hit=1><math><mi xlink:href="javascript:window.hit=1">',
  '[click](javascript:window.hit=1) javascript:window.hit=1 data:text/html,<b>x</b>',
  '</textarea></div><iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '${window.hit=1} {{constructor.constructor("window.hit=1")()}} <b>bold</b> &lt;i&gt;',
];

test('attack 48: hostile texts of either side stand there as text, in the console and in the widget', async () => {
  const { visitor, agent } = await Talk.begin(stage, sara);
  const calls: string[] = [];
  for (const { page } of [visitor, agent]) {
    page.on('request', (request) => calls.push(request.url()));
    await page.evaluate(() =>
      addEventListener('securitypolicyviolation', () => Object.assign(window, { violated: 1 })),
    );
  }
  const text = hostileTexts.join(' ');
  await visitor.write(text);
  await agent.sees(text);
  await agent.write(`Also: ${text}`);
  await visitor.sees(`Also: ${text}`);
  const made =
    'script, iframe, math, b, img[src*="beacon"], a[href^="javascript" i], a[href^="data" i], [onerror], [onload]';
  for (const { page, log } of [visitor, agent]) {
    assert.equal(await log.locator(made).count(), 0);
    const marks = await page.evaluate(() => ['hit' in window, 'violated' in window]);
    assert.deepEqual(marks, [false, false], 'nothing ran, and nothing tried to');
  }
  assert.deepEqual(
    calls.filter((url) => url.includes('beacon')),
    [],
  );
});

test('a canned reply is chosen by its shortcut, filled in, and sent', async () => {
  const { visitor, agent } = await Talk.begin(stage, sara);
  const caseId = await agent.caseId;
  await agent.composer.fill('/ären');
  await agent.page.getByRole('option', { name: '/ärende' }).waitFor();
  await agent.composer.press('Enter');
  const filled = `Ditt ärende har nummer ${caseId}. Hänvisa gärna till det om du hör av dig igen.`;
  await agent.page.getByText(filled).waitFor();
  assert.equal(await visitor.log.getByText(caseId).count(), 0, 'It is not sent before the agent says so');
  await agent.composer.press('Enter');
  await visitor.sees(filled);
});

test('the conversation goes on after the visitor has loaded the page again', async () => {
  const talk = await Talk.begin(stage, sara);
  const reloaded = talk.visitor.reload();
  await talk.agentWrites('Detta skrevs medan sidan laddades.');
  await reloaded;
  await talk.visitor.composer.waitFor();
  await talk.visitorWrites('Nu är jag här igen.');
  await talk.agentWrites('Bra.');
  await talk.assertWhole();
});

test('the conversation goes on after the agent has loaded the console again', async () => {
  const talk = await Talk.begin(stage, sara);
  const reloaded = talk.agent.reload();
  await talk.visitorWrites('Detta skrevs medan konsolen laddades.');
  await reloaded;
  await talk.agent.composer.waitFor();
  await talk.agentWrites('Nu är jag här igen.');
  await talk.visitorWrites('Bra.');
  await talk.assertWhole();
});

test('the conversation comes along to other pages of the site', async () => {
  const talk = await Talk.begin(stage, sara);
  for (const page of ['Bygga och bo', 'Kontakt']) {
    await talk.visitor.page.getByRole('navigation').getByRole('link', { name: page }).click();
    await talk.agentWrites(`Detta skrevs på väg till ${page}.`);
    await talk.visitor.page.getByRole('heading', { level: 1 }).waitFor();
    await talk.visitor.composer.waitFor();
    await talk.visitorWrites(`Nu läser jag ${page}.`);
  }
  await talk.assertWhole();
});

test('nothing is lost when the server is killed in mid-conversation while both keep writing', async () => {
  const talk = await Talk.begin(stage, sara);
  const over = new AbortController();
  const keepWriting = async (write: (words: string) => Promise<unknown>) => {
    for (let count = 1; !over.signal.aborted; count += 1) {
      await write(`Rad ${count}`);
      await sleep(150);
    }
  };
  const writing = Promise.all([keepWriting(talk.visitorWrites), keepWriting(talk.agentWrites)]);
  await sleep(600);
  await stage.platform.kill();
  await sleep(1_500);
  await stage.platform.start();
  await sleep(1_000);
  over.abort();
  await writing;
  await talk.assertWhole();
});

test('the agent is told when the visitor’s network is cut, and nothing written meanwhile is lost', async () => {
  const talk = await Talk.begin(stage, sara);
  const { visitor, agent } = talk;
  const told = (what: string) => agent.page.getByRole('status').getByText(agent.say(`banner.${what}`));
  // Nothing comes through any more, and no socket is closed: each side has to notice by itself.
  await visitor.context.setOffline(true);
  const cutAt = Date.now();
  await talk.visitorWrites('Hör ni mig?');
  await talk.agentWrites('Är du kvar?');
  await told('weak').waitFor({ timeout: 40_000 });
  await talk.visitorWrites('Jag tror att nätet är borta.');
  await visitor.panel.getByRole('status').getByText(visitor.say('connection.interrupted')).waitFor();
  await talk.agentWrites('Jag väntar.');
  await told('lost').waitFor({ timeout: 40_000 });
  assert.ok(Date.now() - cutAt > 30_000, 'A cut is not called a loss too early');
  assert.equal(await agent.log.getByText('Hör ni mig?').count(), 0);
  await visitor.context.setOffline(false);
  await told('back').waitFor();
  await talk.visitorWrites('Nu är jag tillbaka.');
  await talk.assertWhole();
  const events = [
    agent.say('event.connection-weak'),
    agent.say('event.connection-lost'),
    agent.say('event.connection-back'),
  ];
  for (const event of events) await agent.log.getByText(event).waitFor();
});

test('what a visitor wrote without a connection survives the crash of the browser', async () => {
  const talk = await Talk.begin(stage, sara);
  const { visitor } = talk;
  await visitor.context.setOffline(true);
  await talk.visitorWrites('Detta är skrivet men inte skickat.');
  const last = await talk.visitorWrites('Detta också.');
  // Time for the browser to put it on disk. What is typed in the very moment of a crash may be lost.
  await sleep(500);
  await visitor.crash();
  await visitor.context.setOffline(false);
  await visitor.comeBack(new URL('/demo/kontakt', stage.origin));
  // Delivered although the panel is closed: the visitor may never open it again.
  await talk.agent.sees(last);
  await visitor.open();
  await talk.visitorWrites('Och detta efteråt.');
  await talk.assertWhole();
});

test('a first message that finds no server is delivered once when it is back', async () => {
  const visitor = await stage.visitor();
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  await stage.platform.kill();
  await talk.visitorWrites('Är det någon där?');
  await visitor.panel.getByRole('status').getByText(visitor.say('problem.unreachable')).waitFor();
  await talk.visitorWrites('Jag väntar.');
  await stage.platform.start();
  await sara.accept();
  await talk.agentWrites('Ja, nu!');
  await talk.assertWhole();
});

test('two visitors and two agents talk at once, and nobody hears what is not theirs', async () => {
  const johan = await stage.signIn('johan');
  await johan.page
    .getByRole('banner')
    .getByRole('button', { name: johan.say('presence.available') })
    .waitFor();
  const visitors = await Promise.all([stage.visitor(), stage.visitor('/demo/english', { locale: 'en' })]);
  const openings = ['Första frågan', 'The other question'];
  for (const visitor of visitors) await visitor.open();
  const scripts = [new Script(), new Script()];
  await Promise.all(
    visitors.map(async (visitor, index) => {
      await visitor.write(scripts[index]?.next('visitor', openings[index] ?? '') ?? '');
    }),
  );
  await Promise.all([sara.accept(), johan.accept()]);
  const talks = await Promise.all(
    visitors.map(async (visitor, index) => {
      const saraHasIt = (await sara.log.innerText()).includes(openings[index] ?? '');
      return new Talk(stage, visitor, saraHasIt ? sara : johan, scripts[index]);
    }),
  );
  assert.equal(
    new Set(talks.map(({ agent }) => agent.email)).size,
    2,
    'Each agent has one of the conversations',
  );
  await Promise.all(
    talks.flatMap((talk, index) =>
      [talk.visitorWrites, talk.agentWrites].map(async (write) => {
        for (let count = 1; count <= 5; count += 1) await write(`Samtal ${index + 1}, rad ${count}`);
      }),
    ),
  );
  for (const talk of talks) await talk.assertWhole();
  await johan.becomes('away');
});
