import { Button } from '@mantine/core';
import type { OperatorAccess, OperatorAccessState } from '@samtal/contract/operator-access';
import { useText } from '../../text/index.ts';
import { Row, ToneBadge, type Tone } from '../../ui/index.ts';
import { useScopeWords } from '../access/index.ts';
import { useDuration } from './use-duration.ts';
import classes from './operator-access.module.css';

const tones: Readonly<Record<OperatorAccessState, Tone>> = {
  requested: 'warning',
  approved: 'good',
  refused: 'neutral',
  withdrawn: 'neutral',
  lapsed: 'neutral',
  ended: 'neutral',
};

interface AccessRowProps {
  access: OperatorAccess;
  onApprove: () => void;
  onRefuse: () => void;
  onEnd: () => void;
}

/** Who asks or is in, why, what for and until when; and what became of it. */
export function AccessRow({ access, onApprove, onRefuse, onEnd }: AccessRowProps) {
  const { t, count } = useText();
  const scopeWords = useScopeWords();
  const { operatorName: name, reason, state, authorisations, scope } = access;
  const facts = useFacts(access);
  return (
    <Row
      title={
        <>
          {name}
          <ToneBadge tone={tones[state]}>{t(`operators.state.${state}`)}</ToneBadge>
        </>
      }
      says={
        <>
          <span className={classes.reason}>{reason}</span>
          {facts.join(' · ')}
        </>
      }
      badges={
        <>
          <ToneBadge tone="accent">{count('operators.authorisations', authorisations.length)}</ToneBadge>
          {scopeWords(scope).map((words) => (
            <ToneBadge key={words} tone="accent">
              {words}
            </ToneBadge>
          ))}
        </>
      }
      actions={
        state === 'requested' ? (
          <>
            <Button size="compact-sm" aria-label={t('operators.look-of', { name })} onClick={onApprove}>
              {t('operators.look')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('operators.refuse-of', { name })}
              onClick={onRefuse}
            >
              {t('operators.refuse')}
            </Button>
          </>
        ) : state === 'approved' ? (
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            aria-label={t('operators.end-of', { name })}
            onClick={onEnd}
          >
            {t('operators.end')}
          </Button>
        ) : null
      }
    />
  );
}

function useFacts(access: OperatorAccess): string[] {
  const { t, formats } = useText();
  const duration = useDuration();
  const { state, minutes, requestedAt, lapsesAt, decidedBy, decidedAt, endsAt, endedAt, endedBy, enteredAt } =
    access;
  const at = formats.dateTime(requestedAt);
  const time = duration(minutes);
  const facts = [endsAt === null ? t('operators.asked', { at, time }) : t('operators.asked-on', { at })];
  if (state === 'requested') facts.push(t('operators.lapses', { at: formats.dateTime(lapsesAt) }));
  if (decidedAt !== null && decidedBy !== null) {
    const name = decidedBy.name ?? t('operators.somebody');
    const by = { name, at: formats.dateTime(decidedAt), time };
    facts.push(t(state === 'refused' ? 'operators.refused-by' : 'operators.approved-by', by));
  }
  if (state === 'approved' && endsAt !== null)
    facts.push(t('operators.until', { at: formats.dateTime(endsAt) }));
  if (endsAt !== null)
    facts.push(
      enteredAt === null
        ? t('operators.never-in')
        : t('operators.last-in', { at: formats.dateTime(enteredAt) }),
    );
  if (state === 'ended' && endedAt !== null)
    facts.push(t(`operators.ended-by.${endedBy ?? 'time'}`, { at: formats.dateTime(endedAt) }));
  return facts;
}
