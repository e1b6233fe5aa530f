import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { withOlderDatabase } from '../../../test/older-database.ts';
import { decidersOf, type DecidedVersion } from './who-decided.ts';

describe('who decided who is believed at a provider', () => {
  const body = (certificates: string[], other: object = {}) => ({
    name: 'Almvik',
    active: true,
    domains: ['almvik.example'],
    attributes: { email: null },
    saml: { entityId: 'idp', certificates },
    ...other,
  });
  const of = (...versions: [body: object | null, by: string | null][]): DecidedVersion[] =>
    versions.map(([each, by], index) => ({ version: index + 1, body: each, by }));
  const deciders = (versions: DecidedVersion[], confirmed: { by: string; version: number } | null = null) =>
    [...decidersOf(versions, { domain: 'almvik.example', confirmed })].toSorted((one, other) =>
      String(one).localeCompare(String(other)),
    );

  it('is whoever put something there that still stands, and nobody for what they left as it was', () => {
    const [a, b] = [body(['A']), body(['A', 'B'])];
    assert.deepEqual(deciders(of([a, 'ada'])), ['ada']);
    assert.deepEqual(deciders(of([a, 'ada'], [b, 'fred'])), ['ada', 'fred']);
    assert.deepEqual(deciders(of([b, 'fred'], [{ ...b, name: 'Other' }, 'ada'])), ['fred']);
    assert.deepEqual(deciders(of([b, 'fred'], [body(['B', 'A']), 'ada'])), ['fred'], 'in another order');
    assert.deepEqual(deciders(of([b, 'fred'], [a, 'ada'])), ['fred'], 'what is gone was decided by nobody');
    assert.deepEqual(deciders(of([a, 'ada'], [b, 'fred'], [a, 'ada'])), ['ada']);
    const mapped = body(['A'], { attributes: { email: 'alias' } });
    assert.deepEqual(deciders(of([a, 'ada'], [mapped, 'fred'])), ['ada', 'fred']);
    const off = body(['A'], { active: false });
    assert.deepEqual(deciders(of([off, 'ada'], [a, 'fred'])), ['ada', 'fred'], 'switched on by another');
  });

  it('looks at the domain that somebody comes from, and knows whom it does not know', () => {
    const wide = body(['A'], { domains: ['almvik.example', 'other.example'] });
    assert.deepEqual(deciders(of([body(['A']), 'ada'], [wide, 'fred'])), ['ada']);
    assert.deepEqual(deciders(of([body(['A']), null])), [null]);
    assert.deepEqual(deciders(of([body(['A']), 'ada'], [null, 'ada'])), []);
  });

  it('is whoever has confirmed it, but for what came later', () => {
    const versions = of([body(['A']), 'fred'], [body(['A', 'B']), 'fred']);
    assert.deepEqual(deciders(versions, { by: 'ada', version: 2 }), ['ada']);
    assert.deepEqual(deciders(versions, { by: 'ada', version: 1 }), ['ada', 'fred']);
  });
});

it('counts as claimed, from the upgrade on, who was linked or has been there, however the link was cut', async () => {
  await withOlderDatabase('0037', async (owner, bringUpToDate) => {
    const account = randomUUID();
    await owner.query("insert into account (id, name) values ($1, 'Older')", [account]);
    const [fresh, cut, sealed, been] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    for (const id of [fresh, cut, sealed, been]) {
      const email = `${id}@b.se`;
      await owner.query('insert into identity (id, email, name) values ($1, $2, $2)', [id, email]);
      await owner.query(
        'insert into membership (account_id, user_id, email, name, last_active_on) values ($1, $2, $3, $3, $4)',
        [account, id, email, id === been ? '2026-01-01' : null],
      );
      await owner.query('insert into provisioned_user (account_id, user_id, made) values ($1, $2, true)', [
        account,
        id,
      ]);
    }
    const said = (action: string, id: string) =>
      JSON.stringify({ action, actor: { kind: 'system' }, subject: { kind: 'user', id } });
    await owner.query('insert into audit_outbox (account_id, body) values ($1, $2), ($1, $3)', [
      account,
      said('federation.user-unlinked', cut),
      said('users.changed', fresh),
    ]);
    await owner.query(
      "insert into audit_entry (account_id, seq, at, body, previous, hash) values ($1, 1, now(), $2, '', '')",
      [account, said('federation.user-linked', sealed)],
    );
    await bringUpToDate();
    const { rows } = await owner.query<{ id: string }>(
      'select user_id as id from samtal.provisioned_user where claimed_at is null',
    );
    assert.deepEqual(rows, [{ id: fresh }]);
  });
});
