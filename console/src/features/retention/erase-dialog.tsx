import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import {
  previewErasure,
  requestErasure,
  type ErasureSubject,
  type Subject,
} from '@samtal/contract/retention';
import type { ResponseOf } from '@samtal/contract/endpoint';
import { listAttributes } from '@samtal/contract/visitors';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { newId } from '../realtime/index.ts';
import { caseIdPattern } from './case-id.ts';
import { useRefresh } from './holds.tsx';
import classes from './retention.module.css';

type Extent = ResponseOf<typeof previewErasure>;

/** Two steps: what shall be erased, and then exactly what will be gone. `caseId` is null where it is typed. */
export function EraseDialog({ caseId, onClose }: { caseId: string | null; onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal
      opened
      onClose={onClose}
      title={caseId === null ? t('erasure.ask') : t('erasure.case-title', { case: caseId })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <EraseForm caseId={caseId} onClose={onClose} />
    </Modal>
  );
}

function EraseForm({ caseId, onClose }: { caseId: string | null; onClose: () => void }) {
  const { t } = useText();
  const problemText = useProblemText();
  const params = { accountId: useAccount().id };
  const refresh = useRefresh();
  // Made once: sent twice, it is the same request.
  const [id] = useState(newId);
  const [kind, setKind] = useState<ErasureSubject>('case');
  const [attribute, setAttribute] = useState<string | null>(null);
  const [value, setValue] = useState(caseId ?? '');
  const [reference, setReference] = useState('');
  const [extent, setExtent] = useState<Extent | null>(null);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const subject = subjectOf(kind, attribute, value.trim());
  const isNothing = extent !== null && extent.conversations === 0 && extent.logLines === 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (subject === null) return;
    setBusy(true);
    setError(null);
    try {
      if (extent === null) setExtent(await call(previewErasure, { params, body: { subject } }));
      else {
        await call(requestErasure, { params, body: { id, subject, reference } });
        await refresh();
        onClose();
      }
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {extent === null ? (
          <>
            {caseId === null && (
              <SubjectFields
                kind={kind}
                onKind={(next) => {
                  setKind(next);
                  setValue('');
                }}
                attribute={attribute}
                onAttribute={setAttribute}
                value={value}
                onValue={setValue}
              />
            )}
            <TextInput
              label={t('erasure.reference')}
              description={t('erasure.reference-says')}
              value={reference}
              onChange={(event) => setReference(event.currentTarget.value)}
              maxLength={120}
            />
          </>
        ) : (
          <>
            <Gone extent={extent} />
            {!isNothing && (
              <Checkbox
                label={t('erasure.sure')}
                checked={sure}
                onChange={(event) => setSure(event.currentTarget.checked)}
                data-autofocus
              />
            )}
          </>
        )}
        {error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={extent === null ? onClose : () => setExtent(null)}>
            {t(extent === null ? 'cancel' : 'back')}
          </Button>
          {extent === null ? (
            <Button type="submit" loading={busy}>
              {t('erasure.look')}
            </Button>
          ) : (
            <Button type="submit" color="red.8" loading={busy} disabled={!sure || isNothing}>
              {t('erasure.do')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function subjectOf(kind: ErasureSubject, attribute: string | null, value: string): Subject | null {
  if (kind === 'case') return { kind, caseId: value };
  if (kind === 'address') return { kind, address: value };
  return attribute === null ? null : { kind, attribute, value };
}

interface SubjectFieldsProps {
  kind: ErasureSubject;
  onKind: (kind: ErasureSubject) => void;
  attribute: string | null;
  onAttribute: (attribute: string | null) => void;
  value: string;
  onValue: (value: string) => void;
}

function SubjectFields({ kind, onKind, attribute, onAttribute, value, onValue }: SubjectFieldsProps) {
  const { t } = useText();
  const accountId = useAccount().id;
  const attributes = useQuery({
    queryKey: ['account', accountId, 'attributes'],
    queryFn: async () => (await call(listAttributes, { params: { accountId } })).items,
  });
  const indexed = attributes.data?.filter((each) => each.indexed) ?? [];
  return (
    <>
      <SegmentedControl
        value={kind}
        onChange={onKind}
        data={(['case', 'attribute', 'address'] as const).map((each) => ({
          value: each,
          label: t(`erasure.kind.${each}`),
        }))}
        aria-label={t('erasure.ask')}
      />
      {kind === 'attribute' && (
        <Select
          label={t('erasure.attribute')}
          description={indexed.length === 0 ? t('erasure.no-attribute') : undefined}
          data={indexed.map((each) => ({ value: each.key, label: each.label }))}
          value={attribute}
          onChange={onAttribute}
          required
          withAsterisk={false}
        />
      )}
      <TextInput
        label={t(`erasure.value.${kind}`)}
        description={t(`erasure.value-says.${kind}`)}
        placeholder={kind === 'case' ? '7QF3K-M9XDA' : kind === 'address' ? '192.0.2.1' : ''}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value)}
        {...(kind === 'case' ? { pattern: caseIdPattern, title: t('retention.no-case-id') } : {})}
        maxLength={kind === 'attribute' ? 500 : 45}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
    </>
  );
}

/** Exactly what will be gone, and what will not yet. */
function Gone({ extent }: { extent: Extent }) {
  const { t, formats, count } = useText();
  if (extent.conversations === 0 && extent.logLines === 0)
    return <p className={classes.nothing}>{t('erasure.nothing')}</p>;
  return (
    <div className={classes.gone}>
      <p>{t('erasure.gone')}</p>
      <ul>
        {extent.conversations > 0 && (
          <>
            <li>
              {count('retention.transcripts', extent.conversations)}
              {extent.oldest !== null && extent.newest !== null && (
                <small>
                  {t('erasure.between', {
                    from: formats.dateTime(extent.oldest),
                    to: formats.dateTime(extent.newest),
                  })}
                </small>
              )}
            </li>
            <li>{count('erasure.entries', extent.entries)}</li>
            <li>{t('erasure.with-it')}</li>
          </>
        )}
        {extent.logLines > 0 && <li>{count('erasure.log-lines', extent.logLines)}</li>}
      </ul>
      {extent.open > 0 && (
        <Alert color="yellow" variant="light">
          {count('erasure.open', extent.open)}
        </Alert>
      )}
      {extent.held > 0 && (
        <Alert color="yellow" variant="light">
          {count('erasure.held-says', extent.held)}
        </Alert>
      )}
      <p>{t('erasure.backups')}</p>
    </div>
  );
}
