import { useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { RatingQuestion } from './rating-question.tsx';
import type { Shown } from './shown.ts';
import type { TextKey } from './text.ts';

const reasons = {
  agent: 'ended.byAgent',
  visitor: 'ended.byVisitor',
  'session-ended': 'ended.byTime',
  inactivity: 'ended.byInactivity',
} as const satisfies Record<string, TextKey>;

/** In place of the composer when the conversation is over. */
export function Ended({ view, say, deeds, hasDraft }: Shown & { hasDraft: boolean }) {
  return (
    <section class="ended" tabIndex={-1} aria-labelledby="over">
      <h3 id="over">{say('ended.title')}</h3>
      {view.ending !== null && <p>{view.endingText ?? say(reasons[view.ending])}</p>}
      {view.rating !== null && <RatingQuestion rating={view.rating} say={say} deeds={deeds} />}
      {view.caseId !== null && <CaseId caseId={view.caseId} say={say} />}
      {hasDraft && <p class="quiet">{say('ended.unsent')}</p>}
      <button type="button" class="wide" onClick={deeds.startNew}>
        {say('ended.startNew')}
      </button>
    </section>
  );
}

function CaseId({ caseId, say }: { caseId: string; say: Shown['say'] }) {
  const shown = useRef<HTMLOutputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(caseId);
      setCopied(true);
    } catch {
      // Not allowed here: the visitor can still copy what is selected.
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
    }
  };
  return (
    <div class="case">
      <span class="quiet">{say('ended.caseId')}</span>
      <div class="number">
        <output ref={shown} dir="ltr">
          {caseId}
        </output>
        <button type="button" class="plain" onClick={() => void copy()}>
          <Icon name={copied ? 'done' : 'copy'} />
          <span role="status">{say(copied ? 'ended.copied' : 'ended.copy')}</span>
        </button>
      </div>
      <span class="quiet">{say('ended.keep')}</span>
    </div>
  );
}
