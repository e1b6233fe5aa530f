import { TextInput } from '@mantine/core';
import type { Ref } from 'react';
import { useText } from '../../text/index.ts';

/** The address that somebody signs in with, on a page where it is the first thing to write. */
export function EmailField({ ref }: { ref?: Ref<HTMLInputElement> }) {
  const { t } = useText();
  return (
    <TextInput
      ref={ref}
      name="email"
      type="email"
      label={t('signin.email')}
      autoComplete="username"
      inputMode="email"
      spellCheck={false}
      autoCapitalize="none"
      required
      withAsterisk={false}
      autoFocus
      size="md"
    />
  );
}
