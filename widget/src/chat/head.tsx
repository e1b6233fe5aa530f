import { Icon } from './icons.tsx';
import type { Shown } from './shown.ts';
import type { TextKey } from './text.ts';
import type { View } from './view.ts';

export const titleId = 'title';

function statusOf({ state, connected }: View): TextKey {
  if (state === 'none') return 'status.ready';
  if (state === 'resolved') return 'status.ended';
  if (state === 'opening') return 'status.waiting';
  if (!connected) return 'status.connecting';
  return state === 'active' ? 'status.active' : 'status.waiting';
}

export function Head({ view, say, deeds, onEnd }: Shown & { onEnd: () => void }) {
  const { state, agentName } = view;
  const status = statusOf(view);
  return (
    <div class="head">
      <div class="face" aria-hidden="true">
        {agentName === null ? <Icon name="bubbles" /> : initialsOf(agentName)}
      </div>
      <div class="who">
        <h2 id={titleId}>{agentName ?? say('title')}</h2>
        <p class={`status ${status.replace('.', '-')}`}>{say(status)}</p>
      </div>
      {(state === 'waiting' || state === 'active') && (
        <button
          type="button"
          class="tool"
          aria-label={say('panel.end')}
          title={say('panel.end')}
          onClick={onEnd}
        >
          <Icon name="end" />
        </button>
      )}
      <button
        type="button"
        class="tool"
        aria-label={say('panel.minimise')}
        title={say('panel.minimise')}
        onClick={deeds.minimise}
      >
        <Icon name="minimise" />
      </button>
    </div>
  );
}

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
