import { endProvidersSessions } from './end-providers-sessions.ts';
import type { FederationParts } from './finish-sign-in.ts';
import { judgeLogout, type Logout } from './judge-logout.ts';
import { judgeMessage } from './judge-response.ts';
import { ownSide } from './own-side.ts';
import type { StoredSaml } from './queries.ts';
import { takeRequest, useAssertion } from './requests.ts';
import { escaped, newMessageId, readSignedQuery, signedAddress } from './saml-redirect.ts';
import { readGuarded, UnfitXmlError, type XmlElement } from './xml-guard.ts';

/** What a browser brings: the query of an address (HTTP-Redirect), or a form (HTTP-POST). */
export type Arrived = { readonly query: string } | { readonly form: URLSearchParams };

export type LogoutOutcome =
  /** What the provider asked, well or not: its browser goes back to it, where it has an address for that. */
  | { readonly kind: 'answered'; readonly to: string | null }
  /** What it answered to our own request. */
  | { readonly kind: 'signed-out' }
  /** Nobody knows who said it, or it answers nothing that this browser asked. */
  | { readonly kind: 'refused' };

type Parts = Pick<FederationParts, 'database' | 'keyring' | 'publicUrl' | 'verifier' | 'sessionsEnded'>;
interface Said {
  /** What was signed, and nothing else. */
  readonly signed: readonly [XmlElement, ...XmlElement[]];
  readonly relay: string;
}

const status = 'urn:oasis:names:tc:SAML:2.0:status:';

/**
 * Hears what a provider says of log-out (SAML 2.0 profiles, 4.4): its request ends the sessions that it names, and its
 * response ends what we asked of it. What none of its certificates signed changes nothing and gets no answer.
 */
export async function receiveSamlLogout(
  parts: Parts,
  provider: StoredSaml,
  { arrived, browser }: { arrived: Arrived; browser: string },
): Promise<LogoutOutcome> {
  const said = await unlessUnfit(async () =>
    'query' in arrived ? fromQuery(provider, arrived.query) : await fromForm(parts, provider, arrived.form),
  );
  if (said === null) return { kind: 'refused' };
  const { logoutUrl: destination } = ownSide(parts.publicUrl, provider.id);
  const expected = { destination, issuer: provider.saml.entityId, nowMs: Date.now() };
  const logout = await unlessUnfit(() => judgeLogout(said.signed, expected));
  const [root] = said.signed;
  if (root.name === 'LogoutResponse') return await isAnswer(parts, provider, { logout, ...said, browser });
  const isDone = logout?.kind === 'request' && (await endNamed(parts, provider, logout));
  const answers = root.attributes.get('ID') ?? '';
  return { kind: 'answered', to: await answer(parts, provider, { answers, isDone, relay: said.relay }) };
}

async function unlessUnfit<Result>(work: () => Result | Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnfitXmlError) return null;
    throw error;
  }
}

function fromQuery({ saml }: StoredSaml, query: string): Said | null {
  const read = readSignedQuery(query, saml.certificates);
  if (read === null) return null;
  const signed = judgeMessage(read.xml, { signature: 'beside' });
  return isNamed(signed, read.as) ? { signed, relay: read.relay } : null;
}

async function fromForm(
  { verifier }: Parts,
  { saml }: StoredSaml,
  form: URLSearchParams,
): Promise<Said | null> {
  const as = form.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const bytes = Buffer.from(form.get(as) ?? '', 'base64');
  if (!isNamed(judgeMessage(bytes, { signature: 'within' }), as)) return null;
  const message = bytes.toString('base64');
  const xml = await verifier.signedOf({ message, certificates: saml.certificates });
  if (xml === null) return null;
  const signed = readGuarded(Buffer.from(xml));
  return isNamed(signed, as) ? { signed, relay: form.get('RelayState') ?? '' } : null;
}

/** A response in the place of a request is neither. */
function isNamed([root]: readonly [XmlElement, ...XmlElement[]], as: string): boolean {
  return root.name === (as === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse');
}

/** False when it was said before. */
async function endNamed(
  { database, sessionsEnded }: Parts,
  provider: StoredSaml,
  { id, until, subject, sessions }: Extract<Logout, { kind: 'request' }>,
): Promise<boolean> {
  const { accountId, id: providerId } = provider;
  return await database.transaction('platform', async (tx) => {
    // Told apart from what else is used once by a space, which no id of an assertion has.
    const isNew = await useAssertion(tx, { accountId, providerId, assertionId: `logout ${id}`, until });
    if (isNew) await endProvidersSessions(tx, provider, { subject, sessions, sessionsEnded });
    return isNew;
  });
}

/** Whether it answers what this browser went there with. The session here has ended before that, whatever it says. */
async function isAnswer(
  { database }: Parts,
  { id: providerId }: StoredSaml,
  { logout, relay, browser }: { logout: Logout | null; relay: string; browser: string },
): Promise<LogoutOutcome> {
  if (logout?.kind !== 'response' || relay === '' || browser === '') return { kind: 'refused' };
  const request = await database.transaction(
    'platform',
    async (tx) => await takeRequest(tx, { providerId, relay, browser, signsOut: true }),
  );
  return { kind: request?.requestId === logout.inResponseTo ? 'signed-out' : 'refused' };
}

async function answer(
  { keyring, publicUrl }: Parts,
  provider: StoredSaml,
  { answers, isDone, relay }: { answers: string; isDone: boolean; relay: string },
): Promise<string | null> {
  const { signOutUrl: to } = provider.saml;
  if (to === null) return null;
  const { entityId } = ownSide(publicUrl, provider.id);
  const xml =
    `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
    ` ID="${newMessageId()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${escaped(to)}" InResponseTo="${escaped(answers)}">` +
    `<saml:Issuer>${entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${status}${isDone ? 'Success' : 'Requester'}"/></samlp:Status></samlp:LogoutResponse>`;
  return await signedAddress({ keyring }, provider, { to, as: 'SAMLResponse', xml, relay });
}
