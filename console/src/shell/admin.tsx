import { Link, Navigate, Outlet } from '@tanstack/react-router';
import { useAccount } from '../features/accounts/index.ts';
import { useText } from '../text/index.ts';
import { adminPagesFor } from './places.ts';
import { NotFoundPage } from './failure-pages.tsx';
import classes from './admin.module.css';

/** The administration pages that the user may see, side by side. */
export function Admin() {
  const { t } = useText();
  const pages = adminPagesFor(useAccount());
  return (
    <div className={classes.admin}>
      <nav className={classes.pages} aria-label={t('admin.label')}>
        {pages.map(({ to, text }) => (
          <Link key={to} to={to} className={classes.page} activeProps={{ 'aria-current': 'page' }}>
            {t(text)}
          </Link>
        ))}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}

export function FirstAdminPage() {
  const first = adminPagesFor(useAccount())[0];
  return first === undefined ? <NotFoundPage /> : <Navigate to={first.to} replace />;
}
