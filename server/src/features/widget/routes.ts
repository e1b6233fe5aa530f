import * as contract from '@samtal/contract/widget';
import type { AttributeValues } from '@samtal/contract/visitors';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found, Refusal, type HttpServer, type Visitor } from '../../platform/http/index.ts';
import {
  latestConversation,
  mayBeTriedAgain,
  presentToVisitor,
  rateConversation,
  startConversation,
  type ConversationLog,
  type Desk,
} from '../conversations/index.ts';
import { declaredAttributes, maskAttributes, setAttributes, type VisitorsParts } from '../visitors/index.ts';
import type { Masker } from '../masking/index.ts';
import type { Activity, ActivityLog } from '../activity-log/index.ts';
import { readFileRules } from '../media/index.ts';
import { readSettings } from '../settings/index.ts';
import { checkOrigin, openSite, visitorTokenOf } from './admission.ts';
import { bestLocale, directionOf, readCatalogues } from './catalogues.ts';
import { endOpenConversation } from './end-open-conversation.ts';
import { redeemTicket } from './redeem-ticket.ts';
import { SessionThrottle } from './session-throttle.ts';
import { Throttle } from './throttle.ts';
import { createVisitorSession, deleteVisitorSession, readCustomer } from './visitor-sessions.ts';

/** Each one fails only because somebody else has succeeded meanwhile. */
const startAttempts = 5;

/** Of one visitor. Whoever moves through the scores by keyboard says several. */
const ratingsPerMinute = 30;

export interface WidgetParts {
  readonly database: Database;
  readonly log: ConversationLog;
  readonly desk: Desk;
  readonly fanout: Fanout;
  readonly visitors: VisitorsParts;
  readonly activity: Pick<ActivityLog, 'note'>;
  readonly masker: Masker;
}

export function widgetRoutes(
  http: HttpServer,
  { database, log, desk, fanout, visitors, activity, masker }: WidgetParts,
): void {
  const catalogues = readCatalogues();
  const throttle = new SessionThrottle();
  const ratings = new Throttle(ratingsPerMinute);
  const note = (
    visitor: Pick<Visitor, 'accountId' | 'siteId' | 'visitorId' | 'address'>,
    request: FastifyRequest,
    what: Pick<Activity, 'kind' | 'conversationId'>,
  ) => {
    activity.note({
      account: visitor.accountId,
      siteId: visitor.siteId,
      visitorId: visitor.visitorId,
      address: visitor.address,
      userAgent: request.headers['user-agent'],
      at: new Date(),
      ...what,
    });
  };

  const masked = async ({ accountId, siteId }: Visitor, values: AttributeValues) =>
    await maskAttributes({ database, masker }, { accountId, channelId: siteId }, values);

  /**
   * What a ticket said about the visitor, masked; null where none did. Attributes that are declared no more are left out.
   * Refuses with tickets.required where conversations need one.
   */
  const customerOf = async (visitor: Visitor, request: FastifyRequest) => {
    const { accountId, siteId, visitorId } = visitor;
    const { customer, required, declared } = await database.read(accountId, async (tx) => ({
      customer: await readCustomer(tx, accountId, { visitorId, token: visitorTokenOf(request) ?? '' }),
      required: (await readSettings(tx, accountId, siteId))['tickets.required'],
      declared: await declaredAttributes(tx, accountId),
    }));
    if (customer === null && required) throw new Refusal('tickets.required');
    if (customer === null) return null;
    const values = Object.entries(customer.values).filter(([key]) => declared.get(key)?.claim !== undefined);
    const { verifiedAt } = customer;
    return { verifiedAt, values: await masked(visitor, Object.fromEntries(values)) };
  };

  http.serve(contract.getWidgetConfiguration, async ({ caller, params, query }) => {
    const site = await openSite(database, params.siteKey);
    checkOrigin(site, caller.origin, true);
    const { settings, attributes, files } = await database.read(site.accountId, async (tx) => ({
      settings: await readSettings(tx, site.accountId, site.siteId),
      attributes: await declaredAttributes(tx, site.accountId),
      files: await readFileRules(tx, site.accountId, { channelId: site.siteId, side: 'visitor' }),
    }));
    const locale = bestLocale(new Set(catalogues.keys()), [query.locale, site.locale]);
    return {
      locale,
      direction: directionOf(locale),
      accentColour: site.accentColour,
      attributes: [...attributes.keys()],
      files,
      needsTicket: settings['tickets.required'],
      showsSessionData: settings['session-data.shown'],
      reportsPages: settings['activity-log.level'] === 'pages',
      text: { ...found(catalogues.get('en')), ...found(catalogues.get(locale)) },
    };
  });

  http.serve(contract.startVisitorSession, async ({ caller, params, request }) => {
    const site = await openSite(database, params.siteKey);
    checkOrigin(site, caller.origin, false);
    throttle.check(caller.address);
    const session = await database.transaction(
      site.accountId,
      async (tx) => await createVisitorSession(tx, site),
    );
    const { visitorId } = session;
    note({ ...site, visitorId, address: caller.address }, request, { kind: 'session-started' });
    return { token: session.token, visitorId, expiresAt: session.expiresAt.toISOString() };
  });

  http.serve(contract.redeemTicket, async ({ caller, params: { siteKey }, body, request }) => {
    const site = { ...(await openSite(database, siteKey)), siteKey };
    checkOrigin(site, caller.origin, false);
    throttle.check(caller.address);
    const redemption = {
      ...body,
      verifier: body.verifier,
      origin: caller.origin,
      token: visitorTokenOf(request),
    };
    const session = await redeemTicket({ database, masker, desk, fanout, visitors }, site, redemption);
    const { visitorId } = session;
    note({ ...site, visitorId, address: caller.address }, request, { kind: 'session-started' });
    return { token: session.token, visitorId, expiresAt: session.expiresAt.toISOString() };
  });

  http.serve(contract.endVisitorSession, async ({ caller, request }) => {
    const ended = await database.transaction(caller.accountId, async (tx) => {
      const conversation = await endOpenConversation(tx, desk, caller, 'has-left');
      await deleteVisitorSession(tx, caller.accountId, caller.visitorId);
      tx.afterCommit(() => fanout.announce({ kind: 'recheck', session: caller.visitorId }));
      return conversation;
    });
    if (ended !== null) note(caller, request, { kind: 'conversation-ended', conversationId: ended.id });
    note(caller, request, { kind: 'session-ended' });
    return undefined;
  });

  http.serve(contract.startConversation, async ({ caller, body, request }) => {
    const begun = (conversationId: string) =>
      note(caller, request, { kind: 'conversation-started', conversationId });
    const place = { writer: caller.visitorId, channelId: caller.siteId, side: 'visitor' } as const;
    const customer = await customerOf(caller, request);
    const text = await masker.maskMessage(caller.accountId, place, body.text);
    const post = { cid: body.cid, text, verifiedAt: customer?.verifiedAt ?? null };
    const said = await masked(caller, body.attributes ?? {});
    const start = async () =>
      await database.transaction(caller.accountId, async (tx) => {
        const conversation = await startConversation(tx, { log, fanout, begun }, caller, post);
        if (customer !== null)
          await setAttributes(tx, visitors, conversation, { values: customer.values, by: 'ticket' });
        await setAttributes(tx, visitors, conversation, { values: said, by: 'page' });
        return await presentToVisitor(tx, caller.accountId, conversation);
      });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await start();
      } catch (error) {
        if (attempt === startAttempts || !mayBeTriedAgain(error)) throw error;
      }
    }
  });

  http.serve(contract.identifyVisitor, async ({ caller, body }) => {
    const said = await masked(caller, body.attributes);
    await database.transaction(caller.accountId, async (tx) => {
      const conversation = found(await latestConversation(tx, caller));
      if (conversation.state === 'resolved') throw new Refusal('conversations.closed');
      await setAttributes(tx, visitors, conversation, { values: said, by: 'page' });
    });
    return undefined;
  });

  http.serve(
    contract.getVisitorConversation,
    async ({ caller }) =>
      await database.read(caller.accountId, async (tx) => {
        const row = await latestConversation(tx, caller);
        return { conversation: row === null ? null : await presentToVisitor(tx, caller.accountId, row) };
      }),
  );

  http.serve(
    contract.readVisitorEntries,
    async ({ caller, query }) =>
      await database.read(caller.accountId, async (tx) => {
        const conversation = found(await latestConversation(tx, caller));
        const { after = 0, limit = 200 } = query;
        return await log.readShown(tx, caller.accountId, {
          conversationId: conversation.id,
          audience: 'public',
          after,
          limit,
        });
      }),
  );

  http.serve(contract.endConversation, async ({ caller, request }) => {
    const ended = await database.transaction(caller.accountId, async (tx) => {
      const conversation = found(await endOpenConversation(tx, desk, caller, 'may-answer'));
      return await presentToVisitor(tx, caller.accountId, conversation);
    });
    note(caller, request, { kind: 'conversation-ended', conversationId: ended.id });
    return ended;
  });

  http.serve(contract.rateConversation, async ({ caller, params: { conversationId }, body: { score } }) => {
    ratings.check(caller.visitorId);
    await database.transaction(
      caller.accountId,
      async (tx) => await rateConversation(tx, fanout, caller, { conversationId, score }),
    );
    return undefined;
  });
}
