import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { runFromCommandLine } from './command-line.ts';
import type { Benchmark, Finding } from './findings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a visitor's browser loads: the loader on every page, and the chat when it is opened. */
export const widgetSize: Benchmark = { name: 'widget-size', run: measureSizes };

async function measureSizes(): Promise<Finding[]> {
  execFileSync(process.execPath, [join(root, 'tools/build.ts'), '--if-stale'], { stdio: 'inherit' });
  const dist = join(root, 'widget/dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:js|css)$/.test(name),
  );
  const sizes = files.map((name) => ({
    name,
    bytes: gzipSync(readFileSync(join(dist, name)), { level: 9 }).length,
  }));
  const loader = sizes.filter(({ name }) => name === 'widget.js');
  return [
    sizeFinding('loader', loader, 4),
    sizeFinding('loader and opened chat, all scripts and styles', sizes, 30),
  ];
}

function sizeFinding(
  what: string,
  files: readonly { name: string; bytes: number }[],
  targetKb: number,
): Finding {
  const kb = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
  return {
    what: `${what}, gzip`,
    measured: `${kb.toFixed(2)} KB`,
    target: `≤ ${targetKb} KB`,
    met: files.length > 0 && kb <= targetKb,
    from: files
      .map(({ name, bytes }) => `\`${name.replace(/-[\w-]{8}\.js$/, '-….js')}\` ${bytes} bytes`)
      .join(', '),
  };
}

if (import.meta.main) await runFromCommandLine([widgetSize]);
