import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startConversation, startVisitorSession, type VisitorSession } from '@samtal/contract/widget';
import { request, VisitorClient, type TestAccount } from './callers.ts';

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A visitor as one behind a trusted proxy is seen, at a node that trusts 127.0.0.0/8. */
export async function visitorFrom(url: URL, account: TestAccount, address: string) {
  const from = { 'x-forwarded-for': address, 'user-agent': agent };
  const answer = await request(url, startVisitorSession, {
    params: { siteKey: account.siteKey },
    headers: { origin: account.origin, ...from },
  });
  assert.equal(answer.status, 201, answer.text);
  const { token, visitorId } = answer.body as VisitorSession;
  const visitor = new VisitorClient({ token, visitorId, account, url });
  const begin = async () => {
    const body = { cid: randomUUID(), text: 'Hello' };
    const begun = await visitor.try(startConversation, { body }, from);
    assert.equal(begun.status, 201, begun.text);
    return begun.body as { id: string; caseId: string };
  };
  return { visitor, begin, from };
}
