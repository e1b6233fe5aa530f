import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root } from './files.ts';

/** Runs a program of the repository on a folder. Answers with nothing when it is content, else with what it said. */
async function complaints(folder: string, program: string, ...args: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    // In plain text: some programs take an environment that says `CI` for one that shows colours.
    const { CI: _, ...env } = process.env;
    const child = spawn(process.execPath, [join(root, program), ...args], {
      cwd: folder,
      env: { ...env, NO_COLOR: '1' },
    });
    let said = '';
    child.stdout.on('data', (text) => (said += String(text)));
    child.stderr.on('data', (text) => (said += String(text)));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve(code === 0 ? '' : said.trim() || `${program} ended with code ${code}`),
    );
  });
}

export async function formatComplaints(folder: string): Promise<string> {
  return await complaints(folder, 'node_modules/oxfmt/bin/oxfmt', '--list-different', '.');
}

export async function lintComplaints(folder: string): Promise<string> {
  return await complaints(folder, 'node_modules/oxlint/bin/oxlint');
}

/** What has not changed since the last time is not gone through again: `.tsbuildinfo` beside the project knows it. */
export async function typeComplaints(folder: string, project: string): Promise<string> {
  return await complaints(
    folder,
    'node_modules/typescript/bin/tsc',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `${project}/.tsbuildinfo`,
  );
}

export async function unusedCodeComplaints(folder: string): Promise<string> {
  return await complaints(
    folder,
    'node_modules/knip/bin/knip.js',
    '--no-progress',
    '--treat-config-hints-as-errors',
  );
}

export async function openApiComplaints(folder: string): Promise<string> {
  return await complaints(folder, 'tools/openapi.ts');
}
