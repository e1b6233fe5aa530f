import { Textarea } from '@mantine/core';
import { maxReasonLength } from '@samtal/contract/history';
import { useText } from '../text/index.ts';

interface ReasonFieldProps {
  value: string;
  onChange: (reason: string) => void;
  /** What it is called here, and what is said of it; a reason, unless told. */
  label?: string;
  says?: string | undefined;
  required?: boolean;
}

/** Why something is changed (H1): the last field of every dialog that makes a version. */
export function ReasonField({ value, onChange, label, says, required = false }: ReasonFieldProps) {
  const { t } = useText();
  return (
    <Textarea
      label={label ?? t('reason')}
      description={says ?? t('reason.says')}
      required={required}
      withAsterisk={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={maxReasonLength}
      autosize
      minRows={2}
      w="100%"
    />
  );
}
