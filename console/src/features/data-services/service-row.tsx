import { ActionIcon, Code } from '@mantine/core';
import type { DataService } from '@samtal/contract/data-services';
import { IconHistory, IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { CopyIcon, Row, ToneBadge } from '../../ui/index.ts';
import { useRoleName, useRoles } from '../access/index.ts';
import { useAccount } from '../accounts/index.ts';
import { addressOf } from './calling.ts';
import { usePeriodWords } from './words.ts';

interface ServiceRowProps {
  service: DataService;
  onTry: () => void;
  onChange: () => void;
  onDelete: () => void;
}

/** A data service: what it is called and for, what it answers with, to whom, and where. */
export function ServiceRow({ service, onTry, onChange, onDelete }: ServiceRowProps) {
  const { t, count } = useText();
  const account = useAccount();
  const periodWords = usePeriodWords();
  const whom = useWhom(service.roleIds);
  const { id, key, name, description, enabled, query } = service;
  const facts = [
    t(`services.subject.${query.subject}`),
    count('services.figures', query.measures.length),
    ...(query.subject === 'conversations' ? [] : [t(`services.each.${query.grain}`)]),
    periodWords(query.period),
  ];
  return (
    <Row
      title={
        <>
          {name}
          {!enabled && <ToneBadge tone="neutral">{t('services.off')}</ToneBadge>}
        </>
      }
      says={
        <>
          {description !== '' && (
            <>
              {description}
              <br />
            </>
          )}
          {facts.join(' · ')}
          <br />
          {whom}
          <br />
          <Code style={{ overflowWrap: 'anywhere' }}>{key}</Code>{' '}
          <span style={{ display: 'inline-block', verticalAlign: 'middle' }}>
            <CopyIcon
              value={addressOf(location.origin, { accountId: account.id, serviceKey: key }, {})}
              label={t('services.copy-address', { name })}
            />
          </span>
        </>
      }
      actions={
        <>
          {account.can('data-services.read') && (
            <ActionIcon aria-label={t('services.try-of', { name })} onClick={onTry}>
              <IconPlayerPlay size={18} />
            </ActionIcon>
          )}
          {account.can('settings.read') && (
            <ActionIcon
              aria-label={t('services.history-of', { name })}
              renderRoot={(props) => (
                <Link {...props} to="/admin/history" search={{ kind: 'data-service', objectId: id }} />
              )}
            >
              <IconHistory size={18} />
            </ActionIcon>
          )}
          <ActionIcon aria-label={t('change.of', { name })} onClick={onChange}>
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon aria-label={t('delete.of', { name })} onClick={onDelete}>
            <IconTrash size={18} />
          </ActionIcon>
        </>
      }
    />
  );
}

function useWhom(roleIds: readonly string[]): string {
  const { t, count } = useText();
  const roleName = useRoleName();
  const roles = useRoles().data;
  if (roleIds.length === 0) return t('services.for-everybody');
  if (roles === undefined) return count('services.for-roles', roleIds.length);
  const names = roleIds.map((id) => {
    const role = roles.find((each) => each.id === id);
    return role === undefined ? t('services.role-gone') : roleName(role);
  });
  return t('services.for', { roles: names.join(', ') });
}
