import * as contract from '@samtal/contract/subject-access';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { found, Refusal, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { readAccount } from '../accounts/index.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { MediaStore } from '../media/index.ts';
import type { VisitorsParts } from '../visitors/index.ts';
import type { Bundle } from './bundle.ts';
import { addressArchive } from './address-archive.ts';
import { findSubject } from './find-subject.ts';
import { gatherActivity } from './gather-activity.ts';
import { gatherConversation } from './gather-conversation.ts';
import { SubjectFiles } from './subject-files.ts';
import { writeHtml } from './write-html.ts';
import { writeJson } from './write-json.ts';
import { zipped, type ZippedFile } from './zipped.ts';

export function subjectAccessRoutes(
  http: HttpServer,
  { database, store, ...parts }: VisitorsParts & { database: Database; store: MediaStore },
): void {
  /** Each conversation is read in a transaction of its own, when its turn comes to be written. */
  async function* conversationsOf(
    account: string,
    rows: readonly ConversationRow[],
    { notes, files }: { notes: 'included' | 'left-out'; files: SubjectFiles },
  ): AsyncGenerator<contract.SubjectConversation> {
    for (const row of rows) {
      const conversation = await database.read(
        account,
        async (tx) => await gatherConversation(tx, parts, row, { notes, files: files.of(row.id) }),
      );
      if (conversation !== null) yield conversation;
    }
  }

  async function* activityOf(
    account: string,
    rows: readonly ConversationRow[],
  ): AsyncGenerator<contract.SubjectActivity> {
    for (const visitorId of new Set(rows.map((row) => row.visitor_id)))
      yield* await database.read(
        account,
        async (tx) => await gatherActivity(tx, parts.keyring, account, visitorId),
      );
  }

  http.serve(contract.exportSubjectData, async ({ caller, body: { subject, locale, notes } }) => {
    const { accountId, actor } = caller;
    const { rows, accountName } = await database.transaction(accountId, async (tx) => {
      const scopes = scopesOf(caller, 'subject-access.export');
      const subjects = await findSubject(tx, parts.keyring, accountId, { subject, scopes });
      if (subjects.length === 0) throw new Refusal('not-found');
      await recordAudit(tx, accountId, {
        action: 'subject-access.exported',
        actor,
        details: {
          by: subject.kind === 'case' ? 'case' : subject.key,
          conversations: subjects.map((row) => row.id),
          notes,
        },
      });
      return { rows: subjects, accountName: found(await readAccount(tx, accountId)).name };
    });
    const madeAt = new Date();
    const files = new SubjectFiles({ database, keys: parts.keys, store });
    /** Read as it is written, so once for each document. */
    const bundle = (): Bundle => ({
      heading: { accountName, madeAt: madeAt.toISOString(), subject, notes },
      conversations: conversationsOf(accountId, rows, { notes, files }),
      activity: activityOf(accountId, rows),
    });
    /** The files first: the documents say what became of them. */
    async function* all(): AsyncGenerator<ZippedFile> {
      yield* files.write(rows);
      yield { path: 'data.json', content: writeJson(bundle()), packing: 'compressed' };
      yield { path: 'index.html', content: writeHtml(bundle(), locale), packing: 'compressed' };
    }
    return { type: 'application/zip', fileName: 'subject-access.zip', content: zipped(all(), madeAt) };
  });

  http.serve(
    contract.exportAddressLines,
    async ({ caller: { accountId, actor }, body: { reason, locale, ...of } }) =>
      await addressArchive({ database, keyring: parts.keyring }, accountId, {
        of,
        reason,
        locale,
        by: actor,
      }),
  );
}
