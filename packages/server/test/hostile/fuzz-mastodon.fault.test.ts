import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, makePerson, type Person, sideBySide } from '../mastodon/people.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { judgeMastodon, type MastodonVerdict } from './fuzz/mastodon/judge.ts';
import { mastodonRoutes, mutateCall, seedOfRoute } from './fuzz/mastodon/seeds.ts';
import { mutateEventStream, mutateSocket } from './fuzz/mastodon/streams.ts';
import { type MastodonWorld, makeThings, registerClient } from './fuzz/mastodon/world.ts';
import type { Mutated } from './fuzz/one-field.ts';
import { createRandom, type Random } from './fuzz/random.ts';
import { residentBytes } from './fuzz/resident.ts';
import { runCase } from './fuzz/run-case.ts';
import { spread } from './fuzz/spread.ts';

const CASES = process.env['FAULTS'] === 'full' ? 10_000 : 1_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_414);
const BATCH = 100;
const PATIENCE_MS = 1_500;
const PEOPLE = 6;
const MOST_GROWTH_BYTES = 96 * 1_048_576;
const LEAST_REACHED = 0.6;
const FLAGS = ['user', 'token', 'address'].flatMap((who) => [`--limits-calls-per-${who}`, '1000000']);

interface Case extends Mutated {
  readonly name: string;
}

it(`stands ${CASES} calls, forms and streams of Mastodon's, one field of each wrong (seed ${SEED})`, {
  timeout: 1_800_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'carillon-fuzz-mastodon-'));
  await using server = await startServerProcess(data, FLAGS);
  const random = createRandom(SEED);
  const routes = mastodonRoutes();
  const { adminToken } = server.credentials;
  const { client, otherTokens } = await registerClient(server, await makePerson(server, 'registrar'));
  const since = await positionOf(server);
  const tally = new Map<string, number>();
  let reached = 0;
  const memory: number[] = [];

  for (let first = 0; first < CASES; first += BATCH) {
    // New people each time: calls leave those before blocked, suspended from uploads, and with all the lists they may have.
    const people = await peopleOf(server, first);
    const secrets = { secrets: [adminToken, data, client.secret, ...people.map(({ token }) => token)] };
    const ids = await makeThings(server, people);
    const world = { host: `127.0.0.1:${server.port}`, people, otherTokens, client, ids, since };
    const cases = Array.from({ length: BATCH }, (_, index) => makeCase(routes, world, first + index, random));
    await spread(cases, async (one) => {
      const verdict = await held(one, async () =>
        judgeMastodon(one.bytes, await runCase(server.port, one.bytes, PATIENCE_MS), secrets),
      );
      if (verdict.reached) reached++;
      const key = `${one.name.split(' ')[0]} ${verdict.statuses[0] ?? 'closed'}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    });
    process.kill(server.pid, 0);
    await witness(server, first);
    memory.push(residentBytes(server.pid));
  }

  // Compared after the first cases: by then the code is loaded and the caches are there.
  const growth = residentBytes(server.pid) - (memory[1] ?? 0);
  console.log(
    [...tally]
      .map((pair) => pair.join(': '))
      .sort()
      .join('\n'),
  );
  console.log(`seed ${SEED}: ${reached} of ${CASES} reached, memory +${Math.round(growth / 1_048_576)} MiB`);
  expect(reached / CASES).toBeGreaterThan(LEAST_REACHED);
  expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  // A start reads the whole log and every row's sum.
  expect(await server.stop()).toBe(0);
  await server.start();
  await witness(server, CASES);
  expect(await server.stop()).toBe(0);
  rmSync(data, { recursive: true });
});

function makeCase(routes: readonly string[], world: MastodonWorld, n: number, random: Random): Case {
  if (n % 5 === 3) return { name: 'socket', ...mutateSocket(world, random) };
  if (n % 10 === 9) return { name: 'sse', ...mutateEventStream(world, random) };
  const route = routes[n % routes.length] ?? '';
  return { name: route, ...mutateCall(seedOfRoute(route, world, random), random) };
}

function peopleOf(server: ServerProcess, round: number): Promise<readonly Person[]> {
  return sideBySide(Array.from({ length: PEOPLE }, (_, n) => () => makePerson(server, `fuzz_${round}_${n}`)));
}

async function positionOf({ url, credentials: { token } }: ServerProcess): Promise<string> {
  const said = await ask({ url }, token, ['POST', '/v1/events', { topic: 'fuzz', type: 'fuzz' }]);
  // The answer of a publish of one event.
  return (said as { readonly positions: readonly [string] }).positions[0];
}

/** A status that is posted is read again by somebody else. */
async function witness(server: ServerProcess, round: number): Promise<void> {
  const author = await makePerson(server, `witness_${round}`);
  const status = `Round ${round}`;
  const posted = (await ask(server, author.token, ['POST', '/api/v1/statuses', { status }])) as { id: string };
  const reader = await makePerson(server, `reader_${round}`);
  const read = await ask(server, reader.token, ['GET', `/api/v1/statuses/${posted.id}`]);
  expect(read).toMatchObject({ id: posted.id, content: `<p>${status}</p>` });
}

/** A failure that can be repeated: it names the case and shows its bytes. */
async function held(one: Case, work: () => Promise<MastodonVerdict>): Promise<MastodonVerdict> {
  try {
    return await work();
  } catch (cause) {
    const bytes = JSON.stringify(one.bytes.toString('latin1').slice(0, 4_000));
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`seed ${SEED}, ${one.name} (${one.field}): ${reason}\nsent: ${bytes}`, { cause });
  }
}
