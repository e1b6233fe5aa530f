import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { refusals } from '../contract/src/errors/index.ts';
import { filesBelow } from './files.ts';

type Catalogue = Record<string, unknown>;

/** English is the reference; Swedish is always complete too. Any other language is a file more. */
const required = ['en', 'sv'];

/** What is wrong with the text catalogues: keys, placeholders and empty texts, compared with the English file. */
export function catalogueProblems(root: string): string[] {
  return ['widget', 'console'].flatMap((name) => {
    const folder = `contract/text/${name}`;
    const files = filesBelow(join(root, folder), '*.json');
    const missing = required.filter((locale) => !files.includes(`${locale}.json`));
    if (!files.includes('en.json')) return [`${folder}/en.json is missing`];
    const english = read(root, `${folder}/en.json`);
    return [
      ...missing.map((locale) => `${folder}/${locale}.json is missing`),
      ...files.flatMap((file) => differences(`${folder}/${file}`, read(root, `${folder}/${file}`), english)),
      ...(name === 'console' ? problemsWithoutText(folder, english) : []),
    ];
  });
}

function read(root: string, path: string): Catalogue {
  return existsSync(join(root, path))
    ? (JSON.parse(readFileSync(join(root, path), 'utf8')) as Catalogue)
    : {};
}

function differences(path: string, catalogue: Catalogue, english: Catalogue): string[] {
  return [
    ...Object.keys(english)
      .filter((key) => !(key in catalogue))
      .map((key) => `${path} lacks ${key}`),
    ...Object.entries(catalogue).flatMap(([key, text]) => {
      if (!(key in english)) return [`${path} has ${key}, which en.json does not`];
      if (typeof text !== 'string' || text.trim() === '') return [`${path}: ${key} is not a text`];
      if (placeholders(text) === placeholders(english[key])) return [];
      return [`${path}: ${key} has other placeholders than ${basename('en.json')}`];
    }),
  ];
}

function placeholders(text: unknown): string {
  return [...new Set(String(text).match(/\{\w+\}/g) ?? [])].toSorted().join(' ');
}

function problemsWithoutText(folder: string, english: Catalogue): string[] {
  return Object.keys(refusals)
    .filter((code) => !(`problem.${code}` in english))
    .map((code) => `${folder}/en.json lacks problem.${code}`);
}
