import { ActionIcon, Button, Group } from '@mantine/core';
import { deleteUnit, type Unit } from '@samtal/contract/units';
import {
  IconMapPin,
  IconPencil,
  IconPlus,
  IconSitemap,
  IconTrash,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Row, Rows, ToneBadge } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { unitsQuery, useUnits } from './queries.ts';
import type { Branch } from './tree.ts';
import { UnitDialog, type EditedUnit } from './unit-dialog.tsx';
import classes from './units-page.module.css';

/** The tree of regions and teams (B2). */
export function UnitsPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const units = useUnits();
  const [editing, setEditing] = useState<EditedUnit | null>(null);
  const [removing, setRemoving] = useState<Unit | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: unitsQuery(account.id).queryKey });

  const add = (
    <Group gap="sm">
      <Button variant="default" onClick={() => setEditing({ kind: 'team', parentId: null })}>
        {t('unit.add-team')}
      </Button>
      <Button
        leftSection={<IconPlus size={16} />}
        onClick={() => setEditing({ kind: 'region', parentId: null })}
      >
        {t('unit.add-region')}
      </Button>
    </Group>
  );
  const remove = async (reason: string) => {
    if (removing === null) return;
    await call(deleteUnit, { params: { accountId: account.id, unitId: removing.id }, body: { reason } });
    await refresh();
  };
  return (
    <Page title={t('admin.units')} says={t('unit.says')} actions={add}>
      <Rows
        query={units}
        label={t('admin.units')}
        isEmpty={units.data?.length === 0}
        empty={
          <EmptyState icon={IconSitemap} title={t('unit.none')} says={t('unit.none-says')} action={add} />
        }
      >
        {units.data?.map((unit) => (
          <UnitRow
            key={unit.id}
            unit={unit}
            onAdd={() => setEditing({ kind: 'team', parentId: unit.id })}
            onChange={() => setEditing(unit)}
            onDelete={() => setRemoving(unit)}
          />
        ))}
      </Rows>
      {editing !== null && <UnitDialog unit={editing} onSaved={refresh} onClose={() => setEditing(null)} />}
      <ConfirmDialog
        opened={removing !== null}
        title={t('unit.delete-title', { name: removing?.name ?? '' })}
        says={t('unit.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={remove}
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface UnitRowProps {
  unit: Branch;
  onAdd: () => void;
  onChange: () => void;
  onDelete: () => void;
}

function UnitRow({ unit, onAdd, onChange, onDelete }: UnitRowProps) {
  const { t, count } = useText();
  const { name } = unit;
  // Up to a depth that a phone has room for.
  const indent = { paddingInlineStart: Math.min(unit.level, 6) * 20 };
  const Mark = unit.kind === 'region' ? IconMapPin : IconUsersGroup;
  return (
    <Row
      title={
        <span className={classes.name} style={indent}>
          <Mark size={16} aria-hidden /> {name}
        </span>
      }
      badges={
        <span className={classes.name} style={indent}>
          <ToneBadge tone="neutral">{t(`unit.${unit.kind}`)}</ToneBadge>
          <ToneBadge tone="neutral">{count('unit.queues', unit.queues)}</ToneBadge>
        </span>
      }
      actions={
        <>
          <ActionIcon aria-label={t('unit.add-in', { name })} onClick={onAdd}>
            <IconPlus size={18} />
          </ActionIcon>
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
