import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useProblemText } from '../api/index.ts';
import { useText } from '../text/index.ts';
import { ReasonField } from './reason-field.tsx';

interface ConfirmProps {
  opened: boolean;
  title: string;
  says: ReactNode;
  /** The word on the button that does it. */
  action: string;
  danger?: boolean;
  /** Whether it makes a version (H1): then it asks why, too. */
  asksReason?: boolean;
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something that cannot be undone. Stays open, and says why, when it was refused. */
export function ConfirmDialog({
  opened,
  title,
  says,
  action,
  danger = false,
  asksReason = false,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const { t } = useText();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const close = () => {
    setError(null);
    setReason('');
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm(reason);
      close();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text size="sm">{says}</Text>
        {asksReason && <ReasonField value={reason} onChange={setReason} />}
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button
            color={danger ? 'red.8' : 'fjord'}
            loading={busy}
            onClick={() => void confirm()}
            data-autofocus
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
