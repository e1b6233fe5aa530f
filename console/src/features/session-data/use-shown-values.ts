import { streamName, type Conversation } from '@samtal/contract/conversations';
import { makeShowKey, type ShowKey, type ShownValues } from '@samtal/contract/session-data';
import { useEffect, useState } from 'react';
import { useLive } from '../realtime/index.ts';

const nothing: ShownValues = {};

/**
 * What the visitor's page shows the agent who has the conversation (E9). The key to it is made for this view and held in it
 * alone; what was opened is in this component's state and nowhere else, and goes with it.
 */
export function useShownValues(conversation: Conversation, isTalking: boolean): ShownValues {
  const live = useLive();
  const [byPage, setByPage] = useState<ReadonlyMap<string, ShownValues>>(new Map());
  const stream = streamName(conversation.id, 'public');
  const isThere = isTalking && conversation.link !== 'lost';

  useEffect(() => {
    if (!isThere) return;
    let isOver = false;
    let key: ShowKey | null = null;
    let withdraw: (() => void) | null = null;
    // Several pages of the visitor's may show something. One that has gone shows nothing any more.
    const put = (page: string, values: ShownValues | null) =>
      setByPage((before) => {
        const after = new Map(before);
        after.delete(page);
        if (values !== null) after.set(page, values);
        return after;
      });
    const stopListening = live.onShow(stream, (page, sealed) => {
      if (sealed === null) return put(page, null);
      void key?.open(stream, sealed).then((values) => {
        if (!isOver && values !== null) put(page, values);
      });
    });
    void makeShowKey().then((made) => {
      if (isOver) return;
      key = made;
      withdraw = live.offerShowKey(stream, made.publicKey);
    });
    return () => {
      isOver = true;
      stopListening();
      withdraw?.();
      setByPage(new Map());
    };
  }, [live, stream, isThere]);

  if (!isThere || byPage.size === 0) return nothing;
  return Object.assign({}, ...byPage.values()) as ShownValues;
}
