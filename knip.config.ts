import type { KnipConfig } from 'knip';

/** Unused files, exports and dependencies. Entries are what is started or served, and the tests. */
const config: KnipConfig = {
  workspaces: {
    '.': {
      entry: ['tools/{build,test,check,openapi}.ts', 'bench/run.ts', '{tools,e2e,bench}/**/*.test.ts'],
      project: ['{tools,e2e,bench}/**/*.ts'],
    },
    contract: { entry: ['src/**/*.test.ts'], project: ['src/**/*.ts'] },
    server: {
      entry: ['src/main.ts', 'bin/samtal.js', '{src,test}/**/*.test.ts'],
      project: ['{src,test}/**/*.ts'],
    },
    widget: { entry: ['build.ts', 'src/**/*.test.ts'], project: ['src/**/*.{ts,tsx}'] },
    console: { entry: ['src/**/*.test.ts'], project: ['src/**/*.{ts,tsx}'] },
  },
};

export default config;
