import { Modal, Select, Stack, Text } from '@mantine/core';
import type { Authorisation } from '@samtal/contract/access';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText, type TextKey } from '../../text/index.ts';
import { Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { authorisationsByArea } from './areas.ts';
import { holdersQuery } from './queries.ts';
import { ThroughList } from './through-list.tsx';

/** Who may do something: where, through which roles, and what for. */
export function HoldersDialog({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const [authorisation, setAuthorisation] = useState<Authorisation>('conversations.read');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('holders.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Select
          label={t('holders.authorisation')}
          data={[...authorisationsByArea()].map(([area, names]) => ({
            group: t(`area.${area}` as TextKey),
            items: names.map((name) => ({ value: name, label: t(`authorisation.${name}`) })),
          }))}
          value={authorisation}
          onChange={(chosen) => setAuthorisation(chosen ?? authorisation)}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t('nothing-found')}
        />
        <Holders authorisation={authorisation} />
      </Stack>
    </Modal>
  );
}

function Holders({ authorisation }: { authorisation: Authorisation }) {
  const { t } = useText();
  const account = useAccount();
  const holders = useQuery(holdersQuery(account.id, authorisation));
  return (
    <Rows
      query={holders}
      label={t('holders.title')}
      isEmpty={holders.data?.length === 0}
      empty={<Text p="md">{t('holders.none')}</Text>}
    >
      {holders.data?.map(({ userId, name, status, through }) => (
        <Row
          key={userId}
          title={
            <>
              {name} {status !== 'active' && <ToneBadge tone="neutral">{t('holders.away')}</ToneBadge>}
            </>
          }
          badges={<ThroughList through={through} />}
        />
      ))}
    </Rows>
  );
}
