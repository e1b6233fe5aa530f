import { Textarea } from '@mantine/core';
import { maxReasonLength } from '@samtal/contract/history';
import { useText } from '../text/index.ts';

/** Why something is changed (H1): the last field of every dialog that makes a version. */
export function ReasonField({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  const { t } = useText();
  return (
    <Textarea
      label={t('reason')}
      description={t('reason.says')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={maxReasonLength}
      autosize
      minRows={2}
      w="100%"
    />
  );
}
