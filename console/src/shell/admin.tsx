import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useAccount } from '../features/accounts/index.ts';
import { useText } from '../text/index.ts';
import { adminGroupsFor } from './places.ts';
import { NotFoundPage } from './failure-pages.tsx';
import classes from './admin.module.css';

/** The administration pages that the user may see: in a column beside the page, or where there is no room in a menu above it. */
export function Admin() {
  return (
    <div className={classes.admin}>
      <PagesColumn />
      <PagesMenu />
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}

function PagesColumn() {
  const { t } = useText();
  return (
    <nav className={classes.column} aria-label={t('admin.label')}>
      {adminGroupsFor(useAccount()).map(({ text, pages }) => (
        <div key={text} role="group" aria-labelledby={text}>
          <p id={text} className={classes.group}>
            {t(text)}
          </p>
          {pages.map((page) => (
            <Link
              key={page.to}
              to={page.to}
              className={classes.page}
              activeProps={{ 'aria-current': 'page' }}
            >
              {t(page.text)}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

function PagesMenu() {
  const { t } = useText();
  const groups = adminGroupsFor(useAccount());
  const { pathname } = useLocation();
  const here = groups.flatMap(({ pages }) => pages).find(({ to }) => pathname.startsWith(to));
  return (
    <nav className={classes.bar} aria-label={t('admin.label')}>
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <UnstyledButton className={classes.here}>
            {t(here?.text ?? 'admin.label')}
            <IconChevronDown size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown mah="calc(100dvh - 9rem)" style={{ overflowY: 'auto' }}>
          {groups.map(({ text, pages }) => (
            <Fragment key={text}>
              <Menu.Label>{t(text)}</Menu.Label>
              {pages.map((page) => (
                <Menu.Item
                  key={page.to}
                  rightSection={page === here ? <IconCheck size={16} aria-label={t('chosen')} /> : null}
                  renderRoot={(props) => <Link to={page.to} {...props} />}
                >
                  {t(page.text)}
                </Menu.Item>
              ))}
            </Fragment>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}

export function FirstAdminPage() {
  const first = adminGroupsFor(useAccount())[0]?.pages[0];
  return first === undefined ? <NotFoundPage /> : <Navigate to={first.to} replace />;
}
