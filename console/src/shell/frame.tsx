import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKeyboard } from '@tabler/icons-react';
import { Link, Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useAccount } from '../features/accounts/index.ts';
import { useFocusList } from '../features/conversations/index.ts';
import { OperatorBanner } from '../features/operator-access/index.ts';
import { ConnectionChip } from '../features/realtime/index.ts';
import { ElevationChip, ElevationDialog } from '../features/signin/index.ts';
import { useShortcut } from '../shortcuts/index.ts';
import { useText } from '../text/index.ts';
import { Announcements } from './announcements.tsx';
import { HelpSheet } from './help-sheet.tsx';
import { mayTalk, placesFor } from './places.ts';
import { PresenceMenu } from './presence-menu.tsx';
import { UserMenu } from './user-menu.tsx';
import classes from './frame.module.css';

/** The bar on top, the page below, and on a phone the places at the bottom. */
export function Frame() {
  const { t } = useText();
  const account = useAccount();
  const [helpOpened, help] = useDisclosure(false);
  const { conversationId } = useParams({ strict: false });
  useFrameShortcuts(help.toggle);

  return (
    <div className={classes.frame} data-open={conversationId !== undefined || undefined}>
      <a className={classes.skip} href="#main">
        {t('skip')}
      </a>
      <header className={classes.bar}>
        <Link to="/" className={classes.brand}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          <span>Samtal</span>
        </Link>
        <Places className={classes.barPlaces} />
        <div className={classes.barEnd}>
          {mayTalk(account) && <ConnectionChip />}
          {account.can('conversations.handle') && <PresenceMenu />}
          <Tooltip label={t('help.title')}>
            <ActionIcon className={classes.helpButton} aria-label={t('help.title')} onClick={help.open}>
              <IconKeyboard size={20} />
            </ActionIcon>
          </Tooltip>
          <ElevationChip />
          <UserMenu onHelp={help.open} />
        </div>
      </header>
      <OperatorBanner />
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <section id="overlays" aria-label={t('overlays')}>
        <Announcements className={classes.messages ?? ''} />
      </section>
      <Places className={classes.bottomPlaces} />
      <ElevationDialog />
      <HelpSheet opened={helpOpened} onClose={help.close} />
    </div>
  );
}

function Places({ className }: { className: string | undefined }) {
  const { t } = useText();
  const places = placesFor(useAccount());
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (places.length < 2) return <span className={className} data-empty />;
  return (
    <nav className={className} aria-label={t('nav.label')}>
      {places.map(({ to, text, icon: PlaceIcon }) => {
        const isHere = to === '/' ? path === '/' || path.startsWith('/conversations') : path.startsWith(to);
        return (
          <Link key={to} to={to} className={classes.place} aria-current={isHere ? 'page' : undefined}>
            <PlaceIcon size={18} stroke={1.8} aria-hidden="true" />
            <span>{t(text)}</span>
          </Link>
        );
      })}
    </nav>
  );
}

function useFrameShortcuts(onHelp: () => void): void {
  const account = useAccount();
  const navigate = useNavigate();
  const focusList = useFocusList();
  useShortcut('help', onHelp);
  useShortcut('goMine', account.can('conversations.handle') ? () => void focusList('mine') : null);
  useShortcut('goWaiting', account.can('conversations.take') ? () => void focusList('waiting') : null);
  useShortcut('goFind', account.can('conversations.find') ? () => void navigate({ to: '/find' }) : null);
}
