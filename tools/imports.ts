import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { parseSync, type Node } from 'oxc-parser';

import { filesBelow } from './files.ts';

/** One source file: what it imports, types included, as written. Paths are relative to the root of the repository. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly specifiers: readonly string[];
}

/** Reads every TypeScript and JavaScript file below `root`. */
export function readSources(root: string): SourceFile[] {
  return filesBelow(root, '**/*.{ts,tsx,js}').map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, specifiers: specifiersBelow(syntaxTree(path, text)) };
  });
}

/** The syntax tree of a file, as ESTree with TypeScript has it. */
export function syntaxTree(path: string, text: string): Node {
  return parseSync(path, text).program;
}

/** The nodes right below a node. */
export function children(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** What is imported or exported from anywhere, loaded while running, or named as a type. */
function specifiersBelow(node: Node): string[] {
  const source = 'source' in node ? node.source : null;
  const named = isNode(source) && source.type === 'Literal' && typeof source.value === 'string';
  return [...(named ? [source.value] : []), ...children(node).flatMap(specifiersBelow)];
}

/** The file that a relative import points at; null for an import of a package or of Node. */
export function target(file: SourceFile, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const [path = specifier] = specifier.split('?');
  return posix.normalize(posix.join(posix.dirname(file.path), path));
}

/** The package that an import names: `@scope/name` or `name`; null for a relative import. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.')) return null;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Circles in a graph, each as the nodes passed until the first one comes again. One circle per group of nodes. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    if (trail.includes(node)) found.push([...trail.slice(trail.indexOf(node)), node]);
    if (done.has(node) || trail.includes(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}
