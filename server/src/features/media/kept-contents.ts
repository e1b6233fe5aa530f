import type { Snapshot } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { sealedLength } from '../../platform/keys/index.ts';
import type { MediaStore } from './media-store.ts';

/** What a row leads to. */
export interface KeptContent {
  readonly account: string;
  readonly mediaId: string;
  /** Sealed, as it lies in the store. Null when it is not there, or not as long as it should be. */
  readonly content: AsyncIterable<Buffer> | null;
}

interface Row {
  readonly account_id: string;
  readonly id: string;
  /** A bigint comes as text. */
  readonly size_bytes: string;
}

const pageSize = 1000;
const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * The content of every file that a snapshot knows, for a backup. Content is written before its row and removed after it, so
 * what a row leads to is there unless it was erased since the snapshot, or lost.
 */
export async function* keptContents(
  snapshot: Pick<Snapshot, 'query'>,
  store: MediaStore,
): AsyncGenerator<KeptContent> {
  let after: Pick<Row, 'account_id' | 'id'> = { account_id: firstId, id: firstId };
  for (;;) {
    const page = await snapshot.query<Row>(
      `select account_id, id, size_bytes from media where (account_id, id) > ($1, $2)
       order by account_id, id limit ${pageSize}`,
      [after.account_id, after.id],
    );
    for (const { account_id: account, id: mediaId, size_bytes } of page)
      yield { account, mediaId, content: await contentOf(store, { account, mediaId, size_bytes }) };
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function contentOf(
  store: MediaStore,
  { account, mediaId, size_bytes }: { account: string; mediaId: string; size_bytes: string },
): Promise<AsyncIterable<Buffer> | null> {
  const expected = sealedLength(Number(size_bytes));
  if ((await store.sizeOf(account, mediaId)) !== expected) return null;
  try {
    return ofLength(await store.read(account, mediaId), expected);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-found') return null;
    throw error;
  }
}

async function* ofLength(content: AsyncIterable<Buffer>, expected: number): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    yield piece;
  }
  if (length !== expected) throw new Error('The content of a file changed while it was read');
}
