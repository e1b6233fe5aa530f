import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import type { BodyOf } from '@samtal/contract/endpoint';
import type { changeSettings, SettingKey, SettingsOfLevel, SettingState } from '@samtal/contract/settings';
import { useState, type FormEvent } from 'react';
import { Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { BeforeAfter, type Line } from '../../ui/index.ts';
import { changedBetween, valueAfter, type Pending } from './pending.ts';
import { useSettingText } from './use-setting-text.ts';

/** What a level says and which version of that it is; features that show some of the settings add what they know of them. */
type Level = SettingsOfLevel;

/** A change as it is sent: made from `version`, to be `set` and `unset`. */
export type LevelChange = Pick<
  BodyOf<typeof changeSettings>,
  'channelId' | 'version' | 'reason' | 'unset'
> & {
  readonly set: Readonly<Record<string, never>>;
};

interface ReviewDialogProps<Known extends Level> {
  /** As it was when the changes were made. */
  known: Known;
  pending: Pending;
  /** What the dialog is called, and the word on the button that saves. */
  title: string;
  action: string;
  /** Whether a change may be made without saying why. */
  reason: 'optional' | 'required';
  /** How a change is said, where not by the value before and after. */
  linesOf?: (setting: SettingState, after: unknown) => Line[] | null;
  onSave: (change: LevelChange) => Promise<Known>;
  /** Looks again at what holds now. */
  onLook: () => Promise<Known>;
  /** The changes are to be made from this state. */
  onRebase: (now: Known) => void;
  onSaved: (now: Known) => void;
  onClose: () => void;
}

/** What will change, from what to what, and why; and what somebody else has changed meanwhile, when they have. */
export function ReviewDialog<Known extends Level>({
  known,
  pending,
  title,
  action,
  reason: wanted,
  linesOf = () => null,
  onSave,
  onLook,
  onRebase,
  onSaved,
  onClose,
}: ReviewDialogProps<Known>) {
  const { t, count } = useText();
  const text = useSettingText();
  const problemText = useProblemText();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [theirs, setTheirs] = useState<Known | null>(null);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { channelId, version } = known;
      onSaved(await onSave({ channelId, version, reason, ...partsOf(pending) }));
    } catch (refused) {
      if (refused instanceof Refusal && refused.code === 'history.changed-meanwhile')
        setTheirs(await onLook());
      else setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const goOn = (now: Known) => {
    setTheirs(null);
    onRebase(now);
  };

  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
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
                label={title}
                lines={known.settings
                  .filter(({ key }) => pending.has(key))
                  .flatMap((setting) => {
                    const after = valueAfter(setting, pending.get(setting.key));
                    const isReset = pending.get(setting.key) === 'unset';
                    return (
                      linesOf(setting, after) ?? {
                        name: text.label(setting.key),
                        before: text.say(setting.key, setting.value),
                        after: text.say(setting.key, after),
                        note: isReset ? t(`settings.origin-${setting.otherwise.origin}`) : null,
                      }
                    );
                  })}
              />
              <Textarea
                label={t('reason')}
                description={t('reason.says')}
                required={wanted === 'required'}
                withAsterisk={false}
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
                  {contradicting(error).map((key) => (
                    <div key={key}>
                      <strong>{text.label(key)}</strong>
                    </div>
                  ))}
                </Alert>
              )}
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {t('settings.go-on-editing')}
                </Button>
                <Button type="submit" loading={busy}>
                  {action}
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

/** The keys of the settings that contradict each other, where that is why a change was refused. */
function contradicting(error: unknown): string[] {
  if (!(error instanceof Refusal) || error.code !== 'settings.contradiction') return [];
  return error.fields.map(({ pointer }) => pointer.replace('/body/set/', ''));
}
