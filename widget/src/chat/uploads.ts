import type { FileRules } from '@samtal/contract/media';
import { problemOfFile } from '@samtal/contract/media/types';
import { Refused, type Api } from './api.ts';
import { newId } from './new-id.ts';

/** Why a file was not sent; each has a text, `file.<name>`. */
export type FileProblem = 'wrongType' | 'tooLarge' | 'badContent' | 'infected' | 'later' | 'refused';

/** A file that is on its way, or that could not be sent. */
export interface Upload {
  readonly cid: string;
  readonly name: string;
  /** How much of it has left, 0 to 1. */
  readonly sent: number;
  readonly problem: FileProblem | null;
}

interface Kept extends Upload {
  readonly file: File;
  readonly cancel: AbortController;
}

const problems: Readonly<Record<string, FileProblem>> = {
  'media.type-not-allowed': 'wrongType',
  'media.too-large': 'tooLarge',
  'media.empty': 'badContent',
  'media.content-mismatch': 'badContent',
  'media.content-unsafe': 'badContent',
  'media.image-too-large': 'badContent',
  'media.infected': 'infected',
  'media.not-allowed': 'refused',
  'conversations.closed': 'refused',
};

/** The visitor's files on their way, one after the other. They live as long as the page: a browser keeps no file for us. */
export class Uploads {
  readonly #api: Pick<Api, 'sendFile'>;
  readonly #token: () => string;
  readonly #onChange: () => void;
  #kept: readonly Kept[] = [];
  #sending = false;

  constructor(api: Pick<Api, 'sendFile'>, token: () => string, onChange: () => void) {
    this.#api = api;
    this.#token = token;
    this.#onChange = onChange;
  }

  get shown(): readonly Upload[] {
    return this.#kept;
  }

  add(files: readonly File[], rules: FileRules): void {
    const added = files.map((file): Kept => {
      const problem = problemOfFile(file, rules);
      return {
        cid: newId(),
        name: file.name,
        sent: 0,
        problem: problem === null ? null : (problems[problem] ?? 'refused'),
        file,
        cancel: new AbortController(),
      };
    });
    this.#keep([...this.#kept, ...added]);
    void this.#send();
  }

  /** Stops it, or takes it away. */
  remove(cid: string): void {
    this.#kept.find((upload) => upload.cid === cid)?.cancel.abort();
    this.#keep(this.#kept.filter((upload) => upload.cid !== cid));
  }

  retry(cid: string): void {
    this.#change(cid, { problem: null, sent: 0 });
    void this.#send();
  }

  /** Those whose entries are in the log are done, whatever became of the answer. */
  settle(shown: ReadonlySet<string | null>): void {
    if (this.#kept.some(({ cid }) => shown.has(cid)))
      this.#keep(this.#kept.filter(({ cid }) => !shown.has(cid)));
  }

  clear(): void {
    for (const { cancel } of this.#kept) cancel.abort();
    this.#keep([]);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (;;) {
      const next = this.#kept.find(({ problem, sent }) => problem === null && sent < 1);
      if (next === undefined) break;
      await this.#sendOne(next);
    }
    this.#sending = false;
  }

  async #sendOne({ cid, file, cancel }: Kept): Promise<void> {
    try {
      await this.#api.sendFile(this.#token(), {
        cid,
        file,
        signal: cancel.signal,
        // It counts as sent when it has been answered.
        onProgress: (sent) => this.#change(cid, { sent: Math.min(sent, 0.99) }),
      });
      this.#change(cid, { sent: 1 });
    } catch (error) {
      const code = error instanceof Refused ? error.code : '';
      this.#change(cid, { problem: problems[code] ?? 'later' });
    }
  }

  #change(cid: string, change: Partial<Upload>): void {
    this.#keep(this.#kept.map((upload) => (upload.cid === cid ? { ...upload, ...change } : upload)));
  }

  #keep(kept: readonly Kept[]): void {
    this.#kept = kept;
    this.#onChange();
  }
}
