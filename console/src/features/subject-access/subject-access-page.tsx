import { Alert, Button, Checkbox, Paper, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { exportSubjectData, type Subject } from '@samtal/contract/subject-access';
import { IconDownload } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { save, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, Page } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useAttributes } from '../visitors/index.ts';

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

function ExportForm() {
  const { t, locale } = useText();
  const problemText = useProblemText();
  const account = useAccount();
  const attributes = useAttributes();
  const findable = (attributes.data ?? []).filter((each) => each.indexed);
  const [by, setBy] = useState<Subject['kind']>('case');
  const [caseId, setCaseId] = useState('');
  const [attribute, setAttribute] = useState<string | null>(null);
  const [value, setValue] = useState('');
  const [withNotes, setWithNotes] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = attribute ?? findable[0]?.key ?? '';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const subject: Subject =
      by === 'case'
        ? { kind: 'case', caseId: caseId.trim() }
        : { kind: 'attribute', key, value: value.trim() };
    setBusy(true);
    setError(null);
    try {
      await save(exportSubjectData, 'subject-access.zip', {
        params: { accountId: account.id },
        body: {
          subject,
          locale: locale === 'sv' ? 'sv' : 'en',
          notes: withNotes ? 'included' : 'left-out',
        },
      });
      announce(t('subject-access.done'));
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack align="stretch">
        {findable.length > 0 && (
          <SegmentedControl
            aria-label={t('subject-access.by')}
            data={[
              { value: 'case', label: t('details.case') },
              { value: 'attribute', label: t('subject-access.by-attribute') },
            ]}
            value={by}
            onChange={(next) => setBy(next === 'case' ? 'case' : 'attribute')}
          />
        )}
        {by === 'case' ? (
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
        ) : (
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
        <Checkbox
          label={t('subject-access.with-notes')}
          description={t('subject-access.with-notes-says')}
          checked={withNotes}
          onChange={(event) => setWithNotes(event.currentTarget.checked)}
        />
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
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
