import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';

/** Long enough for the slowest reconnect (10 s) on a busy machine. */
const settleMs = 40_000;

/** Anyone whose copy of the conversation can be read. */
export interface Reader {
  /** The messages as they stand on the screen, from old to new. */
  messages(): Promise<string[]>;
}

/**
 * What is written in one conversation. Every message carries a mark of its author and number, such as `[v-03]`, so that
 * a transcript shows what was lost, what was doubled, and what came in the wrong order.
 */
export class Script {
  readonly #sent = new Map<string, string[]>();

  /** The next message of an author: words with a mark. One line, as the transcripts are read by lines. */
  next(author: string, words: string): string {
    const sent = this.#sent.get(author) ?? [];
    const text = `[${author}-${String(sent.length + 1).padStart(2, '0')}] ${words}`;
    this.#sent.set(author, [...sent, text]);
    return text;
  }

  get authors(): string[] {
    return [...this.#sent.keys()];
  }

  sentBy(author: string): readonly string[] {
    return this.#sent.get(author) ?? [];
  }
}

/** The marked messages in a piece of text, in order. */
export function messagesIn(text: string): string[] {
  return text.match(/\[[\w-]+-\d{2,}\][^\n]*/g)?.map((message) => message.trimEnd()) ?? [];
}

/**
 * Waits until every transcript shows what was sent, then demands that nothing is lost, doubled or out of order in any of
 * them: each author's messages in the order written, and the same order for everybody as in the server's log.
 */
export async function assertWhole(
  script: Script,
  { log, readers }: { log: { api: Api; conversationId: string }; readers: Readonly<Record<string, Reader>> },
): Promise<void> {
  const deadline = Date.now() + settleMs;
  for (;;) {
    const logged = await loggedMessages(log.api, log.conversationId);
    const shown = await Promise.all(
      Object.entries(readers).map(async ([name, reader]) => [name, await reader.messages()] as const),
    );
    const settled = isWhole(script, logged) && shown.every(([, messages]) => same(messages, logged));
    if (!settled && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    for (const author of script.authors) {
      const written = logged.filter((text) => text.startsWith(`[${author}-`));
      assert.deepEqual(written, script.sentBy(author), `The log has not exactly what ${author} wrote`);
    }
    assert.ok(isWhole(script, logged), `The log has more than was written: ${JSON.stringify(logged)}`);
    for (const [name, messages] of shown) {
      assert.deepEqual(messages, logged, `The transcript of ${name} differs from the log`);
    }
    return;
  }
}

async function loggedMessages(api: Api, conversationId: string): Promise<string[]> {
  const entries = await api.publicEntries(conversationId);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    entries.map((_, index) => index + 1),
    'The log counts from 1 without gaps',
  );
  return entries.flatMap((entry) => (entry.kind === 'message' ? [entry.body.text] : []));
}

function isWhole(script: Script, messages: readonly string[]): boolean {
  const total = script.authors.reduce((count, author) => count + script.sentBy(author).length, 0);
  return (
    total === messages.length &&
    script.authors.every((author) =>
      same(
        messages.filter((text) => text.startsWith(`[${author}-`)),
        script.sentBy(author),
      ),
    )
  );
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
