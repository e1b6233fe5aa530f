import { Tabs } from '@mantine/core';
import { useText } from '../../text/index.ts';
import { Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { DeletionLog } from './deletion-log.tsx';
import { Erasures } from './erasures.tsx';
import { Holds } from './holds.tsx';
import { Kept } from './kept.tsx';
import { NextRun } from './next-run.tsx';

/** What is kept how long and why, what goes next, what has gone, what must stay, and what somebody asked to have erased. */
export function RetentionPage() {
  const { t } = useText();
  const account = useAccount();
  return (
    <Page title={t('admin.retention')} says={t('retention.says')}>
      <Tabs defaultValue={account.can('retention.read') ? 'due' : 'erasures'} keepMounted={false}>
        <Tabs.List mb="md">
          {account.can('retention.read') && <Tabs.Tab value="due">{t('retention.due')}</Tabs.Tab>}
          {account.can('erasure.manage') && <Tabs.Tab value="erasures">{t('retention.erasures')}</Tabs.Tab>}
          {account.can('retention.hold') && <Tabs.Tab value="holds">{t('retention.holds')}</Tabs.Tab>}
          {account.can('retention.read') && <Tabs.Tab value="log">{t('retention.log')}</Tabs.Tab>}
          {account.can('retention.read') && <Tabs.Tab value="kept">{t('retention.kept')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="due">
          <NextRun />
        </Tabs.Panel>
        <Tabs.Panel value="erasures">
          <Erasures />
        </Tabs.Panel>
        <Tabs.Panel value="holds">
          <Holds />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <DeletionLog />
        </Tabs.Panel>
        <Tabs.Panel value="kept">
          <Kept />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
