import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { ConfirmEnd } from './confirm-end.tsx';
import { Ended } from './ended.tsx';
import { Head, titleId } from './head.tsx';
import { Log } from './log.tsx';
import type { Shown } from './shown.ts';

export type PanelProps = Shown & {
  isOpen: boolean;
  /** The panel fills the screen, so nothing behind it may be reached. */
  isAlone: boolean;
  draft: string;
};

export function Panel(props: PanelProps) {
  const { view, say, deeds, isOpen, isAlone, draft } = props;
  const [asking, setAsking] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const wasInside = useRef(false);
  const over = view.state === 'resolved';
  const confirm = asking && !over;
  const banner = bannerOf(props);

  useLayoutEffect(() => {
    // The composer is gone with the focus in it, if it had it; who was writing learns what happened.
    const root = panel.current?.getRootNode() as ShadowRoot;
    const lost = root.activeElement === null || root.activeElement === panel.current;
    if (over && isOpen && lost && wasInside.current)
      panel.current?.querySelector<HTMLElement>('.ended')?.focus();
    wasInside.current = root.activeElement !== null;
  });
  const goOn = (): void => {
    setAsking(false);
    panel.current?.querySelector<HTMLElement>('.text')?.focus();
  };
  const key = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.isComposing) return;
    if (event.key === 'Tab' && (isAlone || confirm)) keepFocusInside(event, confirm ? '.confirm' : '.panel');
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (!confirm) return deeds.minimise();
    goOn();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a dialog listens for Escape
    <section
      class="panel"
      ref={panel}
      role="dialog"
      aria-modal={isAlone}
      aria-labelledby={titleId}
      tabIndex={-1}
      hidden={!isOpen}
      onKeyDown={key}
    >
      <Head {...props} onEnd={() => setAsking(true)} />
      <div class="banner" role="status">
        {banner !== null && <p>{banner}</p>}
      </div>
      <Log {...props} />
      {over ? <Ended {...props} hasDraft={draft !== ''} /> : <Composer {...props} />}
      {confirm && (
        <ConfirmEnd
          say={say}
          onNo={goOn}
          onYes={() => {
            setAsking(false);
            panel.current?.focus();
            void deeds.end();
          }}
        />
      )}
    </section>
  );
}

function bannerOf({ view, say }: Shown): string | null {
  if (view.trouble !== null) return say(`problem.${view.trouble}`);
  return view.interrupted ? say('connection.interrupted') : null;
}

/** Tab goes round inside; nothing outside is touched for it. */
function keepFocusInside(event: TargetedKeyboardEvent<HTMLElement>, within: string): void {
  const panel = event.currentTarget;
  const area = panel.matches(within) ? panel : panel.querySelector(within);
  const reachable = [
    ...(area?.querySelectorAll<HTMLElement>('button, textarea, a[href], [tabindex="0"]') ?? []),
  ];
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  const [first, last] = [reachable[0], reachable.at(-1)];
  const leaving = event.shiftKey ? active === first || active === panel : active === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
