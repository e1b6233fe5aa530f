import { Modal, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useText, type TextKey } from '../../text/index.ts';
import { Rows, Row } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { authorisationsByArea } from './areas.ts';
import { heldQuery } from './queries.ts';
import { ThroughList } from './through-list.tsx';

interface HeldDialogProps {
  userId: string;
  name: string;
  onClose: () => void;
}

/** What a user may do, all roles together: where, and what it comes from. */
export function HeldDialog({ userId, name, onClose }: HeldDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const held = useQuery(heldQuery(account.id, userId));
  const byName = new Map(held.data?.map((each) => [each.authorisation, each.through]));
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('held.title', { name })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {held.data === undefined || held.data.length === 0 ? (
          <Rows
            query={held}
            label={t('held.title', { name })}
            isEmpty={held.data?.length === 0}
            empty={<Text p="md">{t('held.none')}</Text>}
          >
            {null}
          </Rows>
        ) : (
          [...authorisationsByArea()]
            .map(([area, names]) => ({ area, names: names.filter((each) => byName.has(each)) }))
            .filter(({ names }) => names.length > 0)
            .map(({ area, names }) => (
              <section key={area}>
                <Title order={3} mb={4}>
                  {t(`area.${area}` as TextKey)}
                </Title>
                <Rows query={held} label={t(`area.${area}` as TextKey)} isEmpty={false} empty={null}>
                  {names.map((each) => (
                    <Row
                      key={each}
                      title={t(`authorisation.${each}`)}
                      badges={<ThroughList through={byName.get(each) ?? []} />}
                    />
                  ))}
                </Rows>
              </section>
            ))
        )}
      </Stack>
    </Modal>
  );
}
