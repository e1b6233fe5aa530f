import type { ReadTx } from '../database/index.ts';
import { readCheckpointFiles } from './checkpoint-files.ts';
import { readCheckpointsAfter, type CheckpointWithLeaves } from './read-checkpoints.ts';
import { isGenuine, isLeafOf, noStatement, statementHash } from './statement.ts';

const pageSize = 200;

/** Where a chain has to have this hash, and which checkpoint says so. */
export interface Anchor {
  readonly hash: Buffer;
  readonly checkpoint: number;
}

export interface CheckpointFault {
  readonly number: number;
  readonly fault: 'checkpoint-forged' | 'checkpoint-missing' | 'checkpoint-forked' | 'checkpoint-unreadable';
}

export interface Anchors {
  /** By account, then by seq. */
  readonly of: ReadonlyMap<string, ReadonlyMap<number, Anchor>>;
  readonly checkpoints: number;
  readonly faults: readonly CheckpointFault[];
}

/**
 * Gathers what checkpoints say about chains: those kept outside the database, and then those in it. A checkpoint counts
 * when it is signed with the key, and follows the one that it says. Numbers that a later one leaves out (as
 * `samtal audit resume` does after an older backup was restored) count no more.
 */
export class AnchorReader {
  readonly #publicKey: string;
  readonly #faults: CheckpointFault[] = [];
  readonly #statements: Statements = new Map();
  readonly #said: { account: string; seq: number; hash: Buffer; checkpoint: number }[] = [];

  constructor(publicKey: string) {
    this.#publicKey = publicKey;
  }

  /** Before the database’s state is fixed, so that it cannot be older than what is found here. */
  async readFiles(directory: string): Promise<void> {
    let unreadable = 0;
    for await (const each of readCheckpointFiles(directory)) {
      if (each === 'unreadable') unreadable += 1;
      else this.#take(each);
    }
    if (unreadable > 0) this.#faults.push({ number: 0, fault: 'checkpoint-unreadable' });
  }

  async readDatabase(tx: ReadTx): Promise<Anchors> {
    for (let last = 0, read = pageSize; read === pageSize;) {
      const some = await readCheckpointsAfter(tx, last, pageSize);
      for (const each of some) this.#take(each);
      last = some.at(-1)?.number ?? last;
      read = some.length;
    }
    const line = followBack(this.#statements, this.#faults);
    const of = new Map<string, Map<number, Anchor>>();
    for (const { account, seq, hash, checkpoint } of this.#said) {
      if (!line.has(checkpoint)) continue;
      const anchors = of.get(account) ?? new Map<number, Anchor>();
      of.set(account, anchors.set(seq, anchors.get(seq) ?? { hash, checkpoint }));
    }
    return { of, checkpoints: line.size, faults: this.#faults };
  }

  #take(checkpoint: CheckpointWithLeaves): void {
    const { number, follows, previous, proves } = checkpoint;
    if (!isGenuine(checkpoint, this.#publicKey) || !proves.every((leaf) => isLeafOf(leaf, checkpoint))) {
      this.#faults.push({ number, fault: 'checkpoint-forged' });
      return;
    }
    const hash = statementHash(checkpoint);
    if (this.#statements.get(number)?.hash.equals(hash) === false) {
      this.#faults.push({ number, fault: 'checkpoint-forked' });
      return;
    }
    this.#statements.set(number, { hash, follows, previous });
    for (const leaf of proves)
      this.#said.push({ account: leaf.account, seq: leaf.seq, hash: leaf.hash, checkpoint: number });
  }
}

type Statements = Map<number, { hash: Buffer; follows: number; previous: Buffer }>;

/** The numbers from the newest checkpoint back to the first, each being the one that the next says it follows. */
function followBack(statements: Statements, faults: CheckpointFault[]): Set<number> {
  const line = new Set<number>();
  let number = Math.max(0, ...statements.keys());
  while (number > 0) {
    const statement = statements.get(number);
    if (statement === undefined) {
      faults.push({ number, fault: 'checkpoint-missing' });
      // What came before it is still signed, and still counts.
      number = Math.max(0, ...[...statements.keys()].filter((each) => each < number));
      continue;
    }
    line.add(number);
    const before = statements.get(statement.follows)?.hash ?? (statement.follows === 0 ? noStatement : null);
    if (before !== null && !before.equals(statement.previous))
      faults.push({ number, fault: 'checkpoint-forked' });
    number = statement.follows;
  }
  return line;
}
