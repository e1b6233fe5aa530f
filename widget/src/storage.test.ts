import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDrawer } from './storage.ts';

interface Contents {
  token: string;
  read: number;
}

/** A browser's storage, as far as a drawer uses it. */
class Shelf implements Storage {
  readonly items = new Map<string, string>();
  full = false;
  readonly length = 0;
  key = () => null;
  clear = () => this.items.clear();
  getItem = (key: string) => this.items.get(key) ?? null;
  removeItem = (key: string) => void this.items.delete(key);
  setItem = (key: string, value: string) => {
    if (this.full) throw new DOMException('Full.', 'QuotaExceededError');
    this.items.set(key, value);
  };
}

function blocked(): Storage {
  throw new DOMException('Storage is blocked.', 'SecurityError');
}

test('what one page writes, another reads', () => {
  const shelf = new Shelf();
  openDrawer<Contents>(() => shelf, 'key').write({ token: 'abc', read: 3 });
  assert.deepEqual(openDrawer<Contents>(() => shelf, 'key').read(), { token: 'abc', read: 3 });
});

test('changes only the fields that are given', () => {
  const shelf = new Shelf();
  const drawer = openDrawer<Contents>(() => shelf, 'key');
  drawer.write({ token: 'abc', read: 3 });
  drawer.write({ read: 4 });
  assert.deepEqual(drawer.read(), { token: 'abc', read: 4 });
});

test('leaves no key behind when it is empty', () => {
  const shelf = new Shelf();
  const drawer = openDrawer<Contents>(() => shelf, 'key');
  drawer.write({ token: 'abc' });
  drawer.write({ token: undefined });
  assert.equal(shelf.items.size, 0);
  drawer.write({ token: 'abc', read: 1 });
  drawer.clear();
  assert.equal(shelf.items.size, 0);
});

test('remembers as long as the page lives where storage is blocked', () => {
  const drawer = openDrawer<Contents>(blocked, 'key');
  assert.deepEqual(drawer.read(), {});
  drawer.write({ token: 'abc' });
  drawer.write({ read: 2 });
  assert.deepEqual(drawer.read(), { token: 'abc', read: 2 });
  drawer.clear();
  assert.deepEqual(
    { ...drawer.read(), token: undefined, read: undefined },
    { token: undefined, read: undefined },
  );
});

test('remembers what did not fit, and stores it when there is room again', () => {
  const shelf = new Shelf();
  const drawer = openDrawer<Contents>(() => shelf, 'key');
  drawer.write({ token: 'abc' });
  shelf.full = true;
  drawer.write({ read: 2 });
  assert.deepEqual(drawer.read(), { token: 'abc', read: 2 });
  shelf.full = false;
  drawer.write({ read: 3 });
  assert.equal(shelf.items.get('key'), '{"token":"abc","read":3}');
});

test('starts afresh when what is stored is not readable', () => {
  const shelf = new Shelf();
  shelf.items.set('key', 'not ours');
  const drawer = openDrawer<Contents>(() => shelf, 'key');
  assert.deepEqual(drawer.read(), {});
  drawer.write({ read: 1 });
  assert.deepEqual(drawer.read(), { read: 1 });
});
