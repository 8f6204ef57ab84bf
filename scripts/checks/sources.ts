/** Everything written by hand in TypeScript, tests included. */
export const SOURCES = ['packages/*/{src,test}/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts', 'vitest.config.ts'];
