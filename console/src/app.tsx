import { MantineProvider } from '@mantine/core';
import { configurationKinds, type ConfigurationKind } from '@samtal/contract/history';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  RouterProvider,
} from '@tanstack/react-router';
import { basePath, createQueryClient } from './api/index.ts';
import { sessionQuery } from './features/signin/index.ts';
import { readFilesView, readView } from './features/statistics/index.ts';
import { FailedAlone, FailedPage, NotFoundAlone, NotFoundPage } from './shell/failure-pages.tsx';
import { LoadingAlone } from './shell/loading-alone.tsx';
import { TextProvider, type TextKey } from './text/index.ts';
import { cssVariables, theme } from './ui/theme.ts';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: NotFoundAlone,
  errorComponent: FailedAlone,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (
    search: Record<string, unknown>,
  ): { to?: string; ended?: boolean; refused?: boolean; step?: boolean } => ({
    // Only a path of this console: a foreign address would be an open redirect. Not this page: it would lead nowhere.
    ...(typeof search['to'] === 'string' && /^\/(?![/\\]|sign-in)/.test(search['to'])
      ? { to: search['to'] }
      : {}),
    ...(search['ended'] === true ? { ended: true } : {}),
    ...(search['refused'] === true ? { refused: true } : {}),
    // An identity provider has led back, and a second factor is still to be shown.
    ...(search['step'] === true ? { step: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./features/signin/sign-in-page.tsx'), 'SignInPage'),
});

const elevated = createRoute({
  getParentRoute: () => root,
  path: '/elevated',
  component: lazyRouteComponent(() => import('./features/signin/elevated-page.tsx'), 'ElevatedPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./features/signin/invitation-page.tsx'), 'InvitationPage'),
});

const forgottenPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgotten-password',
  component: lazyRouteComponent(
    () => import('./features/signin/forgotten-password-page.tsx'),
    'ForgottenPasswordPage',
  ),
});

const renewal = createRoute({
  getParentRoute: () => root,
  path: '/renewal',
  component: lazyRouteComponent(() => import('./features/signin/renewal-page.tsx'), 'RenewalPage'),
});

const operator = createRoute({
  getParentRoute: () => root,
  path: '/operator',
  component: lazyRouteComponent(() => import('./features/operator-access/operator-page.tsx'), 'OperatorPage'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  errorComponent: FailedAlone,
  pendingComponent: LoadingAlone,
  pendingMs: 500,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery);
    if (session !== null) return;
    throw redirect({
      to: '/sign-in',
      search: location.href === '/' ? {} : { to: location.href },
      replace: true,
    });
  },
  component: lazyRouteComponent(() => import('./shell/signed-in.tsx'), 'SignedIn'),
});

const workspace = createRoute({
  getParentRoute: () => signedIn,
  id: 'workspace',
  component: lazyRouteComponent(() => import('./shell/home.tsx'), 'Home'),
});

const workspaceHome = createRoute({
  getParentRoute: () => workspace,
  path: '/',
  component: lazyRouteComponent(() => import('./features/conversations/nothing-open.tsx'), 'NothingOpen'),
});

const workspaceConversation = createRoute({
  getParentRoute: () => workspace,
  path: '/conversations/$conversationId',
  component: lazyRouteComponent(
    () => import('./features/conversations/conversation-page.tsx'),
    'WorkspaceConversation',
  ),
});

const find = createRoute({
  getParentRoute: () => signedIn,
  path: '/find',
  component: lazyRouteComponent(() => import('./features/conversations/find-page.tsx'), 'FindPage'),
});

const foundConversation = createRoute({
  getParentRoute: () => signedIn,
  path: '/find/$conversationId',
  component: lazyRouteComponent(
    () => import('./features/conversations/conversation-page.tsx'),
    'FoundConversation',
  ),
});

const statistics = createRoute({
  getParentRoute: () => signedIn,
  path: '/statistics',
  validateSearch: readView,
  component: lazyRouteComponent(
    () => import('./features/statistics/statistics-frame.tsx'),
    'StatisticsFrame',
  ),
});

const wallboard = createRoute({
  getParentRoute: () => statistics,
  path: '/',
  component: lazyRouteComponent(() => import('./features/statistics/wallboard-page.tsx'), 'WallboardPage'),
});

const statisticsFiles = createRoute({
  getParentRoute: () => statistics,
  path: '/files',
  validateSearch: readFilesView,
  component: lazyRouteComponent(() => import('./features/statistics/files-page.tsx'), 'FilesPage'),
});

const figures = createRoute({
  getParentRoute: () => statistics,
  path: '/$subject',
  component: lazyRouteComponent(() => import('./features/statistics/subject-page.tsx'), 'SubjectPage'),
});

const profile = createRoute({
  getParentRoute: () => signedIn,
  path: '/profile',
  component: lazyRouteComponent(() => import('./features/signin/profile-page.tsx'), 'ProfilePage'),
});

const admin = createRoute({
  getParentRoute: () => signedIn,
  path: '/admin',
  component: lazyRouteComponent(() => import('./shell/admin.tsx'), 'Admin'),
});

const firstAdminPage = createRoute({
  getParentRoute: () => admin,
  path: '/',
  component: lazyRouteComponent(() => import('./shell/admin.tsx'), 'FirstAdminPage'),
});

const users = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  component: lazyRouteComponent(() => import('./features/users/users-page.tsx'), 'UsersPage'),
});

const roles = createRoute({
  getParentRoute: () => admin,
  path: '/roles',
  component: lazyRouteComponent(() => import('./features/access/roles-page.tsx'), 'RolesPage'),
});

const apiKeys = createRoute({
  getParentRoute: () => admin,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./features/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
});

const exports = createRoute({
  getParentRoute: () => admin,
  path: '/exports',
  component: lazyRouteComponent(() => import('./features/statistics-export/exports-page.tsx'), 'ExportsPage'),
});

const dataServices = createRoute({
  getParentRoute: () => admin,
  path: '/data-services',
  component: lazyRouteComponent(
    () => import('./features/data-services/data-services-page.tsx'),
    'DataServicesPage',
  ),
});

const operators = createRoute({
  getParentRoute: () => admin,
  path: '/operators',
  component: lazyRouteComponent(
    () => import('./features/operator-access/operators-page.tsx'),
    'OperatorsPage',
  ),
});

const identityProviders = createRoute({
  getParentRoute: () => admin,
  path: '/identity-providers',
  component: lazyRouteComponent(() => import('./features/federation/providers-page.tsx'), 'ProvidersPage'),
});

const units = createRoute({
  getParentRoute: () => admin,
  path: '/units',
  component: lazyRouteComponent(() => import('./features/units/units-page.tsx'), 'UnitsPage'),
});

const queues = createRoute({
  getParentRoute: () => admin,
  path: '/queues',
  component: lazyRouteComponent(() => import('./features/routing/queues-page.tsx'), 'QueuesPage'),
});

const tickets = createRoute({
  getParentRoute: () => admin,
  path: '/sites/$siteId/tickets',
  component: lazyRouteComponent(() => import('./features/tickets/tickets-page.tsx'), 'TicketsPage'),
});

const sites = createRoute({
  getParentRoute: () => admin,
  path: '/sites',
  component: lazyRouteComponent(() => import('./features/sites/sites-page.tsx'), 'SitesPage'),
});

const cannedReplies = createRoute({
  getParentRoute: () => admin,
  path: '/canned-replies',
  component: lazyRouteComponent(
    () => import('./features/canned-replies/canned-replies-page.tsx'),
    'CannedRepliesPage',
  ),
});

const retention = createRoute({
  getParentRoute: () => admin,
  path: '/retention',
  component: lazyRouteComponent(() => import('./features/retention/retention-page.tsx'), 'RetentionPage'),
});

const audit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  component: lazyRouteComponent(() => import('./features/audit/audit-page.tsx'), 'AuditPage'),
});

const dataProtection = createRoute({
  getParentRoute: () => admin,
  path: '/data-protection',
  component: lazyRouteComponent(
    () => import('./features/data-protection/data-protection-page.tsx'),
    'DataProtectionPage',
  ),
});

const selfCheck = createRoute({
  getParentRoute: () => admin,
  path: '/self-check',
  component: lazyRouteComponent(() => import('./features/self-check/self-check-page.tsx'), 'SelfCheckPage'),
});

const settings = createRoute({
  getParentRoute: () => admin,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>): { channel?: string } =>
    typeof search['channel'] === 'string' ? { channel: search['channel'] } : {},
  component: lazyRouteComponent(() => import('./features/settings/settings-page.tsx'), 'SettingsPage'),
});

const masking = createRoute({
  getParentRoute: () => admin,
  path: '/masking',
  validateSearch: (search: Record<string, unknown>): { channel?: string } =>
    typeof search['channel'] === 'string' ? { channel: search['channel'] } : {},
  component: lazyRouteComponent(() => import('./features/masking/masking-page.tsx'), 'MaskingPage'),
});

const history = createRoute({
  getParentRoute: () => admin,
  path: '/history',
  validateSearch: (search: Record<string, unknown>): { kind?: ConfigurationKind; objectId?: string } => ({
    ...(configurationKinds.some((kind) => kind === search['kind'])
      ? { kind: search['kind'] as ConfigurationKind }
      : {}),
    ...(typeof search['objectId'] === 'string' ? { objectId: search['objectId'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./features/history/history-page.tsx'), 'HistoryPage'),
});

const tags = createRoute({
  getParentRoute: () => admin,
  path: '/tags',
  component: lazyRouteComponent(() => import('./features/conversations/tags-page.tsx'), 'TagsPage'),
});

const attributes = createRoute({
  getParentRoute: () => admin,
  path: '/attributes',
  component: lazyRouteComponent(() => import('./features/visitors/attributes-page.tsx'), 'AttributesPage'),
});

const subjectAccess = createRoute({
  getParentRoute: () => admin,
  path: '/subject-access',
  component: lazyRouteComponent(
    () => import('./features/subject-access/subject-access-page.tsx'),
    'SubjectAccessPage',
  ),
});

const account = createRoute({
  getParentRoute: () => admin,
  path: '/account',
  component: lazyRouteComponent(() => import('./features/accounts/account-page.tsx'), 'AccountPage'),
});

const routeTree = root.addChildren([
  signIn,
  elevated,
  operator,
  invitation,
  forgottenPassword,
  renewal,
  signedIn.addChildren([
    workspace.addChildren([workspaceHome, workspaceConversation]),
    find,
    foundConversation,
    statistics.addChildren([wallboard, statisticsFiles, figures]),
    profile,
    admin.addChildren([
      firstAdminPage,
      users,
      roles,
      apiKeys,
      exports,
      dataServices,
      operators,
      identityProviders,
      units,
      queues,
      sites,
      tickets,
      cannedReplies,
      masking,
      settings,
      history,
      retention,
      audit,
      dataProtection,
      selfCheck,
      tags,
      attributes,
      subjectAccess,
      account,
    ]),
  ]),
]);

const queryClient = createQueryClient({
  onSignedOut: () => queryClient.setQueryData(sessionQuery.queryKey, null),
  onForbidden: () => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
});

const router = createRouter({
  routeTree,
  basepath: basePath,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultErrorComponent: FailedPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

interface AppProps {
  locale: string;
  catalogue: Readonly<Record<TextKey, string>>;
}

export function App({ locale, catalogue }: AppProps) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <TextProvider initial={{ locale, catalogue }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </TextProvider>
    </MantineProvider>
  );
}
