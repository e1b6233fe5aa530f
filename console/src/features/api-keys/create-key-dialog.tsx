import { Alert, Select, Textarea } from '@mantine/core';
import type { Authorisation } from '@samtal/contract/access';
import { createApiKey, sensitiveAuthorisations, type ShownApiKey } from '@samtal/contract/api-keys';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, NameField } from '../../ui/index.ts';
import { useRoles } from '../access/index.ts';
import { useAccount } from '../accounts/index.ts';
import { firstGrant, KeyRolesField, type DraftGrant } from './key-roles-field.tsx';
import { lives, type Life } from './lives.ts';

interface CreateKeyDialogProps {
  onMade: (made: ShownApiKey) => Promise<unknown>;
  onClose: () => void;
}

/** Asks what a key is for, what it may do and until when, and says what it could do without anybody confirming it. */
export function CreateKeyDialog({ onMade, onClose }: CreateKeyDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const roles = useRoles().data ?? [];
  const [name, setName] = useState('');
  const [purpose, setPurpose] = useState('');
  const [grants, setGrants] = useState<readonly DraftGrant[]>([firstGrant]);
  const [life, setLife] = useState<Life>('longest');
  const allowed = new Set(
    grants.flatMap(({ roleId }) => roles.find(({ id }) => id === roleId)?.allows ?? []),
  );
  const sensitive = sensitiveAuthorisations.filter((name) => allowed.has(name));

  const submit = async () => {
    const made = await call(createApiKey, {
      params: { accountId: account.id },
      body: {
        name: name.trim(),
        purpose: purpose.trim(),
        grants: grants.flatMap(({ roleId, scope }) => (roleId === null ? [] : [{ roleId, scope }])),
        ...lives[life].from(Date.now()),
      },
    });
    await onMade(made);
  };
  return (
    <FormDialog
      opened
      title={t('api-keys.add')}
      action={t('api-keys.make')}
      size="lg"
      onSubmit={submit}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
      <Textarea
        label={t('api-keys.purpose')}
        description={t('api-keys.purpose-says')}
        value={purpose}
        onChange={(event) => setPurpose(event.currentTarget.value)}
        maxLength={300}
        required
        withAsterisk={false}
        autosize
        minRows={2}
      />
      <KeyRolesField grants={grants} onChange={setGrants} />
      {sensitive.length > 0 && <SensitiveNote authorisations={sensitive} />}
      <Select
        label={t('api-keys.life')}
        data={Object.keys(lives).map((each) => ({ value: each, label: t(`api-keys.life.${each as Life}`) }))}
        value={life}
        onChange={(value) => setLife((value ?? 'longest') as Life)}
        allowDeselect={false}
      />
    </FormDialog>
  );
}

/** What a person would be asked to confirm anew, a key does just so. */
function SensitiveNote({ authorisations }: { authorisations: readonly Authorisation[] }) {
  const { t } = useText();
  return (
    <Alert color="yellow" variant="light" title={t('api-keys.sensitive')}>
      {t('api-keys.sensitive-says')}
      <ul style={{ margin: '0.5rem 0 0', paddingInlineStart: '1.25rem' }}>
        {authorisations.map((name) => (
          <li key={name}>{t(`authorisation.${name}`)}</li>
        ))}
      </ul>
    </Alert>
  );
}
