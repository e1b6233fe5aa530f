import * as contract from '@samtal/contract/provisioning';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../platform/database/index.ts';
import { found, type HttpServer, type Member } from '../../platform/http/index.ts';
import type { BeforeLeaving } from '../users/index.ts';
import { alterGroup, deleteGroup, makeGroup } from './change-groups.ts';
import { alterUser, makeUser, takeUserAway } from './change-users.ts';
import { resourceTypes, schemas, serviceProviderConfiguration } from './discovery.ts';
import { presentGroup, presentList, presentUser, versionOfGroup, versionOfUser } from './presenter.ts';
import {
  findDirectoryGroups,
  findDirectoryUsers,
  readDirectoryGroup,
  readDirectoryUser,
  type DirectoryGroup,
  type DirectoryUser,
} from './queries.ts';
import { groupOf, patchedGroup, patchedUser, userOf } from './wishes.ts';

export interface ProvisioningParts {
  readonly database: Database;
  readonly publicUrl: URL;
  readonly beforeLeaving: BeforeLeaving;
}

/** SCIM 2.0 (RFC 7644) for the directory of an account (B6). */
export function provisioningRoutes(http: HttpServer, parts: ProvisioningParts): void {
  userRoutes(http, parts);
  groupRoutes(http, parts);
  const base = ({ accountId }: Member) => baseOf(parts, accountId);
  http.serve(contract.getScimConfiguration, async ({ caller }) => serviceProviderConfiguration(base(caller)));
  http.serve(contract.listScimResourceTypes, async ({ caller }) => resourceTypes(base(caller)));
  http.serve(contract.listScimSchemas, async ({ caller }) => schemas(base(caller)));
}

function userRoutes(http: HttpServer, parts: ProvisioningParts): void {
  const { database, beforeLeaving } = parts;
  const showing = ({ accountId }: Member) => ({ base: baseOf(parts, accountId) });
  const answered = (reply: FastifyReply, caller: Member, user: DirectoryUser) =>
    withVersion(reply, versionOfUser(user), presentUser(user, showing(caller)));

  http.serve(contract.listScimUsers, async ({ caller, query }) => {
    const { accountId } = caller;
    const users = await database.read(accountId, (tx) => findDirectoryUsers(tx, accountId, query));
    return presentList(users, (user) => presentUser(user, { ...showing(caller), ...query }));
  });

  http.serve(contract.getScimUser, async ({ caller, params: { userId }, query, reply }) => {
    const { accountId } = caller;
    const user = found(await database.read(accountId, (tx) => readDirectoryUser(tx, accountId, userId)));
    return withVersion(reply, versionOfUser(user), presentUser(user, { ...showing(caller), ...query }));
  });

  http.serve(contract.createScimUser, async ({ caller, body, reply }) => {
    const wish = userOf(body, { active: true });
    const user = await database.transaction(caller.accountId, (tx) => makeUser(tx, caller, wish));
    void reply.header('location', `${showing(caller).base}/Users/${user.id}`);
    return answered(reply, caller, user);
  });

  http.serve(contract.replaceScimUser, async ({ caller, params: { userId }, body, request, reply }) => {
    const change = { userId, ifMatch: ifMatchOf(request), beforeLeaving };
    const user = await database.transaction(caller.accountId, (tx) =>
      alterUser(tx, caller, { ...change, wishFrom: (before) => userOf(body, before) }),
    );
    return answered(reply, caller, user);
  });

  http.serve(contract.patchScimUser, async ({ caller, params: { userId }, body, request, reply }) => {
    const change = { userId, ifMatch: ifMatchOf(request), beforeLeaving };
    const user = await database.transaction(caller.accountId, (tx) =>
      alterUser(tx, caller, { ...change, wishFrom: (before) => patchedUser(before, body) }),
    );
    return answered(reply, caller, user);
  });

  http.serve(contract.deleteScimUser, async ({ caller, params: { userId }, request }) => {
    const change = { userId, ifMatch: ifMatchOf(request), beforeLeaving };
    await database.transaction(caller.accountId, (tx) => takeUserAway(tx, caller, change));
    return undefined;
  });
}

function groupRoutes(http: HttpServer, parts: ProvisioningParts): void {
  const { database } = parts;
  const showing = ({ accountId }: Member) => ({ base: baseOf(parts, accountId) });
  const answered = (reply: FastifyReply, caller: Member, group: DirectoryGroup) =>
    withVersion(reply, versionOfGroup(group), presentGroup(group, showing(caller)));

  http.serve(contract.listScimGroups, async ({ caller, query }) => {
    const { accountId } = caller;
    const groups = await database.read(accountId, (tx) => findDirectoryGroups(tx, accountId, query));
    return presentList(groups, (group) => presentGroup(group, { ...showing(caller), ...query }));
  });

  http.serve(contract.getScimGroup, async ({ caller, params: { groupId }, query, reply }) => {
    const { accountId } = caller;
    const group = found(await database.read(accountId, (tx) => readDirectoryGroup(tx, accountId, groupId)));
    return withVersion(reply, versionOfGroup(group), presentGroup(group, { ...showing(caller), ...query }));
  });

  http.serve(contract.createScimGroup, async ({ caller, body, reply }) => {
    const wish = groupOf(body);
    const group = await database.transaction(caller.accountId, (tx) => makeGroup(tx, caller, wish));
    void reply.header('location', `${showing(caller).base}/Groups/${group.id}`);
    return answered(reply, caller, group);
  });

  http.serve(contract.replaceScimGroup, async ({ caller, params: { groupId }, body, request, reply }) => {
    const change = { groupId, ifMatch: ifMatchOf(request) };
    const group = await database.transaction(caller.accountId, (tx) =>
      alterGroup(tx, caller, { ...change, wishFrom: () => groupOf(body) }),
    );
    return answered(reply, caller, group);
  });

  http.serve(contract.patchScimGroup, async ({ caller, params: { groupId }, body, request, reply }) => {
    const change = { groupId, ifMatch: ifMatchOf(request) };
    const group = await database.transaction(caller.accountId, (tx) =>
      alterGroup(tx, caller, { ...change, wishFrom: (before) => patchedGroup(before, body) }),
    );
    return answered(reply, caller, group);
  });

  http.serve(contract.deleteScimGroup, async ({ caller, params: { groupId }, request }) => {
    const change = { groupId, ifMatch: ifMatchOf(request) };
    await database.transaction(caller.accountId, (tx) => deleteGroup(tx, caller, change));
    return undefined;
  });
}

function withVersion<Resource>(reply: FastifyReply, version: string, resource: Resource): Resource {
  void reply.header('etag', version);
  return resource;
}

function ifMatchOf({ headers }: FastifyRequest): string | undefined {
  return headers['if-match'];
}

function baseOf({ publicUrl }: ProvisioningParts, accountId: string): string {
  return `${publicUrl.origin}/api/v1/accounts/${accountId}/scim/v2`;
}
