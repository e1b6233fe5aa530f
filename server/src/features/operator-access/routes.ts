import * as contract from '@samtal/contract/operator-access';
import type { Database, Tx } from '../../platform/database/index.ts';
import { found, type HttpServer, type SignedInMember } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import {
  clearSessionCookie,
  deviceOf,
  Failures,
  refuseForeignOrigin,
  setSessionCookie,
} from '../signin/index.ts';
import { approveAccess, refuseAccess } from './decide-access.ts';
import { endAccess, type Ending } from './end-access.ts';
import { enterAccount } from './enter-account.ts';
import { readOperatorsPresent } from './present-operators.ts';
import { oneAccess, presentAccess } from './presenter.ts';
import { readAccesses } from './queries.ts';

export interface OperatorAccessParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly publicUrl: URL;
  /** Told of sessions that have ended before their time: what stands on them, such as a socket, must go. */
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}

/** Temporary access of operators to one account (B4): asked for at the command line, decided over here. */
export function operatorAccessRoutes(http: HttpServer, parts: OperatorAccessParts): void {
  const { database } = parts;

  http.serve(contract.listOperatorAccess, async ({ caller: { accountId } }) => ({
    items: (await database.read(accountId, async (tx) => await readAccesses(tx, accountId))).map(
      presentAccess,
    ),
  }));

  http.serve(contract.listOperatorsPresent, async ({ caller: { accountId } }) => ({
    items: await database.read(accountId, async (tx) => await readOperatorsPresent(tx, accountId)),
  }));

  const decide = async (caller: SignedInMember, accessId: string, work: (tx: Tx) => Promise<void>) =>
    await database.transaction(caller.accountId, async (tx) => {
      await work(tx);
      return await oneAccess(tx, caller.accountId, accessId);
    });

  http.serve(
    contract.approveOperatorAccess,
    async ({ caller, params: { accessId }, body: { minutes } }) =>
      await decide(
        caller,
        accessId,
        async (tx) => await approveAccess(tx, { accessId, approver: caller, minutes }),
      ),
  );

  http.serve(
    contract.refuseOperatorAccess,
    async ({ caller, params: { accessId } }) =>
      await decide(caller, accessId, async (tx) => await refuseAccess(tx, { accessId, approver: caller })),
  );

  endingRoutes(http, parts);
  entryRoutes(http, parts);
}

function endingRoutes(http: HttpServer, { database, sessionsEnded }: OperatorAccessParts): void {
  const end = async (accountId: string, ending: Ending) => {
    sessionsEnded(
      await database.transaction('platform', async (tx) => await endAccess(tx, accountId, ending)),
    );
  };

  http.serve(contract.endOperatorAccess, async ({ caller, params: { accessId } }) => {
    const { accountId, actor } = caller;
    await end(accountId, { accessId, actor, by: 'account' });
    return await database.read(accountId, async (tx) => await oneAccess(tx, accountId, accessId));
  });

  http.serve(contract.leaveAccount, async ({ caller, reply }) => {
    const accountId = found(caller.isOperator === true ? caller.onlyAccountId : null);
    const accessId = caller.userId;
    await end(accountId, { accessId, actor: { kind: 'operator', id: accessId }, by: 'operator' });
    clearSessionCookie(reply);
    return undefined;
  });
}

function entryRoutes(http: HttpServer, { database, keyring, publicUrl }: OperatorAccessParts): void {
  const door = { database, failures: new Failures(keyring) };
  http.serve(contract.enterAccount, async ({ caller: { address }, body: { token }, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    const device = deviceOf(request.headers['user-agent']);
    const entered = await enterAccount(door, { token, address, device });
    setSessionCookie(reply, entered.token);
    return entered.session;
  });
}
