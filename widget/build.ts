import { join, resolve } from 'node:path';
import { build, type Rolldown } from 'vite';

const root = import.meta.dirname;
const output = resolve(root, process.argv[2] ?? 'dist');

/** What both builds share. Source maps stay out: the sources are public, and the visitor's browser needs none. */
const shared = {
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
} as const;
const target = ['chrome111', 'firefox114', 'safari16.4'];
const cssTarget = ['chrome123', 'firefox120', 'safari17.5', 'ios17.5'];

/** Builds the chat as one module, `widget/chat-<hash>.js`, and answers with its file name. */
async function buildChat(): Promise<string> {
  const built = (await build({
    ...shared,
    build: {
      target,
      cssTarget,
      outDir: output,
      emptyOutDir: true,
      modulePreload: false,
      rolldownOptions: {
        input: join(root, 'src/chat/mount.tsx'),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', entryFileNames: 'widget/chat-[hash].js', codeSplitting: false },
      },
    },
  })) as Rolldown.RolldownOutput;
  return built.output[0].fileName;
}

/** Builds the loader as one classic script, `widget.js`, that knows where the chat is. */
async function buildLoader(chatFile: string): Promise<void> {
  await build({
    ...shared,
    define: { CHAT_FILE: JSON.stringify(`/${chatFile}`) },
    build: {
      target,
      cssTarget,
      outDir: output,
      emptyOutDir: false,
      // As a library, because an application's `import()` gets a preloader that a classic script cannot run.
      lib: {
        entry: join(root, 'src/loader.ts'),
        formats: ['iife'],
        name: 'samtalLoader',
        fileName: () => 'widget.js',
      },
    },
  });
}

await buildLoader(await buildChat());
