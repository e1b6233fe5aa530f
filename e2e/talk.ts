import type { Colleague, Visitor } from './people.ts';
import type { Stage } from './stage.ts';
import { assertWhole, Script } from './transcript.ts';

/** A visitor and an agent in one conversation, with all that they have written in it. */
export class Talk {
  readonly visitor: Visitor;
  /** Who has the conversation now. */
  agent: Colleague;
  readonly #stage: Stage;
  readonly #script: Script;

  constructor(stage: Stage, visitor: Visitor, agent: Colleague, script: Script = new Script()) {
    this.#stage = stage;
    this.visitor = visitor;
    this.agent = agent;
    this.#script = script;
  }

  /** A visitor has come and written, and the agent has accepted and answered. */
  static async begin(stage: Stage, agent: Colleague): Promise<Talk> {
    const visitor = await stage.visitor();
    const talk = new Talk(stage, visitor, agent);
    await visitor.open();
    await talk.visitorWrites('När kommer sopbilen till Strandvägen?');
    await agent.accept();
    await visitor.sees(await talk.agentWrites('Hej! Den kommer på torsdag.'));
    return talk;
  }

  /** Answers with the whole text, once it stands in the visitor's own transcript. */
  readonly visitorWrites = async (words: string): Promise<string> => {
    const text = this.#script.next('visitor', words);
    await this.visitor.write(text);
    return text;
  };

  readonly agentWrites = async (words: string): Promise<string> => {
    const text = this.#script.next('agent', words);
    await this.agent.write(text);
    return text;
  };

  /** Waits until all is delivered, and demands that nothing is lost, doubled or out of order in either transcript. */
  async assertWhole(): Promise<void> {
    const { visitor, agent } = this;
    const log = { api: await this.#stage.supervisor(), conversationId: agent.conversationId };
    await assertWhole(this.#script, { log, readers: { visitor, agent } });
  }
}
