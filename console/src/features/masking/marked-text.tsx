import { VisuallyHidden } from '@mantine/core';
import { useText } from '../../text/index.ts';
import { markedPieces, type Mark } from './marks.ts';
import classes from './masking.module.css';

/** A text with what is masked in it marked: by colour, by a line, and in words for those who do not see either. */
export function MarkedText({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const { t } = useText();
  return (
    <span className={classes.text} dir="auto">
      {markedPieces(text, marks).map(({ at, text: piece, mark }) =>
        mark === null ? (
          <span key={at}>{piece}</span>
        ) : (
          <mark key={at} className={classes.mark} data-as={mark.as} title={mark.title}>
            <VisuallyHidden>{t(`masking.mark-${mark.as}`)} </VisuallyHidden>
            {piece}
          </mark>
        ),
      )}
    </span>
  );
}
