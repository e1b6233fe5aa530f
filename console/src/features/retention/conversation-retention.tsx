import { Button } from '@mantine/core';
import type { Conversation } from '@samtal/contract/conversations';
import { getHold } from '@samtal/contract/retention';
import { IconEraser, IconGavel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { HoldDialog } from './holds.tsx';
import classes from './retention.module.css';

/** In a conversation's details: whether it is held, and for those who may, holding it and erasing it. */
export function ConversationRetention({ conversation }: { conversation: Conversation }) {
  const { t, formats } = useText();
  const account = useAccount();
  const { id: conversationId, caseId } = conversation;
  const [open, setOpen] = useState<'hold' | 'erase' | null>(null);
  const { data } = useQuery({
    queryKey: ['account', account.id, 'hold', conversationId],
    queryFn: async () => (await call(getHold, { params: { accountId: account.id, conversationId } })).hold,
    staleTime: 60_000,
  });
  const mayHold = account.can('retention.hold');
  const mayErase = account.can('erasure.manage');
  if ((data === undefined || data === null) && !mayHold && !mayErase) return null;
  return (
    <div className={classes.inDetails}>
      {data !== undefined && data !== null && (
        <div>
          <ToneBadge tone="accent">
            <IconGavel size={13} aria-hidden="true" />
            {t('hold.held')}
          </ToneBadge>
          <p>
            {data.until === null
              ? t('hold.unlimited')
              : t('hold.until', { at: formats.dateTime(data.until) })}
          </p>
          {data.reason !== null && <p>{data.reason}</p>}
        </div>
      )}
      {mayHold && data === null && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconGavel size={14} />}
          onClick={() => setOpen('hold')}
        >
          {t('hold.place')}
        </Button>
      )}
      {mayErase && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconEraser size={14} />}
          onClick={() => setOpen('erase')}
        >
          {t('erasure.ask-case')}
        </Button>
      )}
      {open === 'hold' && <HoldDialog caseId={caseId} onClose={() => setOpen(null)} />}
      {open === 'erase' && <EraseDialog caseId={caseId} onClose={() => setOpen(null)} />}
    </div>
  );
}
