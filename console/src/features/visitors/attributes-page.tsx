import { ActionIcon, Button, Checkbox, Code, Select, Textarea, TextInput } from '@mantine/core';
import { attributeCategories, attributeContents, type DeclaredAttribute } from '@samtal/contract/visitors';
import { IconId, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import {
  announce,
  ConfirmDialog,
  EmptyState,
  FormDialog,
  Page,
  ReasonField,
  Row,
  Rows,
  ToneBadge,
} from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { attributesQuery, declarationQuery, saveDeclaration } from './queries.ts';

/** `new`: an attribute that is not declared yet. */
type Editing = DeclaredAttribute | 'new' | null;

/** What the account may know about its visitors (D2). */
export function AttributesPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const declaration = useQuery(declarationQuery(account.id));
  const [editing, setEditing] = useState<Editing>(null);
  const [removing, setRemoving] = useState<DeclaredAttribute | null>(null);
  const { version = 0, attributes = [] } = declaration.data ?? {};
  const mayChange = account.can('settings.manage');

  const save = async (next: DeclaredAttribute[], reason: string) => {
    try {
      await saveDeclaration(account.id, { version, attributes: next, reason });
      announce(t('saved'));
    } finally {
      await queryClient.invalidateQueries({ queryKey: declarationQuery(account.id).queryKey });
      await queryClient.invalidateQueries({ queryKey: attributesQuery(account.id).queryKey });
    }
  };
  const put = async (attribute: DeclaredAttribute, reason: string) => {
    const known = attributes.some(({ key }) => key === attribute.key);
    await save(
      known
        ? attributes.map((each) => (each.key === attribute.key ? attribute : each))
        : [...attributes, attribute],
      reason,
    );
    setEditing(null);
  };
  const add = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('attributes.add')}
    </Button>
  ) : undefined;

  return (
    <Page title={t('admin.attributes')} says={t('attributes.says')} actions={add}>
      <Rows
        query={declaration}
        label={t('admin.attributes')}
        isEmpty={attributes.length === 0}
        empty={
          <EmptyState
            icon={IconId}
            title={t('attributes.none')}
            says={t('attributes.none-says')}
            action={add}
          />
        }
      >
        {attributes.map((attribute) => (
          <Row
            key={attribute.key}
            title={
              <>
                {attribute.label} <Code>{attribute.key}</Code>
              </>
            }
            says={attribute.purpose}
            badges={
              <>
                <ToneBadge tone={attribute.category === 'special' ? 'danger' : 'neutral'}>
                  {t(`attribute-category.${attribute.category}`)}
                </ToneBadge>
                {attribute.claim !== undefined && (
                  <ToneBadge tone="good">{t('attributes.claim-badge')}</ToneBadge>
                )}
                {attribute.indexed && <ToneBadge tone="accent">{t('attributes.indexed-badge')}</ToneBadge>}
              </>
            }
            actions={
              mayChange && (
                <>
                  <ActionIcon
                    aria-label={t('change.of', { name: attribute.label })}
                    onClick={() => setEditing(attribute)}
                  >
                    <IconPencil size={18} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('delete.of', { name: attribute.label })}
                    onClick={() => setRemoving(attribute)}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                </>
              )
            }
          />
        ))}
      </Rows>
      {editing !== null && (
        <AttributeDialog
          attribute={editing === 'new' ? null : editing}
          taken={attributes.map(({ key }) => key)}
          onSave={put}
          onClose={() => setEditing(null)}
        />
      )}
      <ConfirmDialog
        opened={removing !== null}
        title={t('attributes.delete-title', { name: removing?.label ?? '' })}
        says={t('attributes.delete-says')}
        action={t('delete')}
        danger
        asksReason
        onConfirm={async (reason) =>
          await save(
            attributes.filter(({ key }) => key !== removing?.key),
            reason,
          )
        }
        onClose={() => setRemoving(null)}
      />
    </Page>
  );
}

interface AttributeDialogProps {
  attribute: DeclaredAttribute | null;
  taken: readonly string[];
  onSave: (attribute: DeclaredAttribute, reason: string) => Promise<void>;
  onClose: () => void;
}

function AttributeDialog({ attribute, taken, onSave, onClose }: AttributeDialogProps) {
  const { t } = useText();
  const [fields, setFields] = useState<DeclaredAttribute>(
    attribute ?? { key: '', label: '', purpose: '', category: 'contact', indexed: false },
  );
  const [reason, setReason] = useState('');
  const set = (change: Partial<DeclaredAttribute>) => setFields({ ...fields, ...change });
  const isTaken = attribute === null && taken.includes(fields.key);
  return (
    <FormDialog
      opened
      title={t(attribute === null ? 'attributes.add' : 'attributes.change')}
      action={t('save')}
      size="lg"
      onSubmit={async () => {
        if (isTaken) return;
        await onSave({ ...fields, label: fields.label.trim(), purpose: fields.purpose.trim() }, reason);
      }}
      onClose={onClose}
    >
      <TextInput
        label={t('attributes.name')}
        description={t('attributes.name-says')}
        value={fields.label}
        onChange={(event) => set({ label: event.currentTarget.value })}
        maxLength={80}
        pattern=".*\S.*"
        required
        withAsterisk={false}
        data-autofocus
      />
      <TextInput
        label={t('attributes.key')}
        description={t('attributes.key-says', { example: 'customer-id' })}
        value={fields.key}
        onChange={(event) => set({ key: event.currentTarget.value })}
        pattern="[a-z][a-z0-9\-]{0,39}"
        title={t('attributes.key-says', { example: 'customer-id' })}
        error={isTaken ? t('attributes.key-taken') : null}
        disabled={attribute !== null}
        spellCheck={false}
        autoComplete="off"
        required
        withAsterisk={false}
      />
      <Textarea
        label={t('attributes.purpose')}
        description={t('attributes.purpose-says')}
        value={fields.purpose}
        onChange={(event) => set({ purpose: event.currentTarget.value })}
        maxLength={300}
        required
        withAsterisk={false}
        autosize
        minRows={2}
      />
      <Select
        label={t('attributes.category')}
        data={attributeCategories.map((value) => ({ value, label: t(`attribute-category.${value}`) }))}
        value={fields.category}
        onChange={(value) =>
          set({ category: attributeCategories.find((each) => each === value) ?? 'contact' })
        }
        allowDeselect={false}
      />
      <Select
        label={t('attributes.holds')}
        description={t('attributes.holds-says')}
        data={[
          { value: '', label: t('attributes.holds-anything') },
          ...attributeContents.map((value) => ({
            value,
            label:
              value === 'identifier'
                ? t('attributes.holds-identifier')
                : t(`setting.masking.detectors.${value}`),
          })),
        ]}
        value={fields.holds ?? ''}
        onChange={(value) => {
          const { holds: _, ...rest } = fields;
          const holds = attributeContents.find((each) => each === value);
          setFields(holds === undefined ? rest : { ...rest, holds });
        }}
        allowDeselect={false}
      />
      <TextInput
        label={t('attributes.claim')}
        description={t('attributes.claim-says', { example: 'sub' })}
        value={fields.claim ?? ''}
        onChange={(event) => {
          const { claim: _, ...rest } = fields;
          const claim = event.currentTarget.value.trim();
          setFields(claim === '' ? rest : { ...rest, claim });
        }}
        maxLength={120}
        pattern="[!-~]*"
        spellCheck={false}
        autoComplete="off"
      />
      <Checkbox
        label={t('attributes.indexed')}
        description={t('attributes.indexed-says')}
        checked={fields.indexed}
        onChange={(event) => set({ indexed: event.currentTarget.checked })}
      />
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  );
}
