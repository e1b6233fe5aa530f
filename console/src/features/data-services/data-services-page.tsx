import { Button } from '@mantine/core';
import { deleteDataService, type DataService } from '@samtal/contract/data-services';
import { IconApi, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { dataServicesQuery } from './queries.ts';
import { ServiceDialog } from './service-dialog.tsx';
import { ServiceRow } from './service-row.tsx';
import { TryDialog } from './try-dialog.tsx';

/** What is being done, and with which service. */
type Doing =
  | { readonly what: 'add' }
  | { readonly what: 'change' | 'try' | 'delete'; readonly service: DataService };

/** Questions about statistics that the account gives to its people and programs (I5). */
export function DataServicesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const query = dataServicesQuery(account.id);
  const services = useQuery(query);
  const [doing, setDoing] = useState<Doing | null>(null);
  const refresh = async () => await queryClient.invalidateQueries({ queryKey: query.queryKey });
  const close = () => setDoing(null);
  const remove = async (reason: string) => {
    if (doing?.what !== 'delete') return;
    const params = { accountId: account.id, serviceKey: doing.service.key };
    await call(deleteDataService, { params, body: { reason } });
    await refresh();
  };
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'add' })}>
      {t('services.add')}
    </Button>
  );
  return (
    <Page title={t('admin.data-services')} says={t('services.says')} actions={add}>
      <Rows
        query={services}
        label={t('admin.data-services')}
        isEmpty={services.data?.length === 0}
        empty={
          <EmptyState icon={IconApi} title={t('services.none')} says={t('services.none-says')} action={add} />
        }
      >
        {services.data?.map((service) => (
          <ServiceRow
            key={service.id}
            service={service}
            onTry={() => setDoing({ what: 'try', service })}
            onChange={() => setDoing({ what: 'change', service })}
            onDelete={() => setDoing({ what: 'delete', service })}
          />
        ))}
      </Rows>
      {(doing?.what === 'add' || doing?.what === 'change') && (
        <ServiceDialog
          service={doing.what === 'add' ? null : doing.service}
          onSaved={refresh}
          onClose={close}
        />
      )}
      {doing?.what === 'try' && <TryDialog service={doing.service} onClose={close} />}
      <ConfirmDialog
        opened={doing?.what === 'delete'}
        title={t('services.delete-title', { name: doing?.what === 'delete' ? doing.service.name : '' })}
        says={t('services.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={close}
      />
    </Page>
  );
}
