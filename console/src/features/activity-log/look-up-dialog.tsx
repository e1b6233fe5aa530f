import { Alert, Button, Group, Modal, Stack, Table, Text, Textarea } from '@mantine/core';
import { lookUpAddress, minReasonLength, type AddressSighting } from '@samtal/contract/activity-log';
import type { Conversation } from '@samtal/contract/conversations';
import type { ResponseOf } from '@samtal/contract/endpoint';
import { IconEyeExclamation, IconMapPinOff } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { CopyIcon, EmptyState, useIsPhone } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import classes from './look-up-dialog.module.css';

interface LookUpDialogProps {
  conversation: Conversation;
  opened: boolean;
  onClose: () => void;
}

/**
 * From which addresses the visitor came (G6). What was found is in this dialog's state and in no cache: closing the dialog
 * is the end of it, and looking again is another look-up.
 */
export function LookUpDialog({ conversation, opened, onClose }: LookUpDialogProps) {
  const { t } = useText();
  const isPhone = useIsPhone();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      fullScreen={isPhone}
      title={t('look-up.title', { case: conversation.caseId })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <LookUp conversation={conversation} onClose={onClose} />
    </Modal>
  );
}

function LookUp({ conversation, onClose }: Omit<LookUpDialogProps, 'opened'>) {
  const { t } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [found, setFound] = useState<ResponseOf<typeof lookUpAddress> | null>(null);

  const look = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const params = { accountId: account.id, conversationId: conversation.id };
    try {
      setFound(await call(lookUpAddress, { params, body: { reason: reason.trim() } }));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  if (found !== null) return <Found found={found} onClose={onClose} />;
  const missing = Math.max(0, minReasonLength - reason.trim().length);
  return (
    <form onSubmit={(event) => void look(event)}>
      <Stack>
        <Alert color="yellow" variant="light" icon={<IconEyeExclamation size={20} />}>
          {t('look-up.recorded')}
        </Alert>
        <Textarea
          label={t('look-up.reason')}
          description={t('look-up.reason-says', { count: String(minReasonLength) })}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={3}
          maxRows={8}
          required
          data-autofocus
        />
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={missing > 0}>
            {t('look-up.action')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FoundProps {
  found: ResponseOf<typeof lookUpAddress>;
  onClose: () => void;
}

function Found({ found: { sightings, keptDays }, onClose }: FoundProps) {
  const { t, count } = useText();
  const addresses = [...new Set(sightings.map(({ address }) => address))];
  return (
    <Stack>
      {sightings.length === 0 ? (
        <EmptyState
          icon={IconMapPinOff}
          title={t('look-up.none')}
          says={count('look-up.none-says', keptDays)}
        />
      ) : (
        <>
          <div role="status">
            <Text size="sm" c="dimmed">
              {t('look-up.found')}
            </Text>
            <ul className={classes.addresses}>
              {addresses.map((address) => (
                <li key={address} className={classes.address}>
                  <code>{address}</code>
                  <CopyIcon value={address} label={t('look-up.copy', { address })} />
                </li>
              ))}
            </ul>
          </div>
          <Sightings sightings={sightings} />
          <Text size="sm" c="dimmed">
            {count('look-up.kept', keptDays)}
          </Text>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('look-up.close')}
        </Button>
      </Group>
    </Stack>
  );
}

function Sightings({ sightings }: { sightings: readonly AddressSighting[] }) {
  const { t, formats } = useText();
  return (
    <Table.ScrollContainer minWidth={420} maxHeight="40vh">
      <Table stickyHeader verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('look-up.when')}</Table.Th>
            <Table.Th>{t('look-up.what')}</Table.Th>
            <Table.Th>{t('look-up.address')}</Table.Th>
            <Table.Th>{t('look-up.browser')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sightings.map(({ id, at, kind, address, agent }) => (
            <Table.Tr key={id}>
              <Table.Td className={classes.when}>{formats.dateTime(at)}</Table.Td>
              <Table.Td>{t(`activity.${kind}`)}</Table.Td>
              <Table.Td>
                <code>{address}</code>
              </Table.Td>
              <Table.Td>{agent}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
