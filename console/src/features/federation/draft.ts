import type {
  GroupRole,
  IdentityProvider,
  OidcAgreement,
  ProviderMetadata,
  SamlAgreement,
} from '@samtal/contract/federation';

/** A group’s role as it is being edited. `key` tells the lines apart. */
export interface DraftRole extends Omit<GroupRole, 'roleId' | 'purpose'> {
  readonly key: number;
  readonly roleId: string | null;
  readonly purpose: string;
}

type Fields = Pick<IdentityProvider, 'name' | 'active' | 'domains' | 'createsUsers' | 'attributes'>;

/** A provider as it is being edited. */
export interface Draft extends Fields {
  /** Says which of the two agreements counts. */
  readonly protocol: IdentityProvider['protocol'];
  readonly saml: SamlAgreement;
  readonly oidc: OidcAgreement;
  /** Empty: the one that is there stays. */
  readonly clientSecret: string;
  readonly groupRoles: readonly DraftRole[];
}

const maxCertificates = 2;

export function draftOf(provider: IdentityProvider | null): Draft {
  if (provider === null) return empty;
  const { name, active, domains, createsUsers, attributes, groupRoles } = provider;
  return {
    ...empty,
    ...(provider.protocol === 'saml'
      ? { protocol: 'saml', saml: provider.saml }
      : { protocol: 'oidc', oidc: provider.oidc }),
    name,
    active,
    domains,
    createsUsers,
    attributes,
    groupRoles: groupRoles.map((each, key) => ({ ...each, purpose: each.purpose ?? '', key })),
  };
}

const empty: Draft = {
  protocol: 'saml',
  name: '',
  active: true,
  saml: {
    entityId: '',
    signInUrl: '',
    certificates: [],
    signed: 'assertion',
    unsolicited: false,
    encrypted: false,
    signOutUrl: null,
    signsOutThere: false,
  },
  oidc: {
    issuer: '',
    clientId: '',
    authenticates: 'secret',
    scopes: ['email', 'profile'],
    subjectClaim: null,
    requiresVerifiedEmail: true,
    signsOutThere: false,
  },
  clientSecret: '',
  domains: [],
  createsUsers: true,
  attributes: { email: null, name: null, groups: null },
  groupRoles: [],
};

/** What is sent. Lines without a role are left out. */
export function fieldsOf({ protocol, saml, oidc, clientSecret, ...draft }: Draft) {
  const common = commonOf(draft);
  if (protocol === 'saml') return { protocol, ...common, saml };
  const subjectClaim = said(oidc.subjectClaim);
  const secret = oidc.authenticates === 'secret' && clientSecret !== '' ? { clientSecret } : {};
  return { protocol, ...common, oidc: { ...oidc, subjectClaim }, ...secret };
}

function said(value: string | null): string | null {
  return value?.trim() || null;
}

function commonOf({
  groupRoles,
  name,
  attributes,
  ...draft
}: Omit<Draft, 'protocol' | 'saml' | 'oidc' | 'clientSecret'>) {
  return {
    ...draft,
    name: name.trim(),
    attributes: {
      email: said(attributes.email),
      name: said(attributes.name),
      groups: said(attributes.groups),
    },
    groupRoles: groupRoles.flatMap(({ group, roleId, scope, purpose }) =>
      roleId === null
        ? []
        : [
            {
              group: said(group),
              roleId,
              scope,
              ...(purpose.trim() === '' ? {} : { purpose: purpose.trim() }),
            },
          ],
    ),
  };
}

/** With what metadata says. A certificate from before stays beside a new one, so that nobody is shut out while one follows the other. */
export function withMetadata(draft: Draft, { certificates, ...said }: ProviderMetadata): Draft {
  const before = draft.saml.entityId === said.entityId ? draft.saml.certificates : [];
  return { ...draft, saml: { ...draft.saml, ...said, certificates: joined(certificates, before) } };
}

export function joined(added: readonly string[], before: readonly string[]): string[] {
  const known = new Set(added.map(bare));
  return [...added, ...before.filter((each) => !known.has(bare(each)))].slice(0, maxCertificates);
}

/** A domain as it is written down: of an address what stands after the @. */
export function domainOf(typed: string): string {
  return typed.trim().toLowerCase().replace(/^.*@/, '');
}

/** The letters of a certificate, however its lines are broken. */
export function bare(pem: string): string {
  return pem.replaceAll(/\s/g, '');
}
