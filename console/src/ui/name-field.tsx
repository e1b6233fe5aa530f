import { TextInput } from '@mantine/core';
import { useText } from '../text/index.ts';

interface NameFieldProps {
  value: string;
  onChange: (name: string) => void;
}

/** What something that is configured is called: the first field of its dialog, and where the keyboard begins. */
export function NameField({ value, onChange }: NameFieldProps) {
  const { t } = useText();
  return (
    <TextInput
      label={t('name')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={120}
      required
      withAsterisk={false}
      data-autofocus
    />
  );
}
