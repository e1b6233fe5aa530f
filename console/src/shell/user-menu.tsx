import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import {
  IconBell,
  IconBellOff,
  IconCheck,
  IconDeviceDesktop,
  IconHelp,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
  IconVolume,
  IconVolumeOff,
  type Icon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccount } from '../features/accounts/index.ts';
import {
  canNotify,
  isNotifying,
  isSounding,
  switchNotifications,
  switchSound,
} from '../features/conversations/index.ts';
import { useSession, useSignOut } from '../features/signin/index.ts';
import { languageName, locales, useText } from '../text/index.ts';
import { announce, useReport } from '../ui/index.ts';
import { mayTalk } from './places.ts';
import classes from './frame.module.css';

/** What belongs to the user: accounts, profile, how the console looks and calls, and the way out. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useText();
  const session = useSession();
  const account = useAccount();
  const signOut = useSignOut();
  const report = useReport();

  return (
    <>
      {account.all.length > 1 && <span className={classes.account}>{account.name}</span>}
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <UnstyledButton
            className={classes.userButton}
            aria-label={t('menu.label', { name: session?.user.name ?? '' })}
          >
            <span className={classes.initials} data-initials={initialsOf(session?.user.name ?? '')} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown mah="calc(100dvh - 5rem)" style={{ overflowY: 'auto' }}>
          <Menu.Label>{session?.user.email}</Menu.Label>
          {session?.operator === null && (
            <Menu.Item
              leftSection={<IconUser size={16} />}
              renderRoot={(props) => <Link to="/profile" {...props} />}
            >
              {t('menu.profile')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconHelp size={16} />} onClick={onHelp}>
            {t('help.title')}
          </Menu.Item>
          <AccountItems />
          {mayTalk(account) && <AlertItems />}
          <ColorSchemeItems />
          <LanguageItems />
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconLogout size={16} />}
            onClick={() => void report(signOut.mutateAsync())}
          >
            {t('menu.sign-out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** The first letters of the first and the last word of a name. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => (word ?? '').charAt(0).toLocaleUpperCase()).join('');
}

interface ChoiceProps {
  text: string;
  chosen: boolean;
  icon?: Icon;
  lang?: string;
  onClick: () => void;
}

function Choice({ text, chosen, icon: ChoiceIcon, lang, onClick }: ChoiceProps) {
  const { t } = useText();
  return (
    <Menu.Item
      closeMenuOnClick={false}
      leftSection={ChoiceIcon === undefined ? null : <ChoiceIcon size={16} />}
      rightSection={chosen ? <IconCheck size={16} aria-label={t('chosen')} /> : null}
      onClick={onClick}
      {...(lang === undefined ? {} : { lang })}
    >
      {text}
    </Menu.Item>
  );
}

function AccountItems() {
  const { t } = useText();
  const account = useAccount();
  if (account.all.length < 2) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('menu.accounts')}</Menu.Label>
      {account.all.map(({ id, name }) => (
        <Choice key={id} text={name} chosen={id === account.id} onClick={() => account.change(id)} />
      ))}
    </>
  );
}

function AlertItems() {
  const { t } = useText();
  const [notifying, setNotifying] = useState(isNotifying);
  const [sounding, setSounding] = useState(isSounding);

  const toggleNotifications = async () => {
    if (!(await switchNotifications(!notifying))) announce(t('menu.notifications-refused'));
    setNotifying(isNotifying());
  };
  const toggleSound = () => {
    switchSound(!sounding);
    setSounding(!sounding);
  };
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('menu.alerts')}</Menu.Label>
      {canNotify() && (
        <Choice
          text={t('menu.notifications')}
          icon={notifying ? IconBell : IconBellOff}
          chosen={notifying}
          onClick={() => void toggleNotifications()}
        />
      )}
      <Choice
        text={t('menu.sound')}
        icon={sounding ? IconVolume : IconVolumeOff}
        chosen={sounding}
        onClick={toggleSound}
      />
    </>
  );
}

const schemes: [MantineColorScheme, Icon][] = [
  ['auto', IconDeviceDesktop],
  ['light', IconSun],
  ['dark', IconMoon],
];

function ColorSchemeItems() {
  const { t } = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('menu.theme')}</Menu.Label>
      {schemes.map(([scheme, icon]) => (
        <Choice
          key={scheme}
          text={t(`theme.${scheme}`)}
          icon={icon}
          chosen={scheme === colorScheme}
          onClick={() => setColorScheme(scheme)}
        />
      ))}
    </>
  );
}

function LanguageItems() {
  const { t, locale, changeLocale } = useText();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('language')}</Menu.Label>
      {locales.map((each) => (
        <Choice
          key={each}
          text={languageName(each, each)}
          lang={each}
          chosen={each === locale}
          onClick={() => void changeLocale(each)}
        />
      ))}
    </>
  );
}
