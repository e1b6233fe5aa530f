import { IconChartBar, IconMessages, IconSearch, IconSettings, type Icon } from '@tabler/icons-react';
import { embeddedIn } from '../api/index.ts';
import type { CurrentAccount } from '../features/accounts/index.ts';
import type { TextKey } from '../text/index.ts';

interface Place {
  readonly to: '/' | '/find' | '/statistics' | '/admin';
  readonly text: TextKey;
  readonly icon: Icon;
}

/** What each administration page needs, by what it is about. A page that its reader could do nothing on is not shown. */
const adminGroups = [
  {
    text: 'admin.group.people',
    pages: [
      { to: '/admin/users', text: 'admin.users', needs: 'users.read' },
      { to: '/admin/roles', text: 'admin.roles', needs: 'access.read' },
      { to: '/admin/identity-providers', text: 'admin.identity-providers', needs: 'federation.manage' },
      { to: '/admin/api-keys', text: 'admin.api-keys', needs: 'api-keys.manage' },
      { to: '/admin/exports', text: 'admin.exports', needs: 'statistics.export' },
      { to: '/admin/data-services', text: 'admin.data-services', needs: 'data-services.manage' },
      { to: '/admin/operators', text: 'admin.operators', needs: 'operators.admit' },
      { to: '/admin/units', text: 'admin.units', needs: 'units.manage' },
    ],
  },
  {
    text: 'admin.group.service',
    pages: [
      { to: '/admin/queues', text: 'admin.queues', needs: 'routing.manage' },
      { to: '/admin/sites', text: 'admin.sites', needs: 'sites.read' },
      { to: '/admin/canned-replies', text: 'admin.canned-replies', needs: 'canned-replies.manage' },
      { to: '/admin/tags', text: 'admin.tags', needs: 'settings.manage' },
    ],
  },
  {
    text: 'admin.group.privacy',
    pages: [
      { to: '/admin/masking', text: 'admin.masking', needs: 'settings.read' },
      { to: '/admin/attributes', text: 'admin.attributes', needs: 'settings.read' },
      { to: '/admin/retention', text: 'admin.retention', needs: 'retention.read' },
      { to: '/admin/subject-access', text: 'admin.subject-access', needs: 'subject-access.export' },
      { to: '/admin/data-protection', text: 'admin.data-protection', needs: 'settings.read' },
    ],
  },
  {
    text: 'admin.group.account',
    pages: [
      { to: '/admin/settings', text: 'admin.settings', needs: 'settings.read' },
      { to: '/admin/self-check', text: 'admin.self-check', needs: 'settings.read' },
      { to: '/admin/history', text: 'admin.history', needs: 'settings.read' },
      { to: '/admin/audit', text: 'admin.audit', needs: 'audit.read' },
      { to: '/admin/account', text: 'admin.account', needs: 'account.manage' },
    ],
  },
] as const;

/** The groups of pages that the user may see, without empty ones. */
export function adminGroupsFor(account: CurrentAccount) {
  return adminGroups
    .map(({ text, pages }) => ({ text, pages: pages.filter(({ needs }) => account.can(needs)) }))
    .filter(({ pages }) => pages.length > 0);
}

export function mayTalk(account: CurrentAccount): boolean {
  return account.can('conversations.handle') || account.can('conversations.take');
}

/** Where the user may go. */
export function placesFor(account: CurrentAccount): Place[] {
  const places: Place[] = [];
  if (mayTalk(account)) places.push({ to: '/', text: 'nav.conversations', icon: IconMessages });
  if (account.can('conversations.find')) places.push({ to: '/find', text: 'nav.find', icon: IconSearch });
  if (account.can('statistics.view'))
    places.push({ to: '/statistics', text: 'nav.statistics', icon: IconChartBar });
  // Around a frame is somebody else's page: what configures an account is not done there.
  if (embeddedIn === null && adminGroupsFor(account).length > 0)
    places.push({ to: '/admin', text: 'nav.admin', icon: IconSettings });
  return places;
}
