import { MultiSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import {
  changeDataService,
  createDataService,
  dataServiceLimits,
  type DataService,
} from '@samtal/contract/data-services';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { FormDialog, NameField, ReasonField } from '../../ui/index.ts';
import { useRoleName, useRoles } from '../access/index.ts';
import { useAccount } from '../accounts/index.ts';
import { keyFor, newDraft, type Draft } from './draft.ts';
import { NarrowingFields } from './narrowing-fields.tsx';
import { PeriodFields } from './period-fields.tsx';
import { QuestionFields } from './question-fields.tsx';

interface ServiceDialogProps {
  /** Null for a new one. */
  service: DataService | null;
  onSaved: () => Promise<unknown>;
  onClose: () => void;
}

/** Writes the definition of a data service. */
export function ServiceDialog({ service, onSaved, onClose }: ServiceDialogProps) {
  const { t } = useText();
  const account = useAccount();
  const [draft, setDraft] = useState<Draft>(service ?? newDraft);
  const [reason, setReason] = useState('');
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const { key, name, description, enabled, requestsPerMinute, query } = draft;

  const save = async () => {
    const fields = { name: name.trim(), description: description.trim(), enabled, requestsPerMinute };
    const body = { ...fields, roleIds: draft.roleIds, query, reason };
    const params = { accountId: account.id };
    if (service === null) await call(createDataService, { params, body: { ...body, key } });
    else
      await call(changeDataService, {
        params: { ...params, serviceKey: service.key },
        body: { ...body, version: service.version },
      });
    await onSaved();
    onClose();
  };
  return (
    <FormDialog
      opened
      title={service === null ? t('services.add') : t('change.of', { name: service.name })}
      action={t('save')}
      size="xl"
      onSubmit={save}
      onClose={onClose}
    >
      <NameField
        value={name}
        onChange={(next) =>
          // The key follows the name until somebody says otherwise.
          set(service === null && key === keyFor(name) ? { name: next, key: keyFor(next) } : { name: next })
        }
      />
      {service === null && (
        <TextInput
          label={t('services.key')}
          description={t('services.key-says')}
          value={key}
          onChange={(event) => set({ key: event.currentTarget.value })}
          pattern="[a-z0-9][a-z0-9\-]*[a-z0-9]"
          title={t('services.key-says')}
          minLength={2}
          maxLength={60}
          required
          withAsterisk={false}
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <Textarea
        label={t('services.description')}
        description={t('services.description-says')}
        value={description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        maxLength={1000}
        autosize
        minRows={2}
      />
      <QuestionFields query={query} onChange={(next) => set({ query: next })} />
      <PeriodFields query={query} onChange={(next) => set({ query: next })} />
      <NarrowingFields query={query} onChange={(next) => set({ query: next })} />
      <RolesField value={draft.roleIds} onChange={(roleIds) => set({ roleIds })} />
      <NumberInput
        label={t('services.pace')}
        description={t('services.pace-says')}
        value={requestsPerMinute}
        onChange={(value) => set({ requestsPerMinute: Number(value) })}
        min={1}
        max={dataServiceLimits.requestsPerMinute}
        allowDecimal={false}
        clampBehavior="blur"
        maw="20rem"
        required
        withAsterisk={false}
      />
      <Switch
        label={t('services.enabled')}
        description={t('services.enabled-says')}
        checked={enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}

/** To whom it answers. Roles that have gone stay named until somebody takes them out: without them it would be everybody’s. */
function RolesField({ value, onChange }: { value: string[]; onChange: (roleIds: string[]) => void }) {
  const { t } = useText();
  const roleName = useRoleName();
  const roles = useRoles().data ?? [];
  const known = roles.map((role) => ({ value: role.id, label: roleName(role) }));
  const gone = value
    .filter((id) => !roles.some((role) => role.id === id))
    .map((id) => ({ value: id, label: t('services.role-gone') }));
  return (
    <MultiSelect
      label={t('services.roles')}
      description={t('services.roles-says')}
      data={[...known, ...gone]}
      value={value}
      onChange={onChange}
      searchable
      nothingFoundMessage={t('nothing-found')}
    />
  );
}
