import { randomUUID } from 'node:crypto';
import { authorisationNames, type Authorisation } from '@samtal/contract/access';
import { Client } from 'pg';
import { loadMember, scopesOf } from '../server/src/features/access/index.ts';
import { writeClosures } from '../server/src/features/access/queries.ts';
import { closures, type RoleNode } from '../server/src/features/access/role-graph.ts';
import { findConversations } from '../server/src/features/conversations/index.ts';
import type { Member } from '../server/src/platform/http/index.ts';
import type { TestAccount } from '../server/test/callers.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { seedAccount } from './seed.ts';

const roles = 1_000;
/** How far down each of them holds others. */
const deep = 10;
const users = 1_000;
const grantsEach = 10;
const regions = 100;
const conversations = 20_000;

/** What it costs to know what somebody may do, to narrow a list to it, and to be held to one account by the database. */
export const authorisation: Benchmark = { name: 'authorisation', run: measureAuthorisation };

async function measureAuthorisation(options: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const owner = new Client({ connectionString: database.platform.url, options: '-c search_path=samtal' });
  await owner.connect();
  try {
    const account = await seedAccount(database.platform, new URL('http://127.0.0.1'));
    const person = await seed(database.platform, account);
    return [
      await measureDecision(database.platform, account.id, person, options),
      await measureList(database.platform, account.id, person, options),
      await measureRowSecurity(owner, account.id, options),
    ];
  } finally {
    await owner.end();
    await database.close();
  }
}

/** A request’s question, who this is and what they may do where, against reading the membership alone. */
async function measureDecision(
  { database }: TestDatabase,
  account: string,
  person: Member,
  options: BenchmarkOptions,
): Promise<Finding> {
  const decide = async () => {
    const member = await database.read(
      account,
      async (tx) => await loadMember(tx, asSignedIn(person), account),
    );
    if (member === null || scopesOf(member, 'conversations.find').length === 0)
      throw new Error('Nothing is held');
  };
  const lookUp = async () => {
    const row = await database.read(
      account,
      async (tx) =>
        await tx.sql
          .selectFrom('membership')
          .select(['name', 'status'])
          .where('account_id', '=', account)
          .where('user_id', '=', person.userId)
          .executeTakeFirst(),
    );
    if (row?.status !== 'active') throw new Error('Nobody is there');
  };
  return await compared(
    `what a member may do, among ${roles} roles ${deep} deep and ${users * grantsEach} grants, against reading the membership alone`,
    { with: decide, without: lookUp },
    options,
  );
}

/** The newest 50 conversations where somebody may find them, against the newest 50 of the account. */
async function measureList(
  { database }: TestDatabase,
  account: string,
  person: Member,
  options: BenchmarkOptions,
): Promise<Finding> {
  const list = async (scopes: Parameters<typeof findConversations>[2]) => {
    const { rows } = await database.read(
      account,
      async (tx) => await findConversations(tx, account, scopes, { limit: 50 }),
    );
    if (rows.length !== 50) throw new Error(`${rows.length} conversations were found`);
  };
  const scopes = scopesOf(person, 'conversations.find');
  return await compared(
    `the newest 50 of ${conversations} conversations within ${scopes.length} grants for regions, against those of the whole account`,
    { with: async () => await list(scopes), without: async () => await list([{}]) },
    options,
  );
}

/** The same statements on one connection, as the role that row-level security holds to its account and as one that it does not. */
async function measureRowSecurity(
  owner: Client,
  account: string,
  options: BenchmarkOptions,
): Promise<Finding> {
  const transaction = async (role: string) => {
    await owner.query(
      `begin read only; select set_config('samtal.account', '${account}', true); set local role ${role}`,
    );
    const { rows } = await owner.query(
      'select id, state, started_at from conversation where account_id = $1 order by started_at desc, id desc limit 50',
      [account],
    );
    await owner.query('commit');
    if (rows.length !== 50) throw new Error(`${rows.length} conversations were read`);
  };
  const { rows } = await owner.query<{ name: string }>('select current_user as name');
  const name = rows[0]?.name ?? '';
  return await compared(
    'a transaction that reads 50 conversations under row-level security, against the same without it',
    {
      with: async () => await transaction('samtal_app'),
      without: async () => await transaction(owner.escapeIdentifier(name)),
    },
    options,
  );
}

/** Both in turns, so that a noisy moment meets both. */
async function compared(
  what: string,
  programs: Record<'with' | 'without', () => Promise<void>>,
  { rounds, seconds }: BenchmarkOptions,
): Promise<Finding> {
  const found: Record<keyof typeof programs, number[]> = { with: [], without: [] };
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
      const each = await microsecondsEach(programs[name], seconds / 4);
      if (round > 0) found[name].push(each);
    }
  }
  const ratio = spreadOf(found.with.map((one, index) => one / (found.without[index] ?? Number.NaN)));
  return {
    what,
    measured: `${shown(ratio, 2)} times as long`,
    target: null,
    met: null,
    from: `${shown(spreadOf(found.with), 0)} µs against ${shown(spreadOf(found.without), 0)} µs`,
  };
}

async function microsecondsEach(program: () => Promise<void>, seconds: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1_000) {
    await program();
    count += 1;
  }
  return ((performance.now() - began) * 1_000) / count;
}

function asSignedIn({ userId, address, origin }: Pick<Member, 'userId' | 'address' | 'origin'>) {
  return { userId, sessionId: userId, address, origin, hasSecondFactor: false };
}

/** Roles, units, queues, conversations and people with grants. Answers with one of the people. */
async function seed(db: TestDatabase, account: TestAccount): Promise<Member> {
  const { asOwner, database } = db;
  const nodes = await seedRoles(db, account.id);
  await asOwner(
    `with region as (
       insert into unit (account_id, id, kind, name, path)
       select $1, id, 'region', 'Region ' || at, array[id]
       from (select gen_random_uuid() as id, at from generate_series(1, ${regions}) at) each returning id, name)
     insert into queue (account_id, id, name, unit_id) select $1, gen_random_uuid(), name, id from region`,
    [account.id],
  );
  await asOwner(
    `insert into conversation (account_id, id, case_id, site_id, site_name, visitor_id, queue_id, queue_name, state, started_at, queued_at, resolved_at)
     select $1, gen_random_uuid(), 'B' || at, $2, 'Site', gen_random_uuid(), queue.id, queue.name, 'resolved',
       now() - at * interval '1 second', now(), now()
     from generate_series(1, ${conversations}) at
     join (select id, name, row_number() over () as number from queue where unit_id is not null) queue
       on queue.number = 1 + at % ${regions}`,
    [account.id, account.siteId],
  );
  const ids = Array.from({ length: users }, () => randomUUID());
  await asOwner(
    `insert into identity (id, email, email_folded, name) select id, id || '@b.example', id || '@b.example', 'Name' from unnest($1::uuid[]) id`,
    [ids],
  );
  await asOwner(
    `insert into membership (account_id, user_id, email, name, status) select $1, id, id || '@b.example', 'Name', 'active' from unnest($2::uuid[]) id`,
    [account.id, ids],
  );
  await asOwner(
    `insert into role_grant (account_id, id, user_id, role_id, scope)
     select $1, gen_random_uuid(), member.id, ($3::uuid[])[1 + (member.at * 7 + nth * 101) % ${roles}],
       jsonb_build_object('unit', jsonb_build_array(unit.id))
     from unnest($2::uuid[]) with ordinality as member (id, at)
     cross join generate_series(1, ${grantsEach}) as nth
     join (select id, row_number() over () as number from unit) unit on unit.number = 1 + (member.at + nth * 13) % ${regions}`,
    [account.id, ids, nodes.map(({ id }) => id)],
  );
  await asOwner('analyze');
  const [userId = ''] = ids;
  const member = await database.read(
    account.id,
    async (tx) => await loadMember(tx, asSignedIn({ userId, address: '', origin: null }), account.id),
  );
  if (member === null) throw new Error('Nobody is there');
  return member;
}

/** Chains of roles, each of which says something itself; the first of all is in every one of them. */
async function seedRoles({ database, asOwner }: TestDatabase, account: string): Promise<RoleNode[]> {
  const ids = Array.from({ length: roles }, () => randomUUID());
  const nodes = ids.map((id, at): RoleNode => {
    const next = at % deep === deep - 1 ? undefined : ids[at + 1];
    const own: Authorisation[] = ['conversations.find'];
    const another = authorisationNames[at % authorisationNames.length];
    return {
      id,
      authorisations: another === undefined || another === 'conversations.find' ? own : [...own, another],
      roles: next === undefined ? [] : [next],
    };
  });
  const one = nodes.flatMap(({ id, authorisations }) => authorisations.map((name) => [id, name] as const));
  const two = nodes.flatMap(({ id, roles: held }) => held.map((each) => [id, each] as const));
  await asOwner(
    "insert into role (account_id, id, name) select $1, id, 'Role ' || id from unnest($2::uuid[]) id",
    [account, ids],
  );
  await asOwner('insert into role_authorisation select $1, * from unnest($2::uuid[], $3::text[])', [
    account,
    one.map(([id]) => id),
    one.map(([, name]) => name),
  ]);
  await asOwner('insert into role_held select $1, * from unnest($2::uuid[], $3::uuid[])', [
    account,
    two.map(([id]) => id),
    two.map(([, held]) => held),
  ]);
  const graph = new Map(nodes.map((node) => [node.id, node]));
  await database.transaction(account, async (tx) => await writeClosures(tx, account, closures(graph, ids)));
  return nodes;
}

if (import.meta.main) await runFromCommandLine([authorisation]);
