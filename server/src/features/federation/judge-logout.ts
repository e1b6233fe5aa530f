import { refuseUnless, unescaped, valueOf, type XmlElement } from './xml-guard.ts';

/** What a verified message of log-out says. */
export type Logout =
  | {
      readonly kind: 'request';
      readonly id: string;
      /** After that it is refused by its age. */
      readonly until: Date;
      /** NameID. */
      readonly subject: string;
      /** Each SessionIndex; none for all that the person has. */
      readonly sessions: readonly string[];
    }
  | { readonly kind: 'response'; readonly inResponseTo: string };

export interface ExpectedLogout {
  readonly destination: string;
  readonly issuer: string;
  readonly nowMs: number;
}

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const lifeMs = 5 * 60_000;
const skewMs = 60_000;
const mostSessions = 100;

/**
 * Holds what was signed, and only that, against who says it, to whom and when (SAML 2.0 core, 3.2 and 3.7). A name that is
 * encrypted is refused. Throws UnfitXmlError.
 */
export function judgeLogout(
  [root]: readonly [XmlElement, ...XmlElement[]],
  { destination, issuer, nowMs }: ExpectedLogout,
): Logout {
  const value = (name: string) => valueOf(root.attributes, name);
  refuseUnless(isOfProtocol(root), 'namespace');
  refuseUnless(value('Version') === '2.0' && value('ID') !== '', 'structure');
  refuseUnless(value('Destination') === destination, 'destination');
  refuseUnless(textOf(only(root, 'Issuer')) === issuer, 'issuer');
  const issuedMs = instantOf(value('IssueInstant'));
  refuseUnless(issuedMs > nowMs - lifeMs - skewMs && issuedMs < nowMs + skewMs, 'time');
  if (root.name === 'LogoutResponse') return { kind: 'response', inResponseTo: value('InResponseTo') };
  const end = value('NotOnOrAfter');
  refuseUnless(end === '' || instantOf(end) > nowMs - skewMs, 'time');
  const subject = textOf(only(root, 'NameID'));
  const sessions = root.children.filter(({ name }) => name === 'SessionIndex').map(textOf);
  for (const said of [subject, ...sessions]) refuseUnless(said !== '' && said.length <= 512, 'name');
  refuseUnless(sessions.length <= mostSessions, 'name');
  // No shorter than it would be taken.
  const until = new Date(issuedMs + lifeMs + 2 * skewMs);
  return { kind: 'request', id: value('ID'), until, subject, sessions };
}

function isOfProtocol({ attributes }: XmlElement): boolean {
  return [...attributes].some(([key, value]) => key.startsWith('xmlns') && value === protocol);
}

function only(parent: XmlElement, wanted: string): XmlElement {
  const [found, ...others] = parent.children.filter(({ name }) => name === wanted);
  refuseUnless(found !== undefined && others.length === 0, 'structure');
  return found;
}

function textOf({ text, children }: XmlElement): string {
  refuseUnless(children.length === 0, 'structure');
  return unescaped(text).trim();
}

function instantOf(text: string): number {
  refuseUnless(instant.test(text), 'time');
  return Date.parse(text);
}
