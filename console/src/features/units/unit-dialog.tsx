import { Text } from '@mantine/core';
import { changeUnit, createUnit, type Unit } from '@samtal/contract/units';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { placesFor } from './tree.ts';
import { UnitSelect } from './unit-select.tsx';

/** A unit to be changed, or one that is not there yet. */
export type EditedUnit = Unit | Pick<Unit, 'kind' | 'parentId'>;

interface UnitDialogProps {
  unit: EditedUnit;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

/** Makes a region or a team, renames it, or moves it. */
export function UnitDialog({ unit, onSaved, onClose }: UnitDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const known = 'id' in unit ? unit : null;
  const { kind } = unit;
  const [name, setName] = useState(known?.name ?? '');
  const [parentId, setParentId] = useState(unit.parentId);
  const [reason, setReason] = useState('');

  const save = async () => {
    const { id: accountId } = account;
    const body = { name: name.trim(), parentId, reason };
    if (known === null) await call(createUnit, { params: { accountId }, body: { kind, ...body } });
    else
      await call(changeUnit, {
        params: { accountId, unitId: known.id },
        body: { ...body, version: known.version },
      });
    await onSaved();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={t(known === null ? `unit.add-${kind}` : `unit.change-${kind}`)}
      action={t('save')}
      onSubmit={save}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
      <UnitSelect
        label={t('unit.parent')}
        none={t('unit.top')}
        value={parentId}
        onChange={setParentId}
        among={(units) => placesFor({ id: known?.id ?? null, kind }, units)}
      />
      {known !== null && parentId !== known.parentId && (
        <Text size="sm" c="dimmed" role="status">
          {t('unit.move-says')}
        </Text>
      )}
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
