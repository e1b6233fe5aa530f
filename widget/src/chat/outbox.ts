import { memoryOutbox, type Outbox } from '@samtal/contract/realtime/outbox';
import type { PendingPost } from '@samtal/contract/realtime/thread';

export interface StoredOutbox extends Outbox {
  /** Removes every post, and the database with them. */
  clear(): Promise<void>;
}

/**
 * Keeps posts in the page's IndexedDB until the server has them, so that they survive a crash. Where that is not to be
 * had they live as long as the page. The database is not made before there is something to keep.
 */
export function storedOutbox(databaseName: string): StoredOutbox {
  const memory = memoryOutbox();
  let opened: Promise<IDBDatabase | null> | null = null;

  /** Transactions on one store run in the order they are made, so a removal never overtakes its post. */
  const run = async <Result>(
    mode: IDBTransactionMode,
    ask: (posts: IDBObjectStore) => IDBRequest<Result>,
  ) => {
    const database = await (opened ??= openDatabase(databaseName));
    return database === null
      ? null
      : await settled(() => ask(database.transaction('posts', mode).objectStore('posts')));
  };

  return {
    async load() {
      const stored = (await run('readonly', (posts) => posts.getAll() as IDBRequest<PendingPost[]>)) ?? [];
      const known = await memory.load();
      const cids = new Set(known.map((post) => post.cid));
      return [...stored.filter((post) => !cids.has(post.cid)), ...known];
    },
    async put(post) {
      await Promise.all([memory.put(post), run('readwrite', (posts) => posts.put(post))]);
    },
    async remove(cid) {
      await Promise.all([memory.remove(cid), run('readwrite', (posts) => posts.delete(cid))]);
    },
    async clear() {
      for (const { cid } of await memory.load()) await memory.remove(cid);
      (await opened)?.close();
      opened = null;
      await settled(() => indexedDB.deleteDatabase(databaseName));
    },
  };
}

function openDatabase(name: string): Promise<IDBDatabase | null> {
  return settled(() => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('posts', { keyPath: 'cid' });
    return request;
  }).then((database) => {
    // Another tab that forgets the visitor must not wait for this one.
    if (database !== null) database.onversionchange = () => database.close();
    return database;
  });
}

/** The request's result; null when storage is blocked, full or broken: memory has the posts as well. */
function settled<Result>(ask: () => IDBRequest<Result>): Promise<Result | null> {
  return new Promise((resolve) => {
    try {
      const request = ask();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}
