import type { Node } from 'oxc-parser';

import { edges as declaredEdges } from './edges.ts';
import {
  children,
  circles,
  isTest,
  packageOf,
  readSources,
  syntaxTree,
  target,
  type SourceFile,
} from './imports.ts';

/**
 * What each package may import (ARCHITECTURE.md, Packages). `e2e`, `bench` and `tools` may import everything; tests
 * may also use what the contract keeps for tests, such as the other side of the realtime protocol.
 */
const packages: Record<string, { contract: boolean; node: boolean }> = {
  contract: { contract: false, node: false },
  server: { contract: true, node: true },
  widget: { contract: true, node: false },
  console: { contract: true, node: false },
};

type Edge = (typeof declaredEdges)[number];

/**
 * What is wrong with the imports of the repository: packages, features of the server, who reads the environment,
 * who talks to PostgreSQL, and import circles.
 */
export function boundaryProblems(root: string, edges: readonly Edge[] = declaredEdges): string[] {
  const sources = readSources(root);
  return [
    ...sources.flatMap(packageProblems),
    ...sources.flatMap((file) => serverProblems(file, edges)),
    ...sources.flatMap(environmentProblems),
    ...edgeProblems(sources, edges),
    ...circleProblems(sources),
  ];
}

function packageProblems(file: SourceFile): string[] {
  const [home = ''] = file.path.split('/');
  const rule = packages[home];
  if (rule === undefined) return [];
  const runsInNode = rule.node || isTest(file.path) || isBuild(file.path);
  return file.specifiers.flatMap((specifier) => {
    const path = target(file, specifier);
    const name = packageOf(specifier);
    if (
      path !== null &&
      !path.startsWith(`${home}/`) &&
      !(isTest(file.path) && path.startsWith('contract/test/'))
    ) {
      return [`${file.path} imports ${path}, which is outside its package`];
    }
    if (name?.startsWith('@samtal/') && !(rule.contract && name === '@samtal/contract')) {
      return [`${file.path} imports ${name}, which ${home} may not use`];
    }
    if (specifier.startsWith('node:') && !runsInNode) {
      return [`${file.path} imports ${specifier}, but ${home} does not run in Node alone`];
    }
    return [];
  });
}

/** Programs that build a package stand directly in its folder. */
function isBuild(path: string): boolean {
  return path.split('/').length === 2;
}

function featureOf(path: string): string | null {
  return /^server\/src\/features\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function serverProblems(file: SourceFile, edges: readonly Edge[]): string[] {
  if (!file.path.startsWith('server/src/') || isTest(file.path)) return [];
  const feature = featureOf(file.path);
  return file.specifiers.flatMap((specifier) => {
    const path = target(file, specifier);
    if (packageOf(specifier) === 'pg' && !file.path.startsWith('server/src/platform/database/')) {
      return [`${file.path} imports pg; only server/src/platform/database talks to PostgreSQL`];
    }
    if (path === null) return [];
    if (feature !== null) return featureProblems(file.path, feature, path, edges);
    if (file.path.startsWith('server/src/platform/') && featureOf(path) !== null) {
      return [`${file.path} imports ${path}; the platform does not know any feature`];
    }
    return [];
  });
}

function featureProblems(from: string, feature: string, path: string, edges: readonly Edge[]): string[] {
  const other = featureOf(path);
  if (other === feature || path.startsWith('server/src/platform/')) return [];
  if (other === null) return [`${from} imports ${path}; a feature uses the platform and other features only`];
  if (path !== `server/src/features/${other}/index.ts`) {
    return [`${from} imports ${path}; another feature is used through its index.ts`];
  }
  if (edges.some((edge) => edge.from === feature && edge.to === other)) return [];
  return [`${from} imports ${path}, but tools/edges.ts has no edge ${feature} → ${other}`];
}

function environmentProblems(file: SourceFile): string[] {
  const inServer = file.path.startsWith('server/src/') && !isTest(file.path);
  if (!inServer || file.path === 'server/src/config.ts' || !readsEnvironment(file)) return [];
  return [`${file.path} reads the environment; only server/src/config.ts does`];
}

/** Handing the environment to `readConfig` whole is not reading it. */
function readsEnvironment(file: SourceFile): boolean {
  if (!/\benv\b/.test(file.text)) return false;
  const visit = (node: Node): boolean => {
    if (node.type === 'CallExpression' && isNamed(node.callee, 'readConfig'))
      return node.arguments.some((argument) => !isEnvironment(argument) && visit(argument));
    return isEnvironment(node) || takesEnv(node) || children(node).some(visit);
  };
  return visit(syntaxTree(file.path, file.text));
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' ? node.name === name : node.type === 'Literal' && node.value === name;
}

/** `process.env` and `process['env']`. */
function isEnvironment(node: Node): boolean {
  return node.type === 'MemberExpression' && isNamed(node.property, 'env') && isProcess(node.object);
}

/** `process`, also as `globalThis.process`. */
function isProcess(node: Node): boolean {
  return isNamed(node.type === 'MemberExpression' ? node.property : node, 'process');
}

/** `import { env } from 'node:process'` and `const { env } = process`. */
function takesEnv(node: Node): boolean {
  if (node.type === 'ImportDeclaration')
    return /^(node:)?process$/.test(node.source.value) && node.specifiers.some(isEnv);
  if (node.type !== 'VariableDeclarator' || node.init === null || !isProcess(node.init)) return false;
  return node.id.type === 'ObjectPattern' && node.id.properties.some(isEnv);
}

function isEnv(node: Node): boolean {
  if (node.type === 'ImportSpecifier') return isNamed(node.imported, 'env');
  return node.type === 'Property' && isNamed(node.key, 'env');
}

function edgeProblems(sources: readonly SourceFile[], edges: readonly Edge[]): string[] {
  const used = new Set<string>();
  for (const file of sources) {
    const from = featureOf(file.path);
    if (from === null || isTest(file.path)) continue;
    for (const specifier of file.specifiers)
      used.add(`${from} → ${featureOf(target(file, specifier) ?? '') ?? ''}`);
  }
  const graph = new Map<string, string[]>();
  for (const { from, to } of edges) graph.set(from, [...(graph.get(from) ?? []), to]);
  return [
    ...edges
      .filter(({ from, to }) => !used.has(`${from} → ${to}`))
      .map(({ from, to }) => `tools/edges.ts lists ${from} → ${to}, which nothing uses`),
    ...edges
      .filter(({ because }) => because.trim() === '')
      .map(({ from, to }) => `${from} → ${to} lacks its reason`),
    ...circles(graph).map((circle) => `tools/edges.ts holds a circle: ${circle.join(' → ')}`),
  ];
}

function circleProblems(sources: readonly SourceFile[]): string[] {
  const known = new Set(sources.map((file) => file.path));
  const graph = new Map(
    sources.map((file) => {
      const targets = file.specifiers.map((specifier) => target(file, specifier));
      return [file.path, targets.filter((path) => path !== null && known.has(path)) as string[]] as const;
    }),
  );
  return circles(graph).map((circle) => `imports go in a circle: ${circle.join(' → ')}`);
}
