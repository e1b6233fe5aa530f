import type { KnipConfig } from 'knip';

/** Unused files, exports and dependencies. Entries are what is started, built or served, and the tests. */
const config: KnipConfig = {
  ignoreExportsUsedInFile: { interface: true, type: true },
  workspaces: {
    '.': {
      entry: ['tools/{build,start,test,check,openapi,metrics}.ts', '{tools,e2e,bench}/**/*.test.ts'],
      project: ['{tools,e2e,bench}/**/*.ts'],
      // Started by their path (tools/programs.ts).
      ignoreDependencies: ['oxlint', 'oxlint-tsgolint'],
    },
    contract: { entry: ['src/**/*.test.ts'], project: ['{src,test}/**/*.ts'] },
    server: {
      entry: [
        'src/main.ts',
        '{bin,src,test}/**/*.test.ts',
        'test/shared-cluster.ts',
        'test/retention-worker.ts',
      ],
      project: ['{src,test}/**/*.ts'],
      // Served from its folder (features/pages).
      ignoreDependencies: ['swagger-ui-dist'],
    },
    widget: {
      entry: ['build.ts', 'src/loader.ts', 'src/chat/mount.tsx', 'src/**/*.test.ts'],
      project: ['src/**/*.{ts,tsx}'],
    },
    console: { entry: ['src/**/*.test.ts'], project: ['src/**/*.{ts,tsx}'] },
  },
};

export default config;
