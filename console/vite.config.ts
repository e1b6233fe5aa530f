import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8080';

// NOTE: a config file is the one place where the tool wants a default export.
export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: {
    alias: { typebox: fileURLToPath(new URL('./src/api/schemaless.ts', import.meta.url)) },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no inline scripts and no data: but for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': { target: server, ws: true } },
  },
});
