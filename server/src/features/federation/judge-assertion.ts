import type { ProviderAttributes } from '@samtal/contract/federation';
import type { NameQualifiers } from '../../platform/database/index.ts';
import type { Voucher } from '../signin/index.ts';
import { statesSecondFactor } from './second-factors.ts';

/** Somebody as a provider knows them. */
export interface VouchedPerson {
  readonly subject: string;
  readonly email: string;
  readonly name: string;
  /** Whether the provider stands by the address: by SAML it is its own word; by OpenID Connect it has to say so. */
  readonly hasVerifiedEmail: boolean;
  readonly groups: readonly string[];
  /** Their sign-in there, by whose names the provider may end it, and be told that it is over. */
  readonly signIn?: Pick<Voucher, 'subject' | 'session' | 'qualifiers'>;
  /** Whether the provider states that they showed two factors. */
  readonly showedSecondFactor: boolean;
}

/** What a verified assertion says of somebody. */
export interface Vouched extends VouchedPerson {
  readonly assertionId: string;
  /** After that it is refused by its own words. */
  readonly until: Date;
  /** When they signed in there, as the provider states it; null where it states nothing that is an instant. */
  readonly signedInAt: Date | null;
}

export interface ExpectedAssertion {
  readonly entityId: string;
  readonly answerUrl: string;
  readonly requestId: string | null;
  readonly attributes: ProviderAttributes;
  readonly nowMs: number;
}

/** An element as the library gives it: its text in `_`, its attributes in `$`, its children by their names. */
interface Node {
  readonly _?: unknown;
  readonly $?: Readonly<Record<string, unknown>>;
  readonly [child: string]: unknown;
}

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const methodsReferences = 'http://schemas.microsoft.com/claims/authnmethodsreferences';
const nameQualifiers = ['Format', 'NameQualifier', 'SPNameQualifier'] as const;
/** How far clocks may be apart. */
export const skewMs = 60_000;
const usual = {
  email: [
    'email',
    'mail',
    'emailaddress',
    'urn:oid:0.9.2342.19200300.100.1.3',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  ],
  name: [
    'name',
    'displayName',
    'cn',
    'urn:oid:2.16.840.1.113730.3.1.241',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  ],
  groups: [
    'groups',
    'memberOf',
    'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
    'http://schemas.xmlsoap.org/claims/Group',
  ],
} as const;

/**
 * Holds what was signed, and only that, against what was asked: who says it, to whom, in answer to what and until when (SAML
 * 2.0 profiles, 4.1.4.3). Null when it is for somebody else, or leaves out what we need.
 */
export function judgeAssertion(assertion: unknown, expected: ExpectedAssertion): Vouched | null {
  const root = child(assertion as Node | null, 'Assertion');
  const subject = child(root, 'Subject');
  const confirmations = children(subject, 'SubjectConfirmation');
  const [confirmation] = confirmations;
  const confirmed = child(confirmation, 'SubjectConfirmationData');
  const until = Date.parse(attribute(confirmed, 'NotOnOrAfter'));
  const isForUs =
    textOf(child(root, 'Issuer')) === expected.entityId &&
    confirmations.length === 1 &&
    attribute(confirmation, 'Method') === bearer &&
    attribute(confirmed, 'Recipient') === expected.answerUrl &&
    attribute(confirmed, 'InResponseTo') === (expected.requestId ?? '') &&
    until > expected.nowMs - skewMs;
  const nameId = child(subject, 'NameID');
  const name = textOf(nameId);
  const assertionId = attribute(root, 'ID');
  const signedInMs = Date.parse(attribute(child(root, 'AuthnStatement'), 'AuthnInstant'));
  if (!isForUs || name === '' || name.length > 512 || assertionId === '') return null;
  // A name that is another one each time names nobody.
  if (attribute(nameId, 'Format') === transient) return null;
  return {
    assertionId,
    until: new Date(until + skewMs),
    signedInAt: Number.isNaN(signedInMs) ? null : new Date(signedInMs),
    subject: name,
    hasVerifiedEmail: true,
    signIn: {
      subject: name,
      session: attribute(child(root, 'AuthnStatement'), 'SessionIndex').slice(0, 512) || null,
      qualifiers: qualifiersOf(nameId),
    },
    showedSecondFactor: statesSecondFactor({ contexts: contextsOf(root), methods: [] }),
    ...said(root, expected.attributes, name),
  };
}

/** What belongs to a name where it is said back. */
function qualifiersOf(nameId: Node | null): NameQualifiers {
  const said = nameQualifiers.map((key) => [key, attribute(nameId, key).slice(0, 1024)] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== ''));
}

/** The classes that the statement names; Microsoft lists what was shown in an attribute beside it. */
function contextsOf(root: Node | null): string[] {
  const context = child(child(root, 'AuthnStatement'), 'AuthnContext');
  const listed = children(child(root, 'AttributeStatement'), 'Attribute').find(
    (each) => attribute(each, 'Name') === methodsReferences,
  );
  return [
    ...children(context, 'AuthnContextClassRef').map(textOf),
    ...children(listed ?? null, 'AttributeValue').map(textOf),
  ];
}

function said(
  root: Node | null,
  names: ProviderAttributes,
  subject: string,
): Pick<Vouched, 'email' | 'name' | 'groups'> {
  const all = children(child(root, 'AttributeStatement'), 'Attribute');
  const values = (key: keyof ProviderAttributes): string[] => {
    const own = names[key];
    const wanted = own === null ? usual[key] : [own];
    const found = all.find((each) => wanted.some((word) => word === attribute(each, 'Name')));
    return children(found ?? null, 'AttributeValue')
      .map(textOf)
      .filter((value) => value !== '');
  };
  const email = values('email')[0] ?? (subject.includes('@') ? subject : '');
  return {
    email,
    name: (values('name')[0] ?? email).slice(0, 120),
    groups: values('groups').slice(0, 1000),
  };
}

function children(node: Node | null | undefined, name: string): Node[] {
  const found = node?.[name];
  if (!Array.isArray(found)) return found !== null && typeof found === 'object' ? [found as Node] : [];
  // An element with neither attributes nor children comes as its text alone.
  return found.map((each: unknown) => (typeof each === 'string' ? { _: each } : (each as Node)));
}

function child(node: Node | null | undefined, name: string): Node | null {
  const [only, ...others] = children(node, name);
  return only === undefined || others.length > 0 ? null : only;
}

function attribute(node: Node | null | undefined, name: string): string {
  const value = node?.$?.[name];
  return typeof value === 'string' ? value : '';
}

function textOf(node: Node | null): string {
  return typeof node?._ === 'string' ? node._.trim() : '';
}
