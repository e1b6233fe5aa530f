import { scimLimits, scimUrns } from '@samtal/contract/provisioning';

/** What of SCIM is supported (RFC 7643, 5): this much, and no bulk, sorting or passwords. */
export function serviceProviderConfiguration(base: string): { schemas: string[] } & Record<string, unknown> {
  return {
    schemas: [scimUrns.configuration],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: scimLimits.resources },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API key',
        description: 'An API key of the account, or an access token got for one, with users.provision.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** The kinds of resources (RFC 7643, 6). */
export function resourceTypes(base: string): { schemas: string[] } & Record<string, unknown> {
  const kind = (name: 'User' | 'Group', schema: string) => ({
    schemas: [scimUrns.resourceType],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  });
  return listOf([kind('User', scimUrns.user), kind('Group', scimUrns.group)]);
}

interface Attribute {
  readonly name: string;
  readonly type?: 'string' | 'boolean' | 'complex' | 'reference';
  readonly description: string;
  readonly multiValued?: boolean;
  readonly required?: boolean;
  readonly caseExact?: boolean;
  readonly mutability?: 'readOnly' | 'readWrite' | 'immutable';
  readonly uniqueness?: 'none' | 'server';
  readonly subAttributes?: readonly Attribute[];
}

/** The attributes that are kept, and no others (RFC 7643, 7). */
export function schemas(base: string): { schemas: string[] } & Record<string, unknown> {
  const schema = (id: string, name: string, attributes: readonly Attribute[]) => ({
    schemas: [scimUrns.schema],
    id,
    name,
    attributes: attributes.map(described),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  });
  return listOf([
    schema(scimUrns.user, 'User', userAttributes),
    schema(scimUrns.group, 'Group', groupAttributes),
  ]);
}

function reference(readOnly: boolean): readonly Attribute[] {
  const mutability = readOnly ? 'readOnly' : 'immutable';
  return [
    { name: 'value', description: 'Its id.', mutability },
    { name: 'display', description: 'Its name.', mutability: 'readOnly' },
  ];
}

const userAttributes: readonly Attribute[] = [
  {
    name: 'userName',
    description: 'What the directory calls the user.',
    required: true,
    uniqueness: 'server',
  },
  { name: 'displayName', description: 'The name that visitors and colleagues see.' },
  {
    name: 'name',
    type: 'complex',
    description: 'The same name; made of givenName and familyName where there is no other.',
    subAttributes: [{ name: 'formatted', description: 'The name as it is shown.' }],
  },
  { name: 'active', type: 'boolean', description: 'Whether the user can sign in.' },
  {
    name: 'emails',
    type: 'complex',
    multiValued: true,
    description: 'One address, in a verified domain of the account. It is the userName where there is none.',
    subAttributes: [
      { name: 'value', description: 'The address.', uniqueness: 'server' },
      { name: 'type', description: 'Always work.', mutability: 'readOnly' },
      { name: 'primary', type: 'boolean', description: 'Always true.', mutability: 'readOnly' },
    ],
  },
  {
    name: 'groups',
    type: 'complex',
    multiValued: true,
    description: 'The groups of the directory that the user is in.',
    mutability: 'readOnly',
    subAttributes: reference(true),
  },
];

const groupAttributes: readonly Attribute[] = [
  { name: 'displayName', description: 'The name of the group.', required: true, uniqueness: 'server' },
  {
    name: 'members',
    type: 'complex',
    multiValued: true,
    description: 'Its users; groups in groups are not supported.',
    subAttributes: reference(false),
  },
];

function described(attribute: Attribute): object {
  const { type = 'string', multiValued = false, required = false, caseExact = false } = attribute;
  const { mutability = 'readWrite', uniqueness = 'none', subAttributes } = attribute;
  return {
    name: attribute.name,
    type,
    description: attribute.description,
    multiValued,
    required,
    ...(type === 'string' ? { caseExact } : {}),
    mutability,
    returned: 'default',
    uniqueness,
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(described) }),
  };
}

function listOf(resources: readonly object[]): { schemas: string[] } & Record<string, unknown> {
  return {
    schemas: [scimUrns.list],
    totalResults: resources.length,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
