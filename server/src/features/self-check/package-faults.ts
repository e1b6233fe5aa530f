import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { fetchOutbound, type Outbound } from '../../platform/outbound/index.ts';
import type { Finding } from './judge-installation.ts';

/** Versions by package, as they are installed. */
export type Packages = Readonly<Record<string, readonly string[]>>;

/** What npm notes of what it has installed in a folder. */
const listOfInstalled = join(import.meta.dirname, '../../../../node_modules/.package-lock.json');

interface InstalledPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** One advisory as a registry answers it. */
interface Advisory {
  readonly title: string;
  readonly severity: string;
  readonly url: string;
  readonly vulnerable_versions: string;
}

/** What runs here, without what only builds and tests need; null where npm has left no list. */
export async function readInstalledPackages(path: string = listOfInstalled): Promise<Packages | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, InstalledPackage>> };
  const installed: Record<string, string[]> = {};
  for (const [place, { version, dev = false, link = false }] of Object.entries(packages)) {
    const name = place.split('node_modules/').at(-1) ?? '';
    if (dev || link || version === undefined || !place.includes('node_modules/')) continue;
    installed[name] = [...new Set([...(installed[name] ?? []), version])];
  }
  return installed;
}

/**
 * Which of these have faults that are known, asked of an npm registry (its bulk advisories): it is told names and versions.
 * Throws OutboundError, and RegistryError when it answers something else.
 */
export async function findPackageFaults(
  outbound: Outbound,
  registry: URL,
  packages: Packages,
): Promise<Finding[]> {
  const url = new URL('-/npm/v1/security/advisories/bulk', withSlash(registry));
  const answer = await fetchOutbound(outbound, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(packages),
    timeoutMs: 30_000,
    limitBytes: 8 * 1024 * 1024,
  });
  if (!answer.ok) throw new RegistryError(`It answers ${answer.status}`);
  const advisories = readAdvisories(await answer.text());
  return Object.entries(packages).flatMap(([name, versions]) =>
    versions.flatMap((version) =>
      (advisories[name] ?? [])
        .filter(({ vulnerable_versions: range }) => satisfies(version, range, { includePrerelease: true }))
        .map((advisory) => findingOf(name, version, advisory)),
    ),
  );
}

/** The registry does not answer as one. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

function findingOf(name: string, version: string, { title, severity, url, ...advisory }: Advisory): Finding {
  return {
    code: 'package-fault',
    level: severity === 'high' || severity === 'critical' ? 'serious' : 'notice',
    what: `The package ${name} ${version} has a fault that is known (${severity}): ${title}`,
    why: `Whoever reads ${url} knows it as well.`,
    todo: `Install a version of Samtal with another one than ${advisory.vulnerable_versions}, or see there why it does not matter here.`,
  };
}

function readAdvisories(text: string): Readonly<Record<string, readonly Advisory[]>> {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new RegistryError('It answers something else than JSON', { cause });
  }
  const lists = typeof answer === 'object' && answer !== null ? Object.values(answer) : [null];
  if (!lists.every((list) => Array.isArray(list) && list.every(isAdvisory)))
    throw new RegistryError('It answers something else than advisories');
  return answer as Readonly<Record<string, readonly Advisory[]>>;
}

function isAdvisory(value: unknown): value is Advisory {
  const fields = ['title', 'severity', 'url', 'vulnerable_versions'];
  return (
    typeof value === 'object' &&
    value !== null &&
    fields.every((field) => typeof (value as Record<string, unknown>)[field] === 'string')
  );
}

function withSlash(registry: URL): string {
  return registry.href.endsWith('/') ? registry.href : `${registry.href}/`;
}
