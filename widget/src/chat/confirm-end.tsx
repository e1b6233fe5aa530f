import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Say } from './text.ts';

/** Asks inside the panel, because a page may not be stopped by ours. */
export function ConfirmEnd({ say, onYes, onNo }: { say: Say; onYes: () => void; onNo: () => void }) {
  const no = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => no.current?.focus(), []);
  return (
    <div class="scrim">
      <div
        class="confirm"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="ask"
        aria-describedby="ask-more"
      >
        <h3 id="ask">{say('confirm.title')}</h3>
        <p id="ask-more">{say('confirm.body')}</p>
        <div class="choice">
          <button type="button" class="wide quieter" ref={no} onClick={onNo}>
            {say('confirm.no')}
          </button>
          <button type="button" class="wide danger" onClick={onYes}>
            {say('confirm.yes')}
          </button>
        </div>
      </div>
    </div>
  );
}
