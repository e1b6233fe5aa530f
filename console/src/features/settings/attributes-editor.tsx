import { ActionIcon, Button, Checkbox, Select, TextInput, VisuallyHidden } from '@mantine/core';
import type { SettingValues } from '@samtal/contract/settings';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import classes from './settings.module.css';

export type DeclaredAttribute = SettingValues['visitors.attributes'][number];

const categories = ['contact', 'identifier', 'customer', 'special'] as const;

interface AttributesEditorProps {
  attributes: readonly DeclaredAttribute[];
  onChange: (attributes: DeclaredAttribute[]) => void;
}

/** What may be stored about a visitor: a table with a line for each declared attribute (D2). */
export function AttributesEditor({ attributes, onChange }: AttributesEditorProps) {
  const { t } = useText();
  const change = (index: number, changes: Partial<DeclaredAttribute>) =>
    onChange(attributes.map((each, at) => (at === index ? { ...each, ...changes } : each)));
  const add = () =>
    onChange([...attributes, { key: '', label: '', purpose: '', category: 'customer', indexed: false }]);
  return (
    <div className={classes.attributes}>
      {attributes.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('attribute.key')}</th>
              <th scope="col">{t('attribute.label')}</th>
              <th scope="col">{t('attribute.purpose')}</th>
              <th scope="col">{t('attribute.category')}</th>
              <th scope="col">{t('attribute.indexed')}</th>
              <th scope="col">
                <VisuallyHidden>{t('delete')}</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {attributes.map((attribute, index) => {
              const cell = (name: 'key' | 'label' | 'purpose' | 'category' | 'indexed') =>
                t('attribute.cell', { field: t(`attribute.${name}`), line: index + 1 });
              const isRepeated = attributes.some((each, at) => at < index && each.key === attribute.key);
              const isKey = /^[a-z][a-z0-9-]{0,39}$/.test(attribute.key);
              return (
                // The place is the identity: everything else about a line can change.
                // oxlint-disable-next-line react/no-array-index-key
                <tr key={index}>
                  <td data-label={t('attribute.key')}>
                    <TextInput
                      value={attribute.key}
                      onChange={(event) => change(index, { key: event.currentTarget.value })}
                      maxLength={40}
                      placeholder="customer-number"
                      error={attribute.key !== '' && (!isKey || isRepeated) ? t('attribute.key-says') : null}
                      aria-label={cell('key')}
                    />
                  </td>
                  <td data-label={t('attribute.label')}>
                    <TextInput
                      value={attribute.label}
                      onChange={(event) => change(index, { label: event.currentTarget.value })}
                      maxLength={80}
                      aria-label={cell('label')}
                    />
                  </td>
                  <td data-label={t('attribute.purpose')}>
                    <TextInput
                      value={attribute.purpose}
                      onChange={(event) => change(index, { purpose: event.currentTarget.value })}
                      maxLength={300}
                      aria-label={cell('purpose')}
                    />
                  </td>
                  <td data-label={t('attribute.category')}>
                    <Select
                      data={categories.map((each) => ({
                        value: each,
                        label: t(`attribute.category-${each}`),
                      }))}
                      value={attribute.category}
                      onChange={(value) => value !== null && change(index, { category: value })}
                      allowDeselect={false}
                      aria-label={cell('category')}
                    />
                  </td>
                  <td data-label={t('attribute.indexed')} className={classes.tick}>
                    <Checkbox
                      checked={attribute.indexed}
                      onChange={(event) => change(index, { indexed: event.currentTarget.checked })}
                      aria-label={cell('indexed')}
                    />
                  </td>
                  <td>
                    <ActionIcon
                      aria-label={t('delete.of', {
                        name: attribute.label || attribute.key || String(index + 1),
                      })}
                      onClick={() => onChange(attributes.filter((_, at) => at !== index))}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={add}
        disabled={attributes.length >= 30}
      >
        {t('attribute.add')}
      </Button>
    </div>
  );
}
