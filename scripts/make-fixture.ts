/** `npm run fixture`: writes the newest step's data directory anew. Only for as long as that step is not released. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startFixtureServer } from '../packages/server/test/fixtures/fixture-server.ts';
import { fillStepTwo, readStepTwo, type StepTwoFacts } from '../packages/server/test/fixtures/step-2.ts';

const FOLDER = join(dirname(import.meta.dirname), 'packages/server/fixtures/step-2');
const data = join(FOLDER, 'data');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(data, { recursive: true });
const facts = await fill();
writeFileSync(join(FOLDER, 'expected.json'), `${JSON.stringify(facts, null, 2)}\n`);
console.log(`wrote ${FOLDER} with ${Object.keys(facts.answers).length} answers`);

async function fill(): Promise<StepTwoFacts> {
  await using server = await startFixtureServer(data);
  const made = await fillStepTwo(server);
  return { ...made, answers: await readStepTwo(server, made.tokens) };
}
