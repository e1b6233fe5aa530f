import { maxTextLength } from '@samtal/contract/conversations/streams';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Shown } from './shown.ts';

/** From here on the visitor is told how many characters are left. */
const tellLeft = 300;

export function Composer({ view, say, deeds, draft }: Shown & { draft: string }) {
  const [text, setText] = useState(draft);
  const area = useRef<HTMLTextAreaElement>(null);
  const left = maxTextLength - text.length;

  // Unsent text that came back stands in the draft, before what is being written.
  const { returned } = view;
  const taken = useRef(returned);
  useEffect(() => {
    if (taken.current !== returned) setText(draft);
    taken.current = returned;
  }, [returned, draft]);
  useLayoutEffect(() => {
    const field = area.current;
    if (field === null) return;
    field.style.blockSize = 'auto';
    field.style.blockSize = `${field.scrollHeight}px`;
  }, [text]);

  const change = (value: string): void => {
    setText(value);
    deeds.keepDraft(value);
  };
  const send = (): void => {
    area.current?.focus();
    if (text.trim() === '') return;
    change('');
    deeds.send(text.trim());
  };
  const key = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // Enter that ends the composition of a character is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <textarea
          ref={area}
          class="text"
          rows={1}
          dir="auto"
          value={text}
          maxLength={maxTextLength}
          aria-label={say('composer.label')}
          aria-describedby={left <= tellLeft ? 'left' : undefined}
          placeholder={say('composer.placeholder')}
          enterkeyhint="send"
          onInput={(event) => {
            change(event.currentTarget.value);
            if (event.currentTarget.value.trim() !== '') deeds.typed();
          }}
          onKeyDown={key}
        />
        <button
          type="submit"
          class="send"
          aria-label={say('composer.send')}
          aria-disabled={text.trim() === ''}
        >
          <Icon name="send" />
        </button>
      </div>
      {left <= tellLeft && (
        <p id="left" class="left" role="status">
          {say('composer.left', { count: left })}
        </p>
      )}
    </form>
  );
}
