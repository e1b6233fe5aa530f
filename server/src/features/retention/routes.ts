import * as contract from '@samtal/contract/retention';
import { recordAudit } from '../../platform/audit/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { visibleConversation } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { advanceErasure } from './advance-erasures.ts';
import { readErasureRecord } from './erasure-record.ts';
import { liftHold, placeHold, readHolds } from './holds.ts';
import { everyMinutes } from './jobs.ts';
import { presentClasses } from './present-classes.ts';
import { presentRedaction } from './present-redaction.ts';
import { previewTranscripts, readDue } from './read-due.ts';
import { readDeletions } from './read-deletions.ts';
import { readErasure, readErasures } from './read-erasures.ts';
import { requestErasure } from './request-erasure.ts';
import type { RetentionParts } from './run-retention.ts';
import { measureSubject, resolveSubject } from './subject.ts';

export function retentionRoutes(http: HttpServer, parts: RetentionParts): void {
  const { database, keyring } = parts;

  http.serve(contract.getRetention, async ({ caller: { accountId } }) =>
    database.read(accountId, async (tx) => ({
      at: new Date().toISOString(),
      everyMinutes,
      classes: presentClasses(await readSettings(tx, accountId)),
      due: await readDue(tx, accountId),
      redaction: await presentRedaction(tx, accountId),
    })),
  );

  http.serve(contract.previewRetention, async ({ caller: { accountId }, query }) =>
    database.read(accountId, async (tx) => await previewTranscripts(tx, accountId, query)),
  );

  http.serve(contract.listDeletions, async ({ caller: { accountId }, query }) =>
    database.read(accountId, async (tx) => await readDeletions(tx, keyring, accountId, query)),
  );

  http.serve(contract.listHolds, async ({ caller: { accountId } }) => ({
    items: await database.read(accountId, async (tx) => await readHolds(tx, accountId)),
  }));

  http.serve(contract.placeHold, async ({ caller: { accountId, actor }, body }) =>
    database.transaction(accountId, async (tx) => {
      const id = await placeHold(tx, accountId, { ...body, by: actor });
      return found((await readHolds(tx, accountId, id))[0]);
    }),
  );

  http.serve(contract.liftHold, async ({ caller: { accountId, actor }, params: { conversationId } }) => {
    await database.transaction(
      accountId,
      async (tx) => await liftHold(tx, accountId, { conversationId, by: actor }),
    );
    return undefined;
  });

  http.serve(contract.getHold, async ({ caller, params: { conversationId } }) =>
    database.read(caller.accountId, async (tx) => {
      await visibleConversation(tx, caller, conversationId);
      const [hold] = await readHolds(tx, caller.accountId, conversationId);
      if (hold === undefined) return { hold: null };
      const mayPlace = scopesOf(caller, 'retention.hold').length > 0;
      return { hold: { until: hold.until, reason: mayPlace ? hold.reason : null } };
    }),
  );

  http.serve(contract.previewErasure, async ({ caller: { accountId, actor }, body: { subject } }) =>
    database.transaction(accountId, async (tx) => {
      const resolved = await resolveSubject(tx, keyring, accountId, subject);
      const extent = await measureSubject(tx, keyring, accountId, resolved);
      // It tells whether something is there, as searching does.
      await recordAudit(tx, accountId, {
        action: 'retention.erasure-previewed',
        actor,
        details: { wanted: subject.kind, conversations: extent.conversations },
      });
      return {
        ...extent,
        oldest: extent.oldest?.toISOString() ?? null,
        newest: extent.newest?.toISOString() ?? null,
      };
    }),
  );

  http.serve(contract.requestErasure, async ({ caller: { accountId, actor }, body }) => {
    await database.transaction(
      accountId,
      async (tx) => await requestErasure(tx, keyring, accountId, { ...body, by: actor }),
    );
    await advanceErasure(parts, accountId, body.id);
    return await database.read(accountId, async (tx) => await readErasure(tx, accountId, body.id));
  });

  http.serve(contract.listErasures, async ({ caller: { accountId }, query }) =>
    database.read(accountId, async (tx) => await readErasures(tx, accountId, query)),
  );

  http.serve(contract.getErasureRecord, async ({ caller: { accountId }, params: { erasureId } }) => {
    const signing = await keyring.signingKey();
    return await database.read(
      accountId,
      async (tx) => await readErasureRecord(tx, signing, accountId, erasureId),
    );
  });
}
