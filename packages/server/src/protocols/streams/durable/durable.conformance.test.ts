import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runConformanceTests } from '@durable-streams/server-conformance-tests';
import { afterAll, beforeAll, beforeEach, expect, type RunnerTask, type RunnerTestFile } from 'vitest';
import { type DurableServer, startDurableServer } from '../../../../test/durable/server.ts';

const LONG_POLL_MS = 1_000;
/** Share of the suite that may be listed instead of passed. */
const MAX_LISTED = 0.03;

const options = { baseUrl: '', longPollTimeoutMs: LONG_POLL_MS };
let server: DurableServer;
let file: RunnerTestFile | undefined;

beforeAll(async () => {
  server = await startDurableServer({ longPollMs: LONG_POLL_MS });
  options.baseUrl = server.url;
});

beforeEach(({ task }) => {
  file = task.file;
});

afterAll(async () => {
  await server.close();
  const cases = file?.tasks.flatMap(casesOf) ?? [];
  const listed = cases.filter(({ task }) => task.mode === 'skip').map(({ name }) => name);
  const passed = cases.filter(({ task }) => task.result?.state === 'pass').length;
  console.log(`Durable Streams: ${passed} of ${cases.length} cases passed, ${listed.length} listed in the README:`);
  for (const name of listed) console.log(`  ${name}`);
  expect(listed).toEqual(listedInReadme());
  expect(listed.length / cases.length).toBeLessThan(MAX_LISTED);
});

runConformanceTests(options);

function casesOf(task: RunnerTask): readonly { readonly name: string; readonly task: RunnerTask }[] {
  if (task.type === 'suite') return task.tasks.flatMap(casesOf);
  const path = [task.name];
  for (let suite = task.suite; suite?.name; suite = suite.suite) path.unshift(suite.name);
  return [{ name: path.join(': '), task }];
}

function listedInReadme(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const list = /<!-- listed -->([\s\S]*?)<!-- \/listed -->/.exec(text)?.[1] ?? '';
  return list.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}
