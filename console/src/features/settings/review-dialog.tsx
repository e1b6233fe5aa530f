import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { changeSettings, type SettingKey, type SettingsOfLevel } from '@samtal/contract/settings';
import { useState, type FormEvent } from 'react';
import { call, Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { BeforeAfter } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { changedBetween, valueAfter, type Pending } from './pending.ts';
import { useSettingText } from './use-setting-text.ts';

interface ReviewDialogProps {
  /** As it was when the changes were made. */
  known: SettingsOfLevel;
  pending: Pending;
  /** Looks again at what holds now. */
  onLook: () => Promise<SettingsOfLevel>;
  /** The changes are to be made from this state. */
  onRebase: (now: SettingsOfLevel) => void;
  onSaved: (now: SettingsOfLevel) => void;
  onClose: () => void;
}

/** What will change, from what to what, and why; and what somebody else has changed meanwhile, when they have. */
export function ReviewDialog({ known, pending, onLook, onRebase, onSaved, onClose }: ReviewDialogProps) {
  const { t, count } = useText();
  const account = useAccount();
  const text = useSettingText();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [theirs, setTheirs] = useState<SettingsOfLevel | null>(null);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onSaved(
        await call(changeSettings, {
          params: { accountId: account.id },
          body: { channelId: known.channelId, version: known.version, reason, ...partsOf(pending) },
        }),
      );
    } catch (refused) {
      if (refused instanceof Refusal && refused.code === 'history.changed-meanwhile')
        setTheirs(await onLook());
      else setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const goOn = (now: SettingsOfLevel) => {
    setTheirs(null);
    onRebase(now);
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('settings.review')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          {theirs !== null && (
            <Conflict known={known} theirs={theirs} pending={pending} onGoOn={() => goOn(theirs)} />
          )}
          {theirs === null && (
            <>
              <Text size="sm" c="dimmed">
                {count('settings.changes', pending.size)}
              </Text>
              <BeforeAfter
                label={t('settings.review')}
                lines={known.settings
                  .filter(({ key }) => pending.has(key))
                  .map((setting) => ({
                    name: text.label(setting.key),
                    before: text.say(setting.key, setting.value),
                    after: text.say(setting.key, valueAfter(setting, pending.get(setting.key))),
                    note:
                      pending.get(setting.key) === 'unset'
                        ? t(`settings.origin-${setting.otherwise.origin}`)
                        : null,
                  }))}
              />
              <Textarea
                label={t('reason')}
                description={t('reason.says')}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                maxLength={500}
                autosize
                minRows={2}
                data-autofocus
              />
              {error !== null && (
                <Alert color="red" variant="light" role="alert">
                  {problemText(error)}
                </Alert>
              )}
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {t('settings.go-on-editing')}
                </Button>
                <Button type="submit" loading={busy}>
                  {t('save')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </form>
    </Modal>
  );
}

interface ConflictProps {
  known: SettingsOfLevel;
  theirs: SettingsOfLevel;
  pending: Pending;
  onGoOn: () => void;
}

/** Both versions beside each other, and a way on: from theirs, with one's own changes kept. */
function Conflict({ known, theirs, pending, onGoOn }: ConflictProps) {
  const { t } = useText();
  const text = useSettingText();
  const changed = changedBetween(known.settings, theirs.settings);
  return (
    <>
      <Alert color="yellow" variant="light" role="alert" title={t('settings.conflict')}>
        {t('settings.conflict-says')}
      </Alert>
      <BeforeAfter
        label={t('settings.conflict')}
        lines={changed.map(({ key, before, now }) => ({
          name: text.label(key),
          before: text.say(key, before.value),
          after: text.say(key, now.value),
          note: pending.has(key)
            ? t('settings.yours-is', { value: text.say(key, valueAfter(now, pending.get(key))) })
            : null,
        }))}
      />
      <Group justify="flex-end">
        <Button onClick={onGoOn} data-autofocus>
          {t('settings.go-on-from-theirs')}
        </Button>
      </Group>
    </>
  );
}

function partsOf(pending: Pending): { set: Record<string, never>; unset: SettingKey[] } {
  const set: Record<string, unknown> = {};
  const unset: SettingKey[] = [];
  for (const [key, change] of pending) {
    if (change === 'unset') unset.push(key as SettingKey);
    else set[key] = change.value;
  }
  // The editors give what the schema of each setting takes; the server judges it again.
  return { set: set as Record<string, never>, unset };
}
