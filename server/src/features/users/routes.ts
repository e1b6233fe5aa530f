import {
  changeUser as changeUserEndpoint,
  getUser,
  inviteUser as inviteUserEndpoint,
  inviteUserAgain as inviteUserAgainEndpoint,
  listUsers,
  removeUser as removeUserEndpoint,
} from '@samtal/contract/users';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { changeUser } from './change-user.ts';
import { inviteUserAgain } from './invite-user-again.ts';
import { inviteUser } from './invite-user.ts';
import type { BeforeLeaving } from './leaving.ts';
import { presentInvitation, presentUser } from './presenter.ts';
import { readUser, readUsers, type StoredUser } from './queries.ts';
import { removeUser } from './remove-user.ts';

export function usersRoutes(
  http: HttpServer,
  { database, beforeLeaving }: { database: Database; beforeLeaving: BeforeLeaving },
): void {
  http.serve(listUsers, async ({ caller: { accountId }, query }) => {
    const { users, next } = await database.read(accountId, (tx) => readUsers(tx, accountId, query));
    return { items: users.map(presentUser), next };
  });

  http.serve(getUser, async ({ caller: { accountId }, params: { userId } }) =>
    presentUser(await database.read(accountId, (tx) => oneUser(tx, accountId, userId))),
  );

  http.serve(inviteUserEndpoint, async ({ caller, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      const actor = caller.actor;
      const { changes: user, note } = changeOf(body);
      const { userId, invitation } = await inviteUser(tx, caller.accountId, { actor, user, note });
      return presentInvitation(await oneUser(tx, caller.accountId, userId), invitation);
    }),
  );

  http.serve(inviteUserAgainEndpoint, async ({ caller, params: { userId } }) =>
    database.transaction(caller.accountId, async (tx) => {
      const invitation = await inviteUserAgain(tx, caller.accountId, { giver: caller, userId });
      return presentInvitation(await oneUser(tx, caller.accountId, userId), invitation);
    }),
  );

  http.serve(changeUserEndpoint, async ({ caller, params: { userId }, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      await changeUser(tx, caller.accountId, { giver: caller, userId, ...changeOf(body), beforeLeaving });
      return presentUser(await oneUser(tx, caller.accountId, userId));
    }),
  );

  http.serve(removeUserEndpoint, async ({ caller, params: { userId }, body: note = {} }) => {
    await database.transaction(caller.accountId, (tx) =>
      removeUser(tx, caller.accountId, { giver: caller, userId, note, beforeLeaving }),
    );
    return undefined;
  });
}

async function oneUser(tx: ReadTx, accountId: string, userId: string): Promise<StoredUser> {
  return found(await readUser(tx, accountId, userId));
}
