import { Alert, Button, Checkbox, Paper, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { exportAddressLines, exportSubjectData, type Subject } from '@samtal/contract/subject-access';
import { IconDownload } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { Refusal, save, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useAttributes } from '../visitors/index.ts';
import { AddressFields, emptyAddress } from './address-fields.tsx';

/** Everything that is stored about a visitor, as a file for the visitor (G8). */
export function SubjectAccessPage() {
  const { t } = useText();
  return (
    <Page title={t('admin.subject-access')} says={t('subject-access.says')}>
      <Paper withBorder p="lg" maw="36rem">
        <ExportForm />
      </Paper>
    </Page>
  );
}

type By = Subject['kind'] | 'address';

function ExportForm() {
  const { t, locale } = useText();
  const problemText = useProblemText();
  const account = useAccount();
  const attributes = useAttributes();
  const findable = (attributes.data ?? []).filter((each) => each.indexed);
  const [by, setBy] = useState<By>('case');
  const [caseId, setCaseId] = useState('');
  const [attribute, setAttribute] = useState<string | null>(null);
  const [value, setValue] = useState('');
  const [address, setAddress] = useState(emptyAddress);
  const [withNotes, setWithNotes] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = attribute ?? findable[0]?.key ?? '';

  const params = { accountId: account.id };
  const language = locale === 'sv' ? 'sv' : 'en';
  const exportAddress = async () => {
    const { since, until, reason } = address;
    await save(exportAddressLines, 'subject-access.zip', {
      params,
      body: {
        address: address.address.trim(),
        since: since || null,
        until: until || null,
        reason: reason.trim(),
        locale: language,
      },
    });
  };
  const exportSubject = async (subject: Subject) => {
    const notes = withNotes ? 'included' : 'left-out';
    await save(exportSubjectData, 'subject-access.zip', {
      params,
      body: { subject, locale: language, notes },
    });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      if (by === 'address') await exportAddress();
      else if (by === 'case') await exportSubject({ kind: 'case', caseId: caseId.trim() });
      else await exportSubject({ kind: 'attribute', key, value: value.trim() });
      announce(t('subject-access.done'));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const ways: { value: By; label: string }[] = [
    { value: 'case', label: t('details.case') },
    ...(findable.length > 0
      ? [{ value: 'attribute' as const, label: t('subject-access.by-attribute') }]
      : []),
    ...(account.can('activity-log.export')
      ? [{ value: 'address' as const, label: t('subject-access.by-address') }]
      : []),
  ];
  const addressProblem = (refused: unknown) => {
    if (!(refused instanceof Refusal)) return problemText(refused);
    if (refused.code === 'not-found') return t('subject-access.no-lines');
    const isAddress = refused.fields.some((each) => each.pointer === '/body/address');
    return isAddress ? t('subject-access.no-address') : problemText(refused);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack align="stretch">
        {ways.length > 1 && (
          <SegmentedControl<By>
            aria-label={t('subject-access.by')}
            data={ways}
            value={by}
            onChange={(next) => {
              setBy(next);
              setError(null);
            }}
          />
        )}
        {by === 'address' && <AddressFields draft={address} onChange={setAddress} />}
        {by === 'case' && (
          <TextInput
            label={t('details.case')}
            description={t('subject-access.case-says')}
            placeholder="ABCDE-12345"
            value={caseId}
            onChange={(event) => setCaseId(event.currentTarget.value)}
            pattern="\s*[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}-?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}\s*"
            title={t('find.case-invalid')}
            spellCheck={false}
            autoComplete="off"
            required
            withAsterisk={false}
          />
        )}
        {by === 'attribute' && (
          <>
            <Select
              label={t('find.attribute')}
              data={findable.map((each) => ({ value: each.key, label: each.label }))}
              value={key}
              onChange={setAttribute}
              allowDeselect={false}
            />
            <TextInput
              label={t('find.value')}
              description={t('subject-access.value-says')}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              maxLength={500}
              pattern=".*\S.*"
              spellCheck={false}
              autoComplete="off"
              required
              withAsterisk={false}
            />
          </>
        )}
        {by !== 'address' && (
          <Checkbox
            label={t('subject-access.with-notes')}
            description={t('subject-access.with-notes-says')}
            checked={withNotes}
            onChange={(event) => setWithNotes(event.currentTarget.checked)}
          />
        )}
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {by === 'address' ? addressProblem(error) : problemText(error)}
          </Alert>
        )}
        <Button
          type="submit"
          loading={busy}
          leftSection={<IconDownload size={16} />}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('subject-access.export')}
        </Button>
      </Stack>
    </form>
  );
}
