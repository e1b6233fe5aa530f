import { Anchor, Button, Modal, Text } from '@mantine/core';
import { revokeApiKey, type ApiKey, type ShownApiKey } from '@samtal/contract/api-keys';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, CopyBlock, EmptyState, Page, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { KeyRow } from './key-row.tsx';
import { apiKeysQuery } from './queries.ts';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';

/** The keys by which programs reach the account (C8): made, given a new secret, revoked. */
export function ApiKeysPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const keys = useQuery(apiKeysQuery(account.id));
  const [creating, setCreating] = useState(false);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [shown, setShown] = useState<ShownApiKey | null>(null);
  const refresh = async () =>
    await queryClient.invalidateQueries({ queryKey: apiKeysQuery(account.id).queryKey });

  const show = async (made: ShownApiKey) => {
    setCreating(false);
    setRotating(null);
    setShown(made);
    await refresh();
  };
  const revoke = async () => {
    if (revoking === null) return;
    await call(revokeApiKey, { params: { accountId: account.id, keyId: revoking.id } });
    await refresh();
  };
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      {t('api-keys.add')}
    </Button>
  );
  return (
    <Page title={t('admin.api-keys')} says={t('api-keys.says')} actions={add}>
      <Rows
        query={keys}
        label={t('admin.api-keys')}
        isEmpty={keys.data?.length === 0}
        empty={
          <EmptyState icon={IconKey} title={t('api-keys.none')} says={t('api-keys.none-says')} action={add} />
        }
      >
        {keys.data?.map((key) => (
          <KeyRow
            key={key.id}
            apiKey={key}
            onRotate={() => setRotating(key)}
            onRevoke={() => setRevoking(key)}
          />
        ))}
      </Rows>
      {creating && <CreateKeyDialog onMade={show} onClose={() => setCreating(false)} />}
      {rotating !== null && (
        <RotateKeyDialog apiKey={rotating} onMade={show} onClose={() => setRotating(null)} />
      )}
      <ShownKey shown={shown} onClose={() => setShown(null)} />
      <ConfirmDialog
        opened={revoking !== null}
        title={t('api-keys.revoke-title', { name: revoking?.name ?? '' })}
        says={t('api-keys.revoke-says')}
        action={t('api-keys.revoke')}
        danger
        onConfirm={revoke}
        onClose={() => setRevoking(null)}
      />
    </Page>
  );
}

/** The secret, this once. Only its button closes the dialog, so that no slip of the hand loses it. */
function ShownKey({ shown, onClose }: { shown: ShownApiKey | null; onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal
      opened={shown !== null}
      onClose={onClose}
      title={t('api-keys.shown', { name: shown?.key.name ?? '' })}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Text size="sm" mb="md">
        {t('api-keys.shown-says')}
      </Text>
      <CopyBlock value={shown?.secret ?? ''} label={t('api-keys.secret')} />
      <Text size="sm" c="dimmed" mt="md">
        {t('api-keys.client-id', { id: shown?.key.id ?? '' })}{' '}
        <Anchor underline="always" href="/api/docs" inherit>
          {t('api-keys.docs')}
        </Anchor>
      </Text>
      <Button mt="lg" variant="default" onClick={onClose}>
        {t('api-keys.kept')}
      </Button>
    </Modal>
  );
}
