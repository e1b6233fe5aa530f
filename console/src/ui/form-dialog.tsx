import { Alert, Button, Group, Modal, Stack, type MantineSize } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { lookAgainAfter, useProblemText } from '../api/index.ts';
import { useText } from '../text/index.ts';

interface FormDialogProps {
  opened: boolean;
  title: string;
  /** The word on the button that sends the form. */
  action: string;
  size?: MantineSize;
  children: ReactNode;
  /** Sends the form. A refusal is shown and the dialog stays. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

/** A form in a dialog: one button that sends it, one that leaves, and the reason where it was refused. */
export function FormDialog({
  opened,
  title,
  action,
  size = 'md',
  children,
  onSubmit,
  onClose,
}: FormDialogProps) {
  const { t } = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <DialogForm action={action} onSubmit={onSubmit} onClose={onClose}>
        {children}
      </DialogForm>
    </Modal>
  );
}

function DialogForm({
  action,
  children,
  onSubmit,
  onClose,
}: Pick<FormDialogProps, 'action' | 'children' | 'onSubmit' | 'onClose'>) {
  const { t } = useText();
  const problemText = useProblemText();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
    } catch (refused) {
      setError(refused);
      void lookAgainAfter(refused, queryClient);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {children}
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
