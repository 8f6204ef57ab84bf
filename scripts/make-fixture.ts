/** `npm run fixture`: writes this step's data directory anew. Only for as long as the step is not released. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startFixtureServer } from '../packages/server/test/fixtures/fixture-server.ts';
import { fillStepOne, readStepOne, type StepOneFacts } from '../packages/server/test/fixtures/step-1.ts';

const FOLDER = join(dirname(import.meta.dirname), 'packages/server/fixtures/step-1');
const data = join(FOLDER, 'data');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(data, { recursive: true });
const facts = await fill();
writeFileSync(join(FOLDER, 'expected.json'), `${JSON.stringify(facts, null, 2)}\n`);
console.log(`wrote ${FOLDER} with ${facts.events.length} events`);

async function fill(): Promise<StepOneFacts> {
  await using server = await startFixtureServer(data);
  const made = await fillStepOne(server);
  return { ...made, ...(await readStepOne(server, made.key)) };
}
