import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { filesBelow } from './files.ts';

/** Links in our documents that lead to a file or a heading that is not there. */
export function linkProblems(root: string): string[] {
  return filesBelow(root, '**/*.md').flatMap((path) =>
    linksOf(readFileSync(join(root, path), 'utf8'))
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leadsSomewhere(join(root, path), link))
      .map((link) => `${path} links to ${link}, which does not exist`),
  );
}

function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', fragment] = link.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(file)) return false;
  return (
    fragment === undefined ||
    !file.endsWith('.md') ||
    anchorsOf(readFileSync(file, 'utf8')).includes(fragment)
  );
}

/** The names that headings get when a page of Markdown is shown on the web. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ +(.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}
