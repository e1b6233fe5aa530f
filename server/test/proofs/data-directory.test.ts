import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it } from 'node:test';
import { diskStore } from '../../src/features/media/index.ts';
import { classOfPlace } from '../../src/features/retention/data-classes.ts';
import { ServerProcess } from '../server-process.ts';

it(
  'everything that the platform puts into its data directory has a class, and nothing has one that is not there',
  { timeout: 240_000 },
  async (t) => {
    const server = await ServerProcess.start();
    t.after(async () => await server.remove());
    for (const words of [['backup'], ['audit', 'checkpoint']])
      assert.equal((await server.command(...words)).code, 0);
    // A file as a conversation would have it.
    const store = diskStore(join(server.dataDir, 'media'));
    await store.write(randomUUID(), randomUUID(), Readable.from([Buffer.from('sealed')]));
    // The engine has more than one kind of thing in its directory, so its parts are looked at one by one.
    const places = (await readdir(server.dataDir)).filter((name) => name !== 'postgres');
    // Its programs, which lie there unless root runs the server, are no data.
    for (const name of await readdir(join(server.dataDir, 'postgres')))
      if (!name.startsWith('runtime-')) places.push(`postgres/${name}`);
    assert.deepEqual(places.toSorted(), Object.keys(classOfPlace).toSorted());
  },
);
