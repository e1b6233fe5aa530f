import { TextInput } from '@mantine/core';
import { renameFactor, type Factor } from '@samtal/contract/signin';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog } from '../../ui/index.ts';

interface RenameFactorProps {
  factor: Factor;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

export function RenameFactor({ factor, onClose, onChanged }: RenameFactorProps) {
  const { t } = useText();
  const [name, setName] = useState(factor.name);
  const rename = async () => {
    await call(renameFactor, { params: { factorId: factor.id }, body: { name: name.trim() } });
    await onChanged();
    onClose();
  };
  return (
    <FormDialog opened title={t('factor.rename')} action={t('save')} onSubmit={rename} onClose={onClose}>
      <TextInput
        label={t('factor.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={120}
        required
        withAsterisk={false}
        data-autofocus
      />
    </FormDialog>
  );
}
