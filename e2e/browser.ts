import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packed from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

/**
 * The packed Chromium is meant for pages one trusts: its own flags switch off the same-origin policy, Origin headers and
 * site isolation, which are what we are here to test.
 */
const unsafe = [
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--disable-features',
  '--single-process',
  '--no-zygote',
  '--headless',
];

/** It also imitates a graphics card, in the process that navigates and downloads: half of all that a test file costs. */
const graphicsCard = [
  '--ignore-gpu-blocklist',
  '--in-process-gpu',
  '--use-gl',
  '--use-angle',
  '--enable-unsafe-swiftshader',
];

/** A real Chromium, without anything installed on the machine. `CHROMIUM_PATH` names another one. */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM_PATH'];
  const flags = packed.args.filter(
    (flag) => ![...unsafe, ...graphicsCard].some((prefix) => flag.startsWith(prefix)),
  );
  return await chromium.launch({
    executablePath: own ?? (await unpack()),
    args: own === undefined ? [...flags, '--no-sandbox', '--disable-gpu'] : ['--no-sandbox'],
  });
}

/** The package unpacks into the directory for temporary files, by a name that all users of a machine share: each gets a directory. */
async function unpack(): Promise<string> {
  const shared = process.env['TMPDIR'];
  const own = join(tmpdir(), `samtal-chromium-${process.getuid?.() ?? 0}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  process.env['TMPDIR'] = own;
  try {
    return await packed.executablePath();
  } finally {
    if (shared === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = shared;
  }
}
