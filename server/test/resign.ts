import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFiles, type Manifest } from '../src/features/backup/manifest.ts';
import type { Keyring } from '../src/platform/keys/index.ts';

/** Signs a backup anew after something in it was changed, as only the installation itself could. */
export async function resign(
  set: string,
  keyring: Keyring,
  change: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Promise<void> {
  const manifest = JSON.parse(await readFile(join(set, 'manifest.json'), 'utf8')) as Manifest;
  const files = await Promise.all(
    manifest.files.map(async ({ name }) => {
      const bytes = await readFile(join(set, name));
      return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
  for (const { name, text } of manifestFiles(change({ ...manifest, files }), await keyring.signingKey()))
    await writeFile(join(set, name), text);
}
