import { randomUUID } from 'node:crypto';
import { typeOfName, type FileRules, type MediaType, type SentFile } from '@samtal/contract/media';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal, type FileBody } from '../../platform/http/index.ts';
import { sealStream, type SealingKey } from '../../platform/keys/index.ts';
import type { DraftOf, Outcome } from '../conversations/index.ts';
import { judgedContent } from './content/index.ts';
import { cleanFileName } from './file-name.ts';
import { contentPlace, newFileKey, sealName } from './file-secrets.ts';
import type { MediaParts } from './media.ts';
import { countSentFiles, insertMedia } from './queries.ts';
import { readFileRules, type FilePlace } from './rules.ts';
import { scanned } from './scanner.ts';
import { Turns } from './turns.ts';

/** In one conversation, from one person. */
const mostFiles = 100;
/** Under way at once, from one person. */
const mostAtOnce = 3;
const turns = new Turns(mostAtOnce);

/** A file that somebody sends in a conversation. */
export interface Sending {
  readonly account: string;
  readonly conversationId: string;
  /** The visitor's or the user's id. */
  readonly sentBy: string;
  readonly file: FileBody;
  /** Judges whether they may write there at all, and says where that is. */
  readonly place: (tx: ReadTx) => Promise<FilePlace>;
  /** The entry that shows the file. */
  readonly entry: (file: SentFile) => DraftOf<'file'>;
}

/**
 * Takes a file, piece by piece: weighs, judges, cleans, scans and seals it on its way to the store, and writes its row
 * together with the entry that shows it. What happens before that commit leaves nothing but content without a row, which
 * is removed here or swept. Refuses with the codes of `media`, and those of posting.
 */
export async function sendFile(parts: MediaParts, sending: Sending): Promise<Outcome & { written: true }> {
  const { account, conversationId, sentBy, file } = sending;
  return await turns.take(sentBy, async () => {
    const { place, rules, key } = await parts.database.read(account, async (tx) => {
      const where = await sending.place(tx);
      const may = await readFileRules(tx, account, where);
      if (may === null) throw new Refusal('media.not-allowed');
      if ((await countSentFiles(tx, account, { conversationId, sentBy })) >= mostFiles)
        throw new Refusal('media.too-many');
      // None: it was erased just now.
      const key = found((await parts.keys.of(tx, account, [conversationId])).get(conversationId));
      return { place: where, rules: may, key };
    });
    const type = permittedType(file, rules);
    const mediaId = randomUUID();
    const where = { account, conversationId, mediaId };
    const secret = newFileKey(key, where);
    const weight = { sizeBytes: 0 };
    const kept = weighed(inspected(parts, type, limited(file.content, rules.maxSizeBytes)), weight);
    try {
      await parts.store.write(account, mediaId, sealStream(secret.raw, contentPlace(where), kept));
    } finally {
      secret.raw.fill(0);
    }
    const mask = async (text: string) => (await parts.masker.mask(account, place, text)).text;
    const sent: SentFile = { mediaId, name: await cleanFileName(file.name, type, mask), type, ...weight };
    // NOTE: an error here leaves open whether the commit happened, and so the content where it is. A sweep decides.
    const outcome = await post(parts, sending, sent, { key, wrapped: secret.wrapped });
    if (!outcome.written || outcome.duplicate) await parts.store.remove(account, mediaId);
    if (!outcome.written) throw new Refusal(outcome.refused);
    return outcome;
  });
}

function permittedType({ name, announcedBytes }: FileBody, rules: FileRules): MediaType {
  const type = typeOfName(name);
  if (type === null || !rules.types.includes(type)) throw new Refusal('media.type-not-allowed');
  if (announcedBytes !== null && announcedBytes > rules.maxSizeBytes) throw new Refusal('media.too-large');
  return type;
}

async function post(
  { posts }: MediaParts,
  { account, conversationId, sentBy, entry }: Sending,
  file: SentFile,
  { key, wrapped }: { key: SealingKey; wrapped: Buffer },
): Promise<Outcome> {
  const where = { account, conversationId, mediaId: file.mediaId };
  const alongside = (tx: Tx) => {
    const values = [account, file.mediaId, conversationId, sentBy, file.type, file.sizeBytes];
    tx.send(insertMedia, [...values, sealName(key, where, file.name), wrapped]);
  };
  return await posts.submit(account, { ...entry(file), alongside });
}

/** Refuses as soon as more has come than may, whatever was announced. */
async function* limited(content: AsyncIterable<Buffer>, maxSizeBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const piece of content) {
    sizeBytes += piece.length;
    if (sizeBytes > maxSizeBytes) throw new Refusal('media.too-large');
    yield piece;
  }
  if (sizeBytes === 0) throw new Refusal('media.empty');
}

function inspected(
  { scanner }: MediaParts,
  type: MediaType,
  content: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  const judged = judgedContent(type, content);
  return scanner === null ? judged : scanned(judged, scanner);
}

async function* weighed(
  content: AsyncIterable<Buffer>,
  weight: { sizeBytes: number },
): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    weight.sizeBytes += piece.length;
    yield piece;
  }
}
