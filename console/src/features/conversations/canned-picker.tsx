import { Skeleton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useText } from '../../text/index.ts';
import type { CannedPickerState } from './use-canned-picker.ts';
import classes from './composer.module.css';

export function CannedPicker({ picker }: { picker: CannedPickerState }) {
  const { t, count } = useText();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [picker.selected]);

  return (
    <div className={classes.picker}>
      <p className={classes.pickerTitle} role="status">
        {picker.loading ? t('loading') : count('canned.found', picker.replies.length)}
        <span className={classes.pickerHint}>{t('canned.picker-hint')}</span>
      </p>
      {picker.loading && <Skeleton height={40} m="xs" />}
      {/* A scrolling region must be reachable by keyboard, hence the tab stop. */}
      <div
        ref={list}
        id={picker.listId}
        role="listbox"
        tabIndex={0}
        aria-label={t('composer.canned')}
        className={classes.options}
      >
        {picker.replies.map((reply, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- The composer has the focus and the keys.
          <div
            key={reply.id}
            id={picker.optionId(index)}
            role="option"
            aria-selected={index === picker.selected}
            className={classes.option}
            // The composer keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => picker.pick(reply)}
          >
            <span className={classes.optionShortcut}>/{reply.shortcut}</span>
            <span className={classes.optionText}>{reply.text}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
