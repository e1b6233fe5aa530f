import { Button } from '@mantine/core';
import { deleteIdentityProvider, type IdentityProvider } from '@samtal/contract/federation';
import { IconPlus, IconUserShield } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { OwnSideDialog } from './own-side-dialog.tsx';
import { PeopleDialog } from './people-dialog.tsx';
import { ProviderDialog } from './provider-dialog.tsx';
import { ProviderRow } from './provider-row.tsx';
import { providersQuery } from './queries.ts';

/** A dialog that stands open, and on which provider; `change` without one adds one. */
type Opened =
  | { readonly dialog: 'change'; readonly provider: IdentityProvider | null }
  | { readonly dialog: 'own' | 'people' | 'remove'; readonly provider: IdentityProvider };

/** The identity providers by which users of the account sign in (C4). */
export function ProvidersPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const providers = useQuery(providersQuery(account.id));
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const refresh = async () =>
    await queryClient.invalidateQueries({ queryKey: providersQuery(account.id).queryKey });

  const saved = async (provider: IdentityProvider, isNew: boolean) => {
    await refresh();
    setOpened(isNew ? { dialog: 'own', provider } : null);
  };
  const removing = opened?.dialog === 'remove' ? opened.provider : null;
  const remove = async (reason: string) => {
    if (removing === null) return;
    const params = { accountId: account.id, providerId: removing.id };
    await call(deleteIdentityProvider, { params, body: { reason } });
    await refresh();
  };
  const add = (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => setOpened({ dialog: 'change', provider: null })}
    >
      {t('federation.add')}
    </Button>
  );
  return (
    <Page title={t('admin.identity-providers')} says={t('federation.says')} actions={add}>
      <Rows
        query={providers}
        label={t('admin.identity-providers')}
        isEmpty={providers.data?.length === 0}
        empty={
          <EmptyState
            icon={IconUserShield}
            title={t('federation.none')}
            says={t('federation.none-says')}
            action={add}
          />
        }
      >
        {providers.data?.map((provider) => (
          <ProviderRow
            key={provider.id}
            provider={provider}
            onOpen={(dialog) => setOpened({ dialog, provider })}
          />
        ))}
      </Rows>
      {opened?.dialog === 'change' && (
        <ProviderDialog provider={opened.provider} onSaved={saved} onClose={close} />
      )}
      {opened?.dialog === 'own' && <OwnSideDialog provider={opened.provider} onClose={close} />}
      {opened?.dialog === 'people' && <PeopleDialog provider={opened.provider} onClose={close} />}
      <ConfirmDialog
        opened={removing !== null}
        title={t('federation.delete-title', { name: removing?.name ?? '' })}
        says={t('federation.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={close}
      />
    </Page>
  );
}
