import { Modal, Stack, Switch, Title } from '@mantine/core';
import { KeyCaps, shortcutNames, shortcuts, useCharacterShortcuts } from '../shortcuts/index.ts';
import { useText } from '../text/index.ts';
import classes from './frame.module.css';

/** Every keyboard shortcut, and the switch for those that are plain characters. */
export function HelpSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useText();
  const [characters, setCharacters] = useCharacterShortcuts();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Switch
          label={t('help.characters')}
          description={t('help.characters-says')}
          checked={characters}
          onChange={(event) => setCharacters(event.currentTarget.checked)}
        />
        {(['everywhere', 'conversation'] as const).map((group) => (
          <section key={group}>
            <Title order={3} mb={4}>
              {t(`help.${group}`)}
            </Title>
            {shortcutNames
              .filter((name) => shortcuts[name].group === group)
              .map((name) => (
                <Row key={name} says={t(`shortcut.${name}`)} keys={shortcuts[name].keys} />
              ))}
          </section>
        ))}
        <section>
          <Title order={3} mb={4}>
            {t('help.composer')}
          </Title>
          <Row says={t('shortcut.send')} keys={['enter']} />
          <Row says={t('shortcut.newline')} keys={['shift+enter']} />
          <Row says={t('shortcut.canned')} keys={['/']} />
        </section>
      </Stack>
    </Modal>
  );
}

function Row({ says, keys }: { says: string; keys: readonly string[] }) {
  const { t } = useText();
  return (
    <div className={classes.shortcut}>
      <span>{says}</span>
      <span className={classes.presence}>
        {keys.map((each, index) => (
          <span key={each} className={classes.presence}>
            {index > 0 && <span className={classes.or}>{t('or')}</span>}
            <KeyCaps keys={each} />
          </span>
        ))}
      </span>
    </div>
  );
}
