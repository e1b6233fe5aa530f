import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { Messages } from './messages.tsx';
import type { Shown } from './shown.ts';

/** Nearer to the end than this counts as being there, px. */
const nearPx = 48;

/** The messages with what belongs under the last one. Follows the newest as long as the visitor is at the end. */
export function Log(shown: Shown & { isOpen: boolean }) {
  const { view, say, isOpen } = shown;
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const newest = view.entries.at(-1)?.seq ?? 0;
  const own = view.unsent.length;
  const [leftAt, setLeftAt] = useState(newest);

  const toEnd = (): void => {
    following.current = true;
    setAway(false);
    // A greeting is read from its beginning.
    if (box.current?.querySelector('.greeting')) return;
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  const scrolled = (): void => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    const atEnd = scrollHeight - scrollTop - clientHeight < nearPx;
    if (following.current && !atEnd) setLeftAt(newest);
    following.current = atEnd;
    setAway(!atEnd);
  };

  useLayoutEffect(() => {
    if (following.current && isOpen) toEnd();
  });
  useEffect(() => {
    if (own > 0) toEnd();
  }, [own]);
  useEffect(() => {
    // The room changes with the keyboard, the window and the composer; the end stays in sight.
    const watcher = new ResizeObserver(() => {
      if (following.current) toEnd();
    });
    if (box.current !== null) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);

  const { loading, entries } = view;
  return (
    <div class="middle">
      <div
        class="log"
        ref={box}
        role="log"
        aria-label={say('panel.log')}
        aria-live={loading ? 'off' : 'polite'}
        aria-busy={loading}
        tabIndex={0}
        onScroll={scrolled}
      >
        {view.state === 'none' && !loading && <Greeting {...shown} />}
        {loading && entries.length === 0 && <Skeleton {...shown} />}
        <Messages {...shown} />
        {(view.state === 'waiting' || view.state === 'opening') && <Waiting {...shown} />}
      </div>
      {view.typing !== null && <Typing {...shown} />}
      {away && (
        <button type="button" class="latest" onClick={toEnd}>
          <Icon name="down" />
          {say(newest > leftAt ? 'panel.latestNew' : 'panel.latest')}
        </button>
      )}
    </div>
  );
}

function Greeting({ say }: Shown) {
  return (
    <div class="greeting">
      <div class="emblem">
        <Icon name="bubbles" />
      </div>
      <h3>{say('greeting.title')}</h3>
      <p>{say('greeting.body')}</p>
      <p class="privacy">
        <Icon name="lock" />
        {say('greeting.privacy')}
      </p>
    </div>
  );
}

function Skeleton({ say }: Shown) {
  return (
    <div class="skeleton">
      <span class="hidden">{say('panel.loading')}</span>
      <i />
      <i />
      <i />
    </div>
  );
}

function Waiting({ view, say }: Shown) {
  const { ahead } = view;
  return (
    <div class="card waiting">
      <Icon name="waiting" />
      <div>
        <strong>{say('waiting.title')}</strong>
        {ahead !== null && (
          <p>{ahead === 0 ? say('waiting.next') : say('waiting.ahead', { count: ahead })}</p>
        )}
        <p class="quiet">{say('waiting.hint')}</p>
      </div>
    </div>
  );
}

function Typing({ view, say }: Shown) {
  const name =
    view.typing === '' || view.typing === null ? (view.agentName ?? say('message.agent')) : view.typing;
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {say('message.typing', { name })}
    </p>
  );
}
