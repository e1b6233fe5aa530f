import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Colleague, Visitor } from './people.ts';
import { Stage, type FinishedTest } from './stage.ts';
import { Talk } from './talk.ts';

let stage: Stage;
let sara: Colleague;
let johan: Colleague;
before(async () => {
  stage = await Stage.open();
  await stage.platform.command('settings', 'set', '--key', 'satisfaction.asked', '--value', 'true');
  sara = await stage.signIn('sara');
  johan = await stage.signIn('johan');
});
afterEach(async (t) => await stage?.clear(t as FinishedTest));
after(async () => await stage?.close());

async function arriveAndAsk(question: string): Promise<{ visitor: Visitor; talk: Talk; text: string }> {
  const visitor = await stage.visitor();
  const talk = new Talk(stage, visitor, sara);
  await visitor.open();
  return { visitor, talk, text: await talk.visitorWrites(question) };
}

/** Who is offered the conversation now, and who is not. */
async function offeredTo(): Promise<[offered: Colleague, other: Colleague]> {
  const sees = async (colleague: Colleague) => {
    await colleague.offers.first().waitFor();
    return colleague;
  };
  const offered = await Promise.any([sees(sara), sees(johan)]);
  return [offered, offered === sara ? johan : sara];
}

/** A conversation that Sara has, whoever was offered it first. */
async function talkWithSara(): Promise<Talk> {
  await johan.becomes('away');
  const talk = await Talk.begin(stage, sara);
  await johan.becomes('available');
  return talk;
}

async function transfer(
  from: Colleague,
  { to, name, note }: { to: 'queue' | 'agent'; name: RegExp; note?: string },
): Promise<void> {
  await from.button('transfer.open').click();
  const dialog = from.page.getByRole('dialog');
  // The radio button itself is hidden behind its label.
  await dialog.getByText(from.say(`transfer.to-${to}`), { exact: true }).click();
  await dialog.getByRole('combobox', { name: from.say(`transfer.${to}`) }).click();
  await from.page.getByRole('option', { name }).click();
  if (note !== undefined) await dialog.getByRole('textbox', { name: from.say('transfer.note') }).fill(note);
  await from.button('transfer.action', dialog).click();
  await dialog.waitFor({ state: 'hidden' });
}

test('an offer that is declined passes on to the other agent', async () => {
  const { talk, text } = await arriveAndAsk('Var lämnar jag en gammal cykel?');
  const [offered, other] = await offeredTo();
  assert.equal(await other.offers.count(), 0);
  await offered.button('offer.decline', offered.offers.first()).click();
  await other.offers.first().waitFor();
  await offered.offers.first().waitFor({ state: 'hidden' });
  await other.accept();
  await other.sees(text);
  await other.log
    .getByText(other.say('event.declined', { name: offered === sara ? 'Sara Lindgren' : 'Johan Berg' }))
    .waitFor();
  talk.agent = other;
  await talk.agentWrites('På återvinningscentralen.');
  await talk.assertWhole();
});

test('an offer that nobody answers passes on when its time is up', async () => {
  const queues = await stage.queueOffersFor(5);
  await arriveAndAsk('Är någon där?');
  const [offered, other] = await offeredTo();
  await other.offers.first().waitFor();
  await offered.offers.first().waitFor({ state: 'hidden' });
  await other.accept();
  await other.log
    .getByText(other.say('event.missed', { name: offered === sara ? 'Sara Lindgren' : 'Johan Berg' }))
    .waitFor();
  await queues.restore();
});

test('a conversation goes to another queue with a note, and whoever takes over reads both', async () => {
  const talk = await talkWithSara();
  const { visitor } = talk;
  await transfer(sara, { to: 'queue', name: /Bygglov/, note: 'Gäller ett växthus på 20 kvm.' });
  await visitor.log.getByText(visitor.say('event.transferredTo', { queue: 'Bygglov' })).waitFor();
  await johan.accept();
  await johan.log.getByText('Gäller ett växthus på 20 kvm.').waitFor();
  await visitor.log.getByText(visitor.say('event.joined', { name: 'Johan Berg' })).waitFor();
  talk.agent = johan;
  await talk.agentWrites('Hej, jag tar över.');
  await talk.visitorWrites('Tack!');
  await talk.assertWhole();
  assert.ok(!(await visitor.page.content()).includes('20 kvm'), 'The visitor gets no note');
  assert.ok(!(await visitor.log.innerText()).includes('20 kvm'), 'The visitor sees no note');
});

test('a conversation is handed to a colleague, who is offered it and accepts', async () => {
  const talk = await talkWithSara();
  await transfer(sara, { to: 'agent', name: /Johan Berg/ });
  await johan.accept();
  talk.agent = johan;
  await talk.visitorWrites('Är det en annan nu?');
  await talk.agentWrites('Ja, Johan.');
  await talk.assertWhole();
  assert.equal(await sara.composer.count(), 0, 'It is not Sara’s any more');
});

test('a resolved conversation is found by its case id, and the visitor begins a new one', async () => {
  const talk = await talkWithSara();
  const { visitor } = talk;
  const caseId = await sara.caseId;
  await sara.resolve();
  await visitor.panel.getByRole('heading', { name: visitor.say('ended.title') }).waitFor();
  await visitor.panel.getByText(caseId, { exact: true }).waitFor();
  const score = (number: number) =>
    visitor.panel
      .getByRole('group')
      .getByRole('radio', { name: `${number}: ${visitor.say(`rating.${number}`)}` });
  for (const number of [2, 4]) {
    await score(number).check();
    await visitor.panel.getByRole('status').getByText(visitor.say('rating.thanks')).waitFor();
    await sara.page
      .getByText(sara.say('details.rated-by-visitor', { score: number }))
      .first()
      .waitFor({ state: 'attached' });
  }
  await visitor.reload();
  await score(4).and(visitor.page.locator(':checked')).waitFor();

  await visitor.button('ended.startNew').click();
  assert.deepEqual(await visitor.messages(), []);
  await visitor.write('[again-01] En sak till.');
  const [offered] = await offeredTo();
  await offered.accept();
  await offered.sees('[again-01] En sak till.');
  assert.notEqual(await offered.caseId, caseId);

  await sara.page
    .getByRole('link', { name: sara.say('nav.find') })
    .first()
    .click();
  // As people type it: small letters, no dash.
  await sara.page
    .getByRole('textbox', { name: sara.say('details.case') })
    .fill(caseId.toLowerCase().replace('-', ''));
  await sara.page.getByRole('row').nth(1).getByText(caseId).waitFor();
  assert.equal(await sara.page.getByRole('row').count(), 2, 'A heading and one conversation');
  assert.match(await sara.page.getByRole('row').nth(1).innerText(), /4 of 5/);
  await sara.page.getByRole('link', { name: caseId }).first().click();
  await sara.sees('[agent-01] Hej! Den kommer på torsdag.');
  await sara.page.getByText(sara.say('state.resolved')).first().waitFor();
  assert.equal(await sara.composer.count(), 0);
  await sara.page.goto(stage.origin);
});

test('a visitor who ends the conversation is asked first, and the agent is told', async () => {
  const talk = await talkWithSara();
  await talk.visitor.end();
  await sara.log.getByText(sara.say('event.resolved-visitor')).waitFor();
  await sara.composer.waitFor({ state: 'hidden' });
});
