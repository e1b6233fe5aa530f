import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import { changesOf, closed, Id, Instant, listOf, Locale, Name, Type, type Static } from '../shared/index.ts';

const siteFields = {
  name: Name,
  /** Origins (RFC 6454) that may load the widget: scheme, host and port, nothing else. None: the widget runs nowhere. */
  origins: Type.Array(Type.String({ maxLength: 300, pattern: '^https?://[A-Za-z0-9.\\-\\[\\]:]+$' }), {
    maxItems: 100,
    uniqueItems: true,
  }),
  /** The queue that conversations from this site enter. */
  queueId: Id,
  /** The language of the widget where the page does not say another that we have. */
  locale: Locale,
  /** The launcher’s colour, `#rrggbb`; the text on it is black or white, whichever reads better. */
  accentColour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
  /** Minutes without contact after which a visitor’s session cannot be recovered any more (E3). */
  sessionLifeMinutes: Type.Integer({ minimum: 5, maximum: 1440 }),
};

/** What versions keep of a site (H1). */
export const SiteConfiguration = closed({ siteKey: Type.String(), ...siteFields });

export const Site = closed({
  id: Id,
  /** Public: it stands in the snippet. */
  siteKey: Type.String(),
  ...siteFields,
  createdAt: Instant,
  version: NewestVersion,
});
export type Site = Static<typeof Site>;

const account = { accountId: Id };
const one = closed({ ...account, siteId: Id });

export const listSites = endpoint({
  id: 'sites.listSites',
  method: 'GET',
  path: '/accounts/{accountId}/sites',
  summary: 'The web sites that carry the widget',
  access: { holding: 'sites.read' },
  params: closed(account),
  status: 200,
  response: listOf(Site),
});

export const createSite = endpoint({
  id: 'sites.createSite',
  method: 'POST',
  path: '/accounts/{accountId}/sites',
  summary: 'Add a web site',
  access: { holding: 'sites.manage' },
  params: closed(account),
  body: closed({
    name: siteFields.name,
    origins: siteFields.origins,
    queueId: siteFields.queueId,
    locale: Type.Optional(siteFields.locale),
    accentColour: Type.Optional(siteFields.accentColour),
    sessionLifeMinutes: Type.Optional(siteFields.sessionLifeMinutes),
    ...makingFields,
  }),
  status: 201,
  response: Site,
  errors: ['names.taken', 'not-found'],
});

export const changeSite = endpoint({
  id: 'sites.changeSite',
  method: 'PATCH',
  path: '/accounts/{accountId}/sites/{siteId}',
  summary: 'Change a web site',
  access: { holding: 'sites.manage' },
  params: one,
  body: changesOf({ ...siteFields, ...changeFields }),
  status: 200,
  response: Site,
  errors: ['history.changed-meanwhile', 'names.taken', 'not-found'],
});

export const deleteSite = endpoint({
  id: 'sites.deleteSite',
  method: 'DELETE',
  path: '/accounts/{accountId}/sites/{siteId}',
  summary: 'Remove a web site: its widget stops, its conversations stay',
  access: { holding: 'sites.manage' },
  params: one,
  ...removal,
  status: 204,
  errors: ['not-found'],
});
