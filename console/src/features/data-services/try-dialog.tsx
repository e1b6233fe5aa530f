import { Alert, Button, Group, Modal, Stack, Text, Title } from '@mantine/core';
import {
  exportDataService,
  type DataService,
  type DataServiceParameters,
} from '@samtal/contract/data-services';
import { IconDownload, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { save, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { CopyBlock, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { UncountedNote } from '../statistics/figures.ts';
import { addressOf, commandFor } from './calling.ts';
import { firstGiven, parametersOf, type Given } from './given.ts';
import { GivenFields } from './given-fields.tsx';
import { rowsQuery } from './queries.ts';
import { RowsTable } from './rows-table.tsx';

/** Runs a service as a program would, within the scope of whoever tries it, and says how a program does. */
export function TryDialog({ service, onClose }: { service: DataService; onClose: () => void }) {
  const { t, formats } = useText();
  const account = useAccount();
  const problemText = useProblemText();
  const report = useReport();
  const [given, setGiven] = useState<Given>(() => firstGiven(service.query, Date.now()));
  const [asked, setAsked] = useState<DataServiceParameters | null>(null);
  const answer = useQuery(rowsQuery(account.id, service, asked));
  const parameters = parametersOf(service.query, given);
  const params = { accountId: account.id, serviceKey: service.key };
  const address = addressOf(location.origin, params, parameters);
  const download = async () =>
    await report(save(exportDataService, `${service.key}.csv`, { params, query: parameters }));
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('services.try-title', { name: service.name })}
      size="xl"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('services.try-says')}
        </Text>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setAsked(parameters);
            // The same again is asked again.
            if (JSON.stringify(parameters) === JSON.stringify(asked)) void answer.refetch();
          }}
        >
          <Stack>
            <GivenFields query={service.query} given={given} onChange={setGiven} />
            <Group>
              <Button type="submit" leftSection={<IconPlayerPlay size={16} />} loading={answer.isFetching}>
                {t('services.run')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconDownload size={16} />}
                onClick={() => void download()}
              >
                {t('services.download')}
              </Button>
            </Group>
          </Stack>
        </form>
        {answer.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(answer.error)}
          </Alert>
        )}
        {answer.error === null && answer.data !== undefined && (
          <>
            <UncountedNote uncounted={answer.data.uncounted} />
            <RowsTable query={service.query} rows={answer.data.rows} />
            {answer.data.countedUntil !== null && (
              <Text size="sm" c="dimmed">
                {t('services.counted-until', { at: formats.dateTime(answer.data.countedUntil) })}
              </Text>
            )}
          </>
        )}
        <div>
          <Title order={3} size="h5">
            {t('services.call')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('services.call-says', { authorisation: t('authorisation.data-services.read') })}
          </Text>
        </div>
        <CopyBlock label={t('services.address')} value={address} variant="default" />
        <CopyBlock label={t('services.command')} value={commandFor(address)} variant="default" />
      </Stack>
    </Modal>
  );
}
