import type { SubjectFile } from '@samtal/contract/subject-access';
import { Refusal } from '../../platform/http/index.ts';
import { CiphertextError } from '../../platform/keys/index.ts';
import type { ConversationRow } from '../conversations/index.ts';
import { listMediaOfConversation, openListedFile, type MediaParts } from '../media/index.ts';
import type { ZippedFile } from './zipped.ts';

type Parts = Pick<MediaParts, 'database' | 'keys' | 'store'>;

/** The files of the conversations: what became of them is known once they are written, before the documents are. */
export class SubjectFiles {
  readonly #parts: Parts;
  readonly #of = new Map<string, SubjectFile[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of a conversation whose files are written. */
  of(conversationId: string): readonly SubjectFile[] {
    return this.#of.get(conversationId) ?? [];
  }

  /** Opens one file after the other. One that is damaged ends where the damage begins, and does not stop the rest. */
  async *write(rows: readonly ConversationRow[]): AsyncGenerator<ZippedFile> {
    const { database, keys } = this.#parts;
    for (const { account_id: account, id: conversationId, case_id: caseId } of rows) {
      const listed = await database.read(
        account,
        async (tx) => await listMediaOfConversation(tx, keys, { account, conversationId }),
      );
      const files: SubjectFile[] = [];
      this.#of.set(conversationId, files);
      for (const [index, file] of listed.entries()) {
        const content = await this.#open(account, file.mediaId);
        if (content === null) {
          files.push({ ...file, path: null, state: 'missing' });
          continue;
        }
        // Two files may have the same name.
        const path = `files/${caseId}/${index + 1}-${file.name}`;
        const at = files.push({ ...file, path, state: 'whole' }) - 1;
        const damaged = () => void (files[at] = { ...file, path, state: 'damaged' });
        yield { path, content: upToDamage(content, damaged), packing: 'stored' };
      }
    }
  }

  async #open(account: string, mediaId: string): Promise<AsyncIterable<Buffer> | null> {
    try {
      return (await openListedFile(this.#parts, account, mediaId)).content;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not-found') return null;
      throw error;
    }
  }
}

async function* upToDamage(content: AsyncIterable<Buffer>, damaged: () => void): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    if (!(error instanceof CiphertextError)) throw error;
    damaged();
  }
}
