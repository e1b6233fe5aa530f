import { maxTextLength } from '@samtal/contract/conversations/streams';
import type { FileRules } from '@samtal/contract/media';
import { acceptOf } from '@samtal/contract/media/types';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import type { Shown } from './shown.ts';
import { UploadsList } from './uploads-list.tsx';

/** From here on the visitor is told how many characters are left. */
const tellLeft = 300;

export function Composer(shown: Shown & { draft: string }) {
  const { view, say, files, deeds, draft } = shown;
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
      <UploadsList {...shown} />
      <div class="field">
        {files !== null && <Attach say={say} files={files} deeds={deeds} />}
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
          onPaste={(event) => {
            const pasted = [...(event.clipboardData?.files ?? [])];
            if (files === null || pasted.length === 0) return;
            event.preventDefault();
            deeds.attach(pasted);
          }}
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

function Attach({ say, files, deeds }: { say: Shown['say']; files: FileRules; deeds: Shown['deeds'] }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="mini"
        aria-label={say('file.attach')}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={acceptOf(files.types)}
        onChange={({ currentTarget }) => {
          deeds.attach([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
