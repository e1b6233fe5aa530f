import type { SubjectActivity, SubjectConversation } from '@samtal/contract/subject-access';
import type { Database } from '../../platform/database/index.ts';
import { found, Refusal, type Download, type MemberActor } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readAccount } from '../accounts/index.ts';
import { linesOfAddress, recordAddressExport, type AddressOnDays } from '../activity-log/index.ts';
import type { Bundle } from './bundle.ts';
import { presentActivity } from './gather-activity.ts';
import { writeHtml } from './write-html.ts';
import { writeJson } from './write-json.ts';
import { zipped, type ZippedFile } from './zipped.ts';

/**
 * What the activity log says of an address, for the person who had it (G8). It is on record who took it out and why before
 * anything is answered, also when there is nothing. Refuses with not-found then, and with request.invalid what is no address.
 */
export async function addressArchive(
  parts: { database: Database; keyring: Keyring },
  account: string,
  { locale, ...wanted }: { of: AddressOnDays; reason: string; by: MemberActor; locale: 'en' | 'sv' },
): Promise<Download> {
  const { of, lines, accountName } = await parts.database.transaction(account, async (tx) => ({
    ...(await recordAddressExport(tx, parts.keyring, account, wanted)),
    accountName: found(await readAccount(tx, account)).name,
  }));
  // Only now: the refusal would have taken its record along.
  if (lines === 0) throw new Refusal('not-found');
  const madeAt = new Date();
  /** Read as it is written, so once for each document. */
  const bundle = (): Bundle => ({
    heading: { accountName, madeAt: madeAt.toISOString(), subject: { kind: 'address', ...of }, notes: null },
    conversations: none(),
    activity: presented(),
  });
  async function* presented(): AsyncGenerator<SubjectActivity> {
    for await (const entry of linesOfAddress(parts, account, of)) yield presentActivity(entry);
  }
  async function* all(): AsyncGenerator<ZippedFile> {
    yield { path: 'data.json', content: writeJson(bundle()), packing: 'compressed' };
    yield { path: 'index.html', content: writeHtml(bundle(), locale), packing: 'compressed' };
  }
  return { type: 'application/zip', fileName: 'subject-access.zip', content: zipped(all(), madeAt) };
}

/** An address is no case: whose conversations were had from it is nothing that it tells. */
async function* none(): AsyncGenerator<SubjectConversation> {
  // Nothing.
}
