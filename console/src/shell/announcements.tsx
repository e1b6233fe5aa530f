import { MantineThemeProvider, Notification } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';
import { useText } from '../text/index.ts';

/** Where `announce` and `useReport` say things. Each can be closed, by a button that has a name. */
export function Announcements({ className }: { className: string }) {
  const { t } = useText();
  const closeButtonProps = { 'aria-label': t('close') };
  const components = { Notification: Notification.extend({ defaultProps: { closeButtonProps } }) };
  return (
    <MantineThemeProvider inherit theme={{ components }}>
      <Notifications position="top-center" limit={3} withinPortal={false} className={className} />
    </MantineThemeProvider>
  );
}
