import { Button, Menu, Tabs } from '@mantine/core';
import { exportAuditEntries, exportAuditProofs } from '@samtal/contract/audit';
import { urlOf } from '@samtal/contract/endpoint';
import {
  IconDownload,
  IconFileCode,
  IconFileSpreadsheet,
  IconKey,
  IconRosetteDiscountCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { emptyFields, filterOf, type AuditFilter } from './audit-filter.ts';
import { Destinations } from './destinations.tsx';
import { Entries } from './entries.tsx';
import { stateQuery } from './queries.ts';
import { StateCard } from './state-card.tsx';

/** The audit trail for those who may read it: how far it can be trusted, what stands in it, and where it is sent. */
export function AuditPage() {
  const { t } = useText();
  const account = useAccount();
  const [fields, setFields] = useState(emptyFields);
  const state = useQuery(stateQuery(account.id));

  return (
    <Page
      title={t('admin.audit')}
      says={t('audit.says')}
      actions={<ExportMenu filter={filterOf(fields)} publicKey={state.data?.publicKey ?? null} />}
    >
      <StateCard query={state} />
      {account.can('audit.stream') ? (
        <Tabs defaultValue="entries" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="entries">{t('audit.entries')}</Tabs.Tab>
            <Tabs.Tab value="destinations">{t('audit.destinations')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="entries">
            <Entries fields={fields} onChange={setFields} />
          </Tabs.Panel>
          <Tabs.Panel value="destinations">
            <Destinations />
          </Tabs.Panel>
        </Tabs>
      ) : (
        <Entries fields={fields} onChange={setFields} />
      )}
    </Page>
  );
}

/** Everything leaves as it is filtered now; only the whole trail can be verified. */
function ExportMenu({ filter, publicKey }: { filter: AuditFilter; publicKey: string | null }) {
  const { t } = useText();
  const params = { accountId: useAccount().id };
  const entries = (format: 'csv' | 'jsonl', query: AuditFilter) =>
    urlOf(exportAuditEntries, { params, query: { ...query, format } });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          {t('audit.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component="a"
          href={entries('csv', filter)}
          download
          leftSection={<IconFileSpreadsheet size={16} />}
        >
          {t('audit.export-csv')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href={entries('jsonl', filter)}
          download
          leftSection={<IconFileCode size={16} />}
        >
          {t('audit.export-jsonl')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('audit.export-verify')}</Menu.Label>
        <Menu.Item
          component="a"
          href={entries('jsonl', {})}
          download
          leftSection={<IconFileCode size={16} />}
        >
          {t('audit.export-whole')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href={urlOf(exportAuditProofs, { params })}
          download
          leftSection={<IconRosetteDiscountCheck size={16} />}
        >
          {t('audit.export-proofs')}
        </Menu.Item>
        {publicKey !== null && (
          <Menu.Item
            component="a"
            href={`data:application/x-pem-file,${encodeURIComponent(publicKey)}`}
            download="public-key.pem"
            leftSection={<IconKey size={16} />}
          >
            {t('audit.export-key')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
