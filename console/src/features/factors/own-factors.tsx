import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import {
  beginFactor,
  confirmFactor,
  listFactors,
  removeFactor,
  renewRecoveryCodes,
  type Factor,
} from '@samtal/contract/signin';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ConfirmDialog, EmptyState, Row, Rows, ToneBadge, useReport } from '../../ui/index.ts';
import { AddFactor } from './add-factor.tsx';
import { factorIcons } from './factor-icons.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import { RenameFactor } from './rename-factor.tsx';

const factorsQuery = queryOptions({
  queryKey: ['session-factors'],
  queryFn: async () => await call(listFactors),
});

/** What the user signs in with besides the password: to see, add, name and remove. */
export function OwnFactors() {
  const { t } = useText();
  const queryClient = useQueryClient();
  const factors = useQuery(factorsQuery);
  const [isAdding, setAdding] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: factorsQuery.queryKey });
  const { items = [], addable = [], recoveryCodesLeft = 0 } = factors.data ?? {};

  const added = async (recoveryCodes: readonly string[]) => {
    setAdding(false);
    if (recoveryCodes.length > 0) setCodes(recoveryCodes);
    else announce(t('factor.added'));
    await refresh();
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('factor.says')}
      </Text>
      <Rows
        query={factors}
        isEmpty={items.length === 0}
        label={t('factor.title')}
        empty={
          <EmptyState icon={factorIcons.passkey} title={t('factor.none')} says={t('factor.none-says')} />
        }
      >
        {items.map((factor) => (
          <FactorRow key={factor.id} factor={factor} isLast={items.length === 1} onChanged={refresh} />
        ))}
      </Rows>
      <Group>
        <Button variant="default" onClick={() => setAdding(true)}>
          {t('factor.add')}
        </Button>
        {items.length > 0 && <NewRecoveryCodes left={recoveryCodesLeft} onMade={setCodes} />}
      </Group>
      <Modal
        opened={isAdding}
        onClose={() => setAdding(false)}
        title={t('factor.add')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <AddFactor
          addable={addable}
          begin={async (wanted) => await call(beginFactor, { body: wanted })}
          confirm={async (factorId, shown) => {
            const { recoveryCodes } = await call(confirmFactor, { params: { factorId }, body: shown });
            await added(recoveryCodes);
          }}
          onCancel={() => setAdding(false)}
        />
      </Modal>
      <Modal
        opened={codes !== null}
        onClose={() => setCodes(null)}
        title={t('factor.recovery-codes')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {codes !== null && <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />}
      </Modal>
    </Stack>
  );
}

function FactorRow({
  factor,
  isLast,
  onChanged,
}: {
  factor: Factor;
  isLast: boolean;
  onChanged: () => Promise<unknown>;
}) {
  const { t, formats } = useText();
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null);
  const close = () => setOpen(null);
  const { id, kind, name, ending, lastUsedAt, allowed } = factor;
  const used =
    lastUsedAt === null ? t('factor.unused') : t('factor.used', { at: formats.dateTime(lastUsedAt) });
  const words = kind === 'sms' && ending !== null ? t('factor.ending', { ending }) : t(`factor.kind.${kind}`);
  return (
    <>
      <Row
        title={name}
        says={`${words} · ${used}`}
        badges={
          !allowed || kind === 'email' ? (
            <ToneBadge tone="warning">{allowed ? t('factor.weak') : t('factor.not-counting')}</ToneBadge>
          ) : undefined
        }
        actions={
          <Group gap="xs" wrap="nowrap">
            <Button size="compact-sm" variant="default" onClick={() => setOpen('rename')}>
              {t('factor.rename')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setOpen('remove')}>
              {t('factor.remove')}
            </Button>
          </Group>
        }
      />
      {open === 'rename' && <RenameFactor factor={factor} onClose={close} onChanged={onChanged} />}
      <ConfirmDialog
        opened={open === 'remove'}
        title={t('factor.remove-title', { name })}
        says={isLast ? t('factor.remove-last-says') : t('factor.remove-says')}
        action={t('factor.remove')}
        danger
        onConfirm={async () => {
          await call(removeFactor, { params: { factorId: id } });
          await onChanged();
        }}
        onClose={close}
      />
    </>
  );
}

function NewRecoveryCodes({ left, onMade }: { left: number; onMade: (codes: readonly string[]) => void }) {
  const { t } = useText();
  const report = useReport();
  const queryClient = useQueryClient();
  const renew = async () => {
    onMade((await call(renewRecoveryCodes)).recoveryCodes);
    await queryClient.invalidateQueries({ queryKey: factorsQuery.queryKey });
  };
  return (
    <Button variant="subtle" onClick={() => void report(renew())}>
      {t('factor.recovery-renew', { count: left })}
    </Button>
  );
}
