import { Alert, Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useText } from '../../text/index.ts';
import classes from './factors.module.css';

/** Shown this once. `onKept` is called when the person says that they have put them somewhere safe. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useText();
  return (
    <Stack>
      <Alert color="yellow" variant="light" title={t('factor.recovery-title')}>
        <Text size="sm">{t('factor.recovery-says')}</Text>
      </Alert>
      <ul className={classes.codes} aria-label={t('factor.recovery-codes')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group justify="flex-end">
        <CopyButton value={codes.join('\n')} timeout={2000}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('copy.done') : t('copy.do')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onKept}>{t('factor.recovery-kept')}</Button>
      </Group>
    </Stack>
  );
}
