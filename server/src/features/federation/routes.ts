import * as contract from '@samtal/contract/federation';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, Refusal, type HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { countNetwork, Failures, refuseForeignOrigin } from '../signin/index.ts';
import { newOwnKey } from './certificates.ts';
import { sealClientSecret } from './client-secret.ts';
import { linkUser, unlinkUser } from './link-user.ts';
import type { OidcClients } from './oidc-clients.ts';
import { isOfProvider, isUnreachable } from './oidc-errors.ts';
import { ownSide } from './own-side.ts';
import { presentProvider } from './presenter.ts';
import { changeProvider, createProvider, deleteProvider } from './providers.ts';
import { readFederatedUsers, readProviderOfDomain, readProviders } from './queries.ts';
import { readMetadata } from './read-metadata.ts';
import { receiveMetadata } from './receive-metadata.ts';

export function federationRoutes(
  http: HttpServer,
  {
    database,
    keyring,
    publicUrl,
    oidcClients,
  }: { database: Database; keyring: Keyring; publicUrl: URL; oidcClients: OidcClients },
): void {
  const failures = new Failures(keyring);
  const one = async (account: string, id: string) =>
    presentProvider(
      found((await database.read(account, async (tx) => await readProviders(tx, account, id)))[0]),
      publicUrl,
    );

  http.serve(contract.findSignIn, async ({ caller: { address }, body: { email }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
    const provider = await database.transaction('platform', async (tx) => {
      await countNetwork(tx, failures, address);
      const provider = await readProviderOfDomain(tx, domain);
      // An honest question is no guess.
      await failures.uncount(tx, failures.ofNetwork(address));
      return provider;
    });
    if (provider === null) return { signInUrl: null, only: false };
    return { signInUrl: ownSide(publicUrl, provider.id).signInUrl, only: provider.only };
  });

  http.serve(contract.listIdentityProviders, async ({ caller: { accountId } }) => {
    const providers = await database.read(accountId, async (tx) => await readProviders(tx, accountId));
    return { items: providers.map((provider) => presentProvider(provider, publicUrl)) };
  });

  http.serve(contract.createIdentityProvider, async ({ caller, body: { reason, ...given } }) => {
    const { clientSecret, ...fields } =
      'clientSecret' in given ? given : { ...given, clientSecret: undefined };
    const ownKey = await newOwnKey(publicUrl.hostname);
    const note = reason === undefined ? {} : { reason };
    const id = await database.transaction(
      caller.accountId,
      async (tx) => await createProvider(tx, { keyring, ownKey }, { caller, fields, clientSecret, note }),
    );
    return await one(caller.accountId, id);
  });

  http.serve(contract.changeIdentityProvider, async ({ caller, params: { providerId: id }, body }) => {
    const {
      changes: { clientSecret: given, confirms, ...changes },
      note,
    } = changeOf(body);
    const { accountId: account } = caller;
    const clientSecret = given === undefined ? null : await sealClientSecret(keyring, { account, id }, given);
    await database.transaction(
      account,
      async (tx) =>
        await changeProvider(tx, caller, { id, changes, clientSecret, confirms: confirms === true, note }),
    );
    return await one(account, id);
  });

  http.serve(
    contract.deleteIdentityProvider,
    async ({ caller, params: { providerId: id }, body: note = {} }) => {
      await database.transaction(
        caller.accountId,
        async (tx) => await deleteProvider(tx, caller, { id, note }),
      );
      return undefined;
    },
  );

  http.serve(contract.readProviderMetadata, async ({ file }) => readMetadata(await receiveMetadata(file)));

  http.serve(
    contract.readIssuer,
    async ({ body: { issuer } }) =>
      await oidcClients.statement(issuer).catch((error: unknown) => {
        if (isUnreachable(error) || isOfProvider(error)) throw new Refusal('federation.issuer-unfit');
        throw error;
      }),
  );

  http.serve(
    contract.listFederatedUsers,
    async ({ caller: { accountId }, params: { providerId } }) =>
      await database.read(accountId, async (tx) => {
        found((await readProviders(tx, accountId, providerId))[0]);
        return { items: await readFederatedUsers(tx, accountId, providerId) };
      }),
  );

  http.serve(
    contract.linkUser,
    async ({ caller, params: { providerId, userId }, body: { subject } = {} }) => {
      await database.transaction(
        caller.accountId,
        async (tx) => await linkUser(tx, caller, { providerId, userId, subject: subject ?? null }),
      );
      return undefined;
    },
  );

  http.serve(contract.unlinkUser, async ({ caller, params: { providerId, userId } }) => {
    await database.transaction(
      caller.accountId,
      async (tx) => await unlinkUser(tx, caller, { providerId, userId }),
    );
    return undefined;
  });
}
