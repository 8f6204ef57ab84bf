import { defineConfig } from 'vitest/config';
import { SUITE_FILES } from './scripts/suites.ts';

// Inside the repository `@carillon/*` means the TypeScript source, for Vite and for every process and worker a test starts.
const SOURCE = 'carillon-source';
const execArgv = [`--conditions=${SOURCE}`];
const conditions = [SOURCE, 'module', 'node', 'development|production'];

const everywhere = ['packages/*/{src,test}', 'bench', 'scripts'];
const within = (pattern: string): string[] => everywhere.map((folder) => `${folder}/${pattern}`);
const shared = { pool: 'forks', execArgv } as const;
// A suite that brings a vitest of its own must register its cases with ours.
const resolve = { conditions, dedupe: ['vitest'] };
const server = { deps: { inline: ['@durable-streams/server-conformance-tests'] } };

export default defineConfig({
  resolve,
  ssr: { resolve: { conditions } },
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: within('**/*.test.ts'),
          exclude: ['**/node_modules/**', '**/dist/**', ...Object.values(SUITE_FILES)],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      ...Object.entries(SUITE_FILES).map(([name, pattern]) => ({
        extends: true as const,
        test: {
          ...shared,
          server,
          name,
          include: within(pattern),
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Faults and browsers measure time; conformance does not.
          fileParallelism: name === 'conformance',
        },
      })),
    ],
  },
});
