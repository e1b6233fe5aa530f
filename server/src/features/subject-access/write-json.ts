import type { Bundle } from './bundle.ts';

/** The machine-readable document (`SubjectDocument` of the contract), a conversation at a time. */
export async function* writeJson({ heading, conversations, activity }: Bundle): AsyncGenerator<string> {
  const beginning = JSON.stringify({ format: 'samtal-subject-access', version: 1, ...heading });
  yield `${beginning.slice(0, -1)},\n"conversations": [`;
  yield* listed(conversations);
  yield '],\n"activity": [';
  yield* listed(activity);
  yield '],\n"complete": true}\n';
}

async function* listed(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let separator = '\n';
  for await (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',\n';
  }
}
