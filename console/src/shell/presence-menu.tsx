import { Button, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useOwnPresence } from '../features/routing/index.ts';
import { useShortcut } from '../shortcuts/index.ts';
import { useText } from '../text/index.ts';
import { ToneDot, useReport, type Tone } from '../ui/index.ts';
import classes from './frame.module.css';

const tones = { available: 'good', away: 'warning', offline: 'neutral' } as const satisfies Record<
  string,
  Tone
>;

/** Whether the agent is offered conversations, and the way to change it. */
export function PresenceMenu() {
  const { t } = useText();
  const { state, change } = useOwnPresence();
  const report = useReport();
  const set = (wanted: 'available' | 'away') => void report(change.mutateAsync(wanted));
  useShortcut('presence', () => set(state === 'available' ? 'away' : 'available'));
  const shown = state ?? 'offline';

  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button
          variant="default"
          className={classes.presenceButton ?? ''}
          size="xs"
          h={34}
          loading={change.isPending}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          <span className={classes.presence}>
            <ToneDot tone={tones[shown]} />
            {t(`presence.${shown}`)}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['available', 'away'] as const).map((each) => (
          <Menu.Item
            key={each}
            leftSection={<ToneDot tone={tones[each]} />}
            rightSection={state === each ? <IconCheck size={16} aria-label={t('chosen')} /> : null}
            onClick={() => set(each)}
          >
            {t(`presence.${each}`)}
            <br />
            <small>{t(`presence.${each}-says`)}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
