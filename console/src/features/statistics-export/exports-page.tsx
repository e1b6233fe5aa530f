import { Button } from '@mantine/core';
import {
  changeExportAccount,
  deleteExportAccount,
  revokeExportKey,
  type ExportAccount,
  type ExportKey,
  type GeneratedExportKey,
} from '@samtal/contract/statistics-export';
import { IconPlus, IconServer } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { AccountRow } from './account-row.tsx';
import { AddKeyDialog } from './add-key-dialog.tsx';
import { ConfirmKeyDialog } from './confirm-key-dialog.tsx';
import { CreateExportAccountDialog } from './create-export-account-dialog.tsx';
import { HandedOverKey } from './handed-over-key.tsx';
import { HowToConnect } from './how-to-connect.tsx';
import { PassphraseDialog } from './passphrase-dialog.tsx';
import { exportAccountsQuery } from './queries.ts';

/** What is being done, and to which export account and key. */
type Doing =
  | { readonly what: 'create' }
  | { readonly what: 'switch' | 'delete'; readonly of: ExportAccount }
  | { readonly what: 'add-key'; readonly of: ExportAccount; readonly replaced: ExportKey | null }
  | {
      readonly what: 'confirm' | 'revoke' | 'passphrase';
      readonly of: ExportAccount;
      readonly key: ExportKey;
    };

/** Export accounts and their keys (I3, I4): who fetches statistics by SFTP, and how. */
export function ExportsPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const query = exportAccountsQuery(account.id);
  const accounts = useQuery(query);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [handed, setHanded] = useState<GeneratedExportKey | null>(null);
  const refresh = async () => await queryClient.invalidateQueries({ queryKey: query.queryKey });
  const close = () => setDoing(null);
  const done = async () => {
    close();
    await refresh();
  };

  const paramsOf = ({ id }: ExportAccount) => ({ accountId: account.id, exportAccountId: id });
  const switchOver = async (reason: string) => {
    if (doing?.what !== 'switch') return;
    const { disabled, version } = doing.of;
    const body = { disabled: !disabled, version, reason };
    await call(changeExportAccount, { params: paramsOf(doing.of), body });
    await refresh();
  };
  const remove = async (reason: string) => {
    if (doing?.what !== 'delete') return;
    await call(deleteExportAccount, { params: paramsOf(doing.of), body: { reason } });
    await refresh();
  };
  const revoke = async (reason: string) => {
    if (doing?.what !== 'revoke') return;
    const params = { ...paramsOf(doing.of), keyId: doing.key.id };
    await call(revokeExportKey, { params, body: { reason } });
    await refresh();
  };
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'create' })}>
      {t('exports.add')}
    </Button>
  );
  const name = doing === null || doing.what === 'create' ? '' : doing.of.name;
  const isOn = doing?.what === 'switch' && !doing.of.disabled;
  return (
    <Page title={t('admin.exports')} says={t('exports.says')} actions={add}>
      <Rows
        query={accounts}
        label={t('admin.exports')}
        isEmpty={accounts.data?.length === 0}
        empty={
          <EmptyState
            icon={IconServer}
            title={t('exports.none')}
            says={t('exports.none-says')}
            action={add}
          />
        }
      >
        {accounts.data?.map((each) => (
          <AccountRow
            key={each.id}
            account={each}
            onSwitch={() => setDoing({ what: 'switch', of: each })}
            onDelete={() => setDoing({ what: 'delete', of: each })}
            onAddKey={(replaced) => setDoing({ what: 'add-key', of: each, replaced })}
            onKey={(what, key) => setDoing({ what, of: each, key })}
          />
        ))}
      </Rows>
      <HowToConnect userName={accounts.data?.[0]?.userName ?? null} />
      {doing?.what === 'create' && <CreateExportAccountDialog onMade={done} onClose={close} />}
      {doing?.what === 'add-key' && (
        <AddKeyDialog
          account={doing.of}
          replaced={doing.replaced}
          onAdded={done}
          onHandedOver={async (key) => {
            setHanded(key);
            await done();
          }}
          onClose={close}
        />
      )}
      {doing?.what === 'confirm' && (
        <ConfirmKeyDialog account={doing.of} exportKey={doing.key} onConfirmed={done} onClose={close} />
      )}
      {doing?.what === 'passphrase' && (
        <PassphraseDialog account={doing.of} exportKey={doing.key} onRead={refresh} onClose={close} />
      )}
      <HandedOverKey handed={handed} onClose={() => setHanded(null)} />
      <ConfirmDialog
        opened={doing?.what === 'switch'}
        title={t(isOn ? 'exports.disable-title' : 'exports.enable-title', { name })}
        says={t(isOn ? 'exports.disable-says' : 'exports.enable-says')}
        action={t(isOn ? 'exports.disable' : 'exports.enable')}
        danger={isOn}
        asksReason
        onConfirm={switchOver}
        onClose={close}
      />
      <ConfirmDialog
        opened={doing?.what === 'delete'}
        title={t('exports.delete-title', { name })}
        says={t('exports.delete-says')}
        action={t('exports.delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={close}
      />
      <ConfirmDialog
        opened={doing?.what === 'revoke'}
        title={t('exports.revoke-title', { name })}
        says={t('exports.revoke-says')}
        action={t('exports.revoke')}
        danger
        asksReason
        onConfirm={revoke}
        onClose={close}
      />
    </Page>
  );
}
