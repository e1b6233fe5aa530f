import { PasswordInput, TextInput } from '@mantine/core';
import { passwordLength } from '@samtal/contract/signin';
import { useText } from '../../text/index.ts';

/** Whose password is chosen: password managers ask. */
export function OwnerField({ email }: { email: string }) {
  const { t } = useText();
  return (
    <TextInput
      name="email"
      label={t('signin.email')}
      value={email}
      readOnly
      variant="filled"
      autoComplete="username"
      size="md"
    />
  );
}

interface ChosenPasswordFieldProps {
  label: string;
  minLength: number;
  autoFocus?: boolean;
}

/** A password that somebody chooses, with how long it has to be. */
export function ChosenPasswordField({ label, minLength, autoFocus = false }: ChosenPasswordFieldProps) {
  const { t } = useText();
  return (
    <PasswordInput
      name="password"
      label={label}
      description={t('invitation.password-says', { min: minLength, max: passwordLength.max })}
      required
      withAsterisk={false}
      minLength={minLength}
      maxLength={passwordLength.max}
      autoComplete="new-password"
      size="md"
      autoFocus={autoFocus}
      visibilityToggleButtonProps={{ 'aria-label': t('signin.show-password') }}
    />
  );
}
