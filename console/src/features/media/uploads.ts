import { problemOfFile, sendFile, type FileRules } from '@samtal/contract/media';
import { sendFile as send, Refusal } from '../../api/index.ts';
import { newId } from '../realtime/index.ts';

/** A file on its way to the visitor, or one that could not be sent. */
export interface Upload {
  readonly cid: string;
  readonly name: string;
  /** How much of it has left, 0 to 1. */
  readonly sent: number;
  readonly refused: Refusal | null;
}

interface Kept extends Upload {
  readonly file: File;
  readonly cancel: AbortController;
}

interface Where {
  readonly accountId: string;
  readonly conversationId: string;
}

const none: readonly Upload[] = [];

/** The files on their way, by conversation. They go on while the user looks at another conversation. */
class Uploads {
  readonly #kept = new Map<string, readonly Kept[]>();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  of(conversationId: string): readonly Upload[] {
    return this.#kept.get(conversationId) ?? none;
  }

  add(where: Where, files: readonly File[], rules: FileRules): void {
    for (const file of files) {
      const problem = problemOfFile(file, rules);
      const upload: Kept = {
        cid: newId(),
        name: file.name,
        sent: 0,
        refused: problem === null ? null : new Refusal(problem),
        file,
        cancel: new AbortController(),
      };
      this.#set(where.conversationId, (kept) => [...kept, upload]);
      if (problem === null) void this.#send(where, upload);
    }
  }

  retry(where: Where, cid: string): void {
    const upload = this.#kept.get(where.conversationId)?.find((each) => each.cid === cid);
    if (upload === undefined) return;
    this.#change(where.conversationId, cid, { refused: null, sent: 0 });
    void this.#send(where, upload);
  }

  /** Stops it, or takes it away. */
  remove(conversationId: string, cid: string): void {
    this.#kept
      .get(conversationId)
      ?.find((upload) => upload.cid === cid)
      ?.cancel.abort();
    this.#set(conversationId, (kept) => kept.filter((upload) => upload.cid !== cid));
  }

  async #send({ accountId, conversationId }: Where, { cid, file, cancel }: Kept): Promise<void> {
    try {
      await send(
        sendFile,
        { accountId, conversationId, cid },
        { file, signal: cancel.signal, onProgress: (sent) => this.#change(conversationId, cid, { sent }) },
      );
      this.#set(conversationId, (kept) => kept.filter((upload) => upload.cid !== cid));
    } catch (error) {
      this.#change(conversationId, cid, {
        refused: error instanceof Refusal ? error : new Refusal('internal'),
      });
    }
  }

  #change(conversationId: string, cid: string, change: Partial<Upload>): void {
    this.#set(conversationId, (kept) =>
      kept.map((upload) => (upload.cid === cid ? { ...upload, ...change } : upload)),
    );
  }

  #set(conversationId: string, change: (kept: readonly Kept[]) => readonly Kept[]): void {
    this.#kept.set(conversationId, change(this.#kept.get(conversationId) ?? []));
    for (const listener of this.#listeners) listener();
  }
}

export const uploads = new Uploads();
