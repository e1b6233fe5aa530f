import { Select, Text } from '@mantine/core';
import { approveOperatorAccess, type OperatorAccess } from '@samtal/contract/operator-access';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog } from '../../ui/index.ts';
import { useScopeWords } from '../access/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useDuration } from './use-duration.ts';
import classes from './operator-access.module.css';

/** Shorter times than an operator asked for. */
const steps = [15, 30, 60, 120, 240, 480, 720];

interface ApproveDialogProps {
  access: OperatorAccess;
  onDone: () => Promise<unknown>;
  onClose: () => void;
}

/** Everything that the operator could do, before somebody lets them in; for as long as they ask, or shorter. */
export function ApproveDialog({ access, onDone, onClose }: ApproveDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const scopeWords = useScopeWords();
  const duration = useDuration();
  const [minutes, setMinutes] = useState(access.minutes);
  const choices = [...new Set([...steps.filter((step) => step < access.minutes), access.minutes])];
  const scope = scopeWords(access.scope);
  const submit = async () => {
    await call(approveOperatorAccess, {
      params: { accountId: account.id, accessId: access.id },
      body: { minutes },
    });
    await onDone();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={t('operators.approve-of', { name: access.operatorName })}
      action={t('operators.approve')}
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {access.reason}
      </Text>
      <div>
        <Text size="sm" fw={600}>
          {t('operators.could')}
        </Text>
        <ul className={classes.allows}>
          {access.authorisations.map((name) => (
            <li key={name}>{t(`authorisation.${name}`)}</li>
          ))}
        </ul>
        {scope.length > 0 && (
          <Text size="sm" mt={4}>
            {t('operators.where', { where: scope.join(', ') })}
          </Text>
        )}
      </div>
      <Select
        label={t('operators.how-long')}
        data={choices.map((each) => ({ value: String(each), label: duration(each) }))}
        value={String(minutes)}
        onChange={(value) => setMinutes(Number(value ?? access.minutes))}
        allowDeselect={false}
      />
      <Text size="sm" c="dimmed">
        {t('operators.approve-says')}
      </Text>
    </FormDialog>
  );
}
