import * as contract from '@samtal/contract/subject-access';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { found, Refusal, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { readAccount } from '../accounts/index.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { VisitorsParts } from '../visitors/index.ts';
import type { Bundle } from './bundle.ts';
import { findSubject } from './find-subject.ts';
import { gatherActivity } from './gather-activity.ts';
import { gatherConversation } from './gather-conversation.ts';
import { writeHtml } from './write-html.ts';
import { writeJson } from './write-json.ts';

export function subjectAccessRoutes(
  http: HttpServer,
  { database, ...parts }: VisitorsParts & { database: Database },
): void {
  /** Each conversation is read in a transaction of its own, when its turn comes to be written. */
  async function* conversationsOf(
    account: string,
    rows: readonly ConversationRow[],
    notes: 'included' | 'left-out',
  ): AsyncGenerator<contract.SubjectConversation> {
    for (const row of rows) {
      const conversation = await database.read(
        account,
        async (tx) => await gatherConversation(tx, parts, row, notes),
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

  http.serve(contract.exportSubjectData, async ({ caller, body: { subject, format, locale, notes } }) => {
    const { accountId, userId } = caller;
    const { rows, accountName } = await database.transaction(accountId, async (tx) => {
      const scopes = scopesOf(caller, 'subject-access.export');
      const subjects = await findSubject(tx, parts.keyring, accountId, { subject, scopes });
      if (subjects.length === 0) throw new Refusal('not-found');
      await recordAudit(tx, accountId, {
        action: 'subject-access.exported',
        actor: { kind: 'user', id: userId },
        details: {
          by: subject.kind === 'case' ? 'case' : subject.key,
          conversations: subjects.map((row) => row.id),
          format,
          notes,
        },
      });
      return { rows: subjects, accountName: found(await readAccount(tx, accountId)).name };
    });
    const bundle: Bundle = {
      heading: { accountName, madeAt: new Date().toISOString(), subject, notes },
      conversations: conversationsOf(accountId, rows, notes),
      activity: activityOf(accountId, rows),
    };
    return format === 'json'
      ? { type: 'application/json', fileName: 'subject-access.json', content: writeJson(bundle) }
      : { type: 'text/html', fileName: 'subject-access.html', content: writeHtml(bundle, locale) };
  });
}
