import type { VisitorConversation } from '@samtal/contract/widget';
import type { Attributes } from '../frame.ts';
import type { Drawer, OpeningPost, Remembered } from '../storage.ts';
import { Refused, type Api } from './api.ts';
import type { Identity } from './identity.ts';
import type { Pause } from './pause.ts';
import type { Trouble } from './view.ts';

interface Delivery {
  readonly api: Api;
  readonly drawer: Drawer<Remembered>;
  readonly known: Attributes;
  readonly identity: Identity;
  readonly pause: Pause;
  readonly gone: AbortSignal;
  onTrouble(trouble: Trouble | null): void;
}

/**
 * Delivers the messages that are in no conversation yet, oldest first, beginning a session when there is none. Tries until
 * it succeeds; the same `cid` again writes nothing, so a try whose answer was lost does no harm. Answers with the
 * conversation, or null when there was nothing to deliver. Throws a refusal that waiting does not change.
 *
 * NOTE One tab at a time may run this: two would begin two sessions.
 */
export async function deliverOpening(delivery: Delivery): Promise<VisitorConversation | null> {
  const { drawer, pause, gone, onTrouble } = delivery;
  let conversation: VisitorConversation | null = null;
  let failures = 0;
  let renewed = false;
  for (;;) {
    const post = drawer.read().opening?.[0];
    if (post === undefined || gone.aborted) return conversation;
    try {
      conversation = await deliver(delivery, post);
      failures = 0;
      renewed = false;
      onTrouble(null);
    } catch (error) {
      if (error instanceof Refused && error.sessionEnded && !renewed) {
        // Nothing is lost with the old session: this message begins a conversation anyway.
        renewed = true;
        delivery.identity.forget();
        drawer.write({ token: undefined });
        continue;
      }
      if (error instanceof Refused && !error.passes) throw error;
      if (gone.aborted) return null;
      onTrouble(error instanceof Refused && error.status === 429 ? 'busy' : 'unreachable');
      await waitAfter(error, failures, pause);
      failures += 1;
    }
  }
}

async function deliver(
  { api, drawer, known, identity }: Delivery,
  post: OpeningPost,
): Promise<VisitorConversation> {
  await identity.prove();
  let token = drawer.read().token;
  if (token === undefined) {
    token = (await api.startSession()).token;
    drawer.write({ token });
  }
  const conversation = await api.startConversation(token, post, known).catch((error: unknown) => {
    // A message is never held up by what a page says besides.
    if (error instanceof Refused && error.saysTooMuch) return api.startConversation(token, post, {});
    throw error;
  });
  const { opening = [], ongoing, read } = drawer.read();
  const left = opening.filter((other) => other.cid !== post.cid);
  drawer.write({
    opening: left.length === 0 ? undefined : left,
    ongoing: conversation.id,
    read: ongoing === conversation.id ? read : undefined,
  });
  return conversation;
}

async function waitAfter(error: unknown, failures: number, pause: Pause): Promise<void> {
  const asked = error instanceof Refused ? error.retryAfterMs : null;
  await (asked === null ? pause.beforeRetry(failures) : pause.for(asked));
}
