import type { Shown } from './shown.ts';
import { FileBubble } from './file-bubble.tsx';
import { initialsOf } from './head.tsx';
import { Icon } from './icons.tsx';
import { splitLinks } from './split-links.ts';
import type { Say } from './text.ts';
import { timelineOf, type Bubble, type Item } from './timeline.ts';

/** Messages and events, from old to new. */
export function Messages({ view, say, locale, deeds }: Shown) {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      {timelineOf(view).map((item) => {
        if (item.type === 'day') return <Day key={item.key} at={item.at} locale={locale} />;
        if (item.type === 'event')
          return (
            <p class="event" key={item.key}>
              {eventText(item, say)}
            </p>
          );
        return <Message key={item.key} bubble={item} say={say} locale={locale} clock={clock} deeds={deeds} />;
      })}
    </>
  );
}

function Day({ at, locale }: { at: Date; locale: string }) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  const text =
    days > -2
      ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
      : new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(at);
  return <p class="event day">{text}</p>;
}

function eventText({ entry }: Extract<Item, { type: 'event' }>, say: Say): string {
  if (entry.kind === 'joined') return say('event.joined', { name: entry.body.agentName });
  if (entry.kind === 'left') return say('event.left', { name: entry.body.agentName });
  if (entry.kind === 'inactivity-warning')
    return entry.body.text || say('event.silent', { minutes: String(entry.body.minutes) });
  if (entry.kind === 'unreadable') return say('event.unreadable');
  const queue = entry.body.queueName;
  return queue === null ? say('event.transferred') : say('event.transferredTo', { queue });
}

type MessageProps = {
  bubble: Bubble;
  say: Say;
  locale: string;
  clock: Intl.DateTimeFormat;
  deeds: Shown['deeds'];
};

function Message({ bubble, say, locale, clock, deeds }: MessageProps) {
  const { by, name, text, file, at, cid, first, last, mark } = bubble;
  const author = by === 'visitor' ? say('message.you') : (name ?? say('message.agent'));
  return (
    <div class={`message ${by}${first ? ' first' : ''}${last ? ' last' : ''}`}>
      {by === 'agent' && (
        <span class="face small" aria-hidden="true">
          {last && initialsOf(author)}
        </span>
      )}
      <div class="column">
        {first && by === 'agent' && (
          <span class="author" aria-hidden="true">
            {author}
          </span>
        )}
        <div class="bubble">
          <span class="hidden">{author}: </span>
          {file === null ? (
            <div dir="auto">
              <MessageText text={text} />
            </div>
          ) : (
            <FileBubble file={file} say={say} locale={locale} deeds={deeds} />
          )}
        </div>
        {(last || mark !== null) && (
          <div class={`under${mark === 'failed' ? ' failed' : ''}`}>
            {mark !== 'failed' && (
              <time dateTime={at.toISOString()} title={at.toLocaleString(locale)}>
                {clock.format(at)}
              </time>
            )}
            {mark !== null && (
              <span class={`mark ${mark}`}>
                {mark === 'failed' && <Icon name="failed" />}
                {say(`message.${mark}`)}
                {mark === 'read' && <Icon name="done" />}
              </span>
            )}
            {mark === 'failed' && cid !== null && (
              <>
                <button type="button" class="plain" onClick={() => deeds.retry(cid)}>
                  {say('message.retry')}
                </button>
                <button type="button" class="plain" onClick={() => deeds.discard(cid)}>
                  {say('message.discard')}
                </button>
              </>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function MessageText({ text }: { text: string }) {
  let at = 0;
  return (
    <>
      {splitLinks(text).map((piece) => {
        const key = at;
        at += piece.text.length;
        if (piece.href === null) return piece.text;
        return (
          <a key={key} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        );
      })}
    </>
  );
}
