import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseToken } from '@carillon/core';
import { expect, it } from 'vitest';
import { ask, publish } from '../events/requests.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { mutateConversation } from './fuzz/conversation.ts';
import { judge, type Verdict } from './fuzz/judge.ts';
import { noise } from './fuzz/noise.ts';
import { encode, mutateOneField } from './fuzz/one-field.ts';
import { createRandom, type Random } from './fuzz/random.ts';
import { growthOf, residentBytes } from './fuzz/resident.ts';
import { runCase } from './fuzz/run-case.ts';
import { FACES, type Face, seedOf, type World } from './fuzz/seeds.ts';
import { spread } from './fuzz/spread.ts';

const CASES = process.env['FAULTS'] === 'full' ? 10_000 : 1_000;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_413);
const BATCH = 100;
const MUTATED_PATIENCE_MS = 1_500;
const NOISE_PATIENCE_MS = 100;
const MOST_GROWTH_BYTES = 64 * 1_048_576;
const LEAST_REACHED = 0.3;
/** Twice as often what strangers reach. */
const WEIGHTED = [...FACES, 'publish', 'publish', 'subscribe', 'stream'] as const;
/** `FUZZ_FACE=admin` sends its calls alone. */
const ALONE = FACES.find((face) => face === process.env['FUZZ_FACE']);

interface Case {
  readonly name: string;
  readonly mutated: boolean;
  readonly internal: boolean;
  readonly bytes: Buffer;
}

it(`stands ${CASES} inputs, half of them valid but for one field (seed ${SEED})`, { timeout: 1_800_000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'carillon-fuzz-'));
  await using server = await startServerProcess(data);
  const random = createRandom(SEED);
  const world = await prepare(server);
  const secrets = { secrets: [world.adminToken, world.token, data] };
  const witness = await createWitness(server);
  await warmUp(server, world, random);
  const tally = new Map<string, number>();
  const acknowledged = new Set<string>();
  const reached = { mutated: 0, of: 0 };
  const memoryBefore = residentBytes(server.pid);
  const memory: number[] = [];

  for (let first = 0; first < CASES; first += BATCH) {
    const cases = Array.from({ length: BATCH }, (_, index) => makeCase(world, first + index, random));
    await spread(cases, async (one) => {
      const port = one.internal ? Number(new URL(server.internalUrl).port) : server.port;
      const verdict = await held(one, async () => {
        const heard = await runCase(port, one.bytes, one.mutated ? MUTATED_PATIENCE_MS : NOISE_PATIENCE_MS);
        return judge(one.bytes, heard, secrets);
      });
      count(tally, one, verdict);
      for (const position of verdict.positions) {
        expect(acknowledged.has(position), `${position} was given twice`).toBe(false);
        acknowledged.add(position);
      }
      if (one.mutated) reached.of++;
      if (one.mutated && verdict.reached) reached.mutated++;
    });
    process.kill(server.pid, 0);
    await witness();
    memory.push(residentBytes(server.pid));
  }

  // A face alone is no whole load: what its first calls fill is not growth.
  const growth = ALONE === undefined ? residentBytes(server.pid) - memoryBefore : growthOf(memory);
  console.log(table(tally));
  console.log(
    `seed ${SEED}: ${reached.mutated} of ${reached.of} mutated inputs reached a route, ${acknowledged.size} events acknowledged, memory +${Math.round(growth / 1_048_576)} MiB`,
  );
  expect(reached.mutated / reached.of).toBeGreaterThan(LEAST_REACHED);
  expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  await nothingLeftOpen(server);
  // A start reads the whole log: positions without holes, every sum, everything acknowledged below the head file.
  expect(await server.stop()).toBe(0);
  await server.start();
  await witness();
  expect(await server.stop()).toBe(0);
  rmSync(data, { recursive: true });
});

function makeCase(world: World, n: number, random: Random): Case {
  if (ALONE !== undefined) return mutated(ALONE, world, n, random);
  if (n % 2 === 1) return { name: 'noise', mutated: false, internal: false, bytes: noise(world, n, random) };
  if (random.chance(0.25)) {
    const { field, bytes } = mutateConversation(world, n, random);
    return { name: `socket ${field}`, mutated: true, internal: false, bytes };
  }
  return mutated(random.of(WEIGHTED), world, n, random);
}

function mutated(face: Face, world: World, n: number, random: Random): Case {
  const { field, bytes } = mutateOneField(seedOf(face, world, random, n), random);
  return { name: `${face} ${field}`, mutated: true, internal: face === 'internal', bytes };
}

async function prepare({ url, port, credentials }: ServerProcess): Promise<World> {
  const { token, adminToken } = credentials;
  const stream = 'fuzzed';
  const headers = { 'content-type': 'application/json' };
  const created = await ask(`${url}/v1/stream/${stream}`, { method: 'PUT', token, headers, body: '[1,2]' });
  expect(created.status).toBe(201);
  const { positions } = await publish(url, token, { topic: 'fuzz-1', type: 'fuzz' });
  return { host: `127.0.0.1:${port}`, token, adminToken, stream, since: positions[0] ?? '' };
}

/** Publishes three events and reads them back: answered, dense, in order, once, behind all that came before. */
async function createWitness({ url, credentials: { token } }: ServerProcess): Promise<() => Promise<void>> {
  let round = 0;
  let last = (await publish(url, token, { topic: 'witness', type: 'witness' })).positions[0] ?? '';
  return async () => {
    round++;
    const events = [1, 2, 3].map((n) => ({ topic: 'witness', type: 'witness', data: `${round}.${n}` }));
    const { positions } = await publish(url, token, events);
    const places = positions.map((position) => parseToken(position)?.position ?? Number.NaN);
    const [place = Number.NaN] = places;
    expect(places).toEqual([place, place + 1, place + 2]);
    expect(place).toBeGreaterThan(parseToken(last)?.position ?? Number.NaN);
    const answer = await ask(`${url}/v1/events?topic=witness&wait=0&since=${last}`, {
      token,
      headers: { accept: 'application/json' },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const read = answer.body as readonly { readonly position: string; readonly data: string }[];
    expect(read.map(({ position, data }) => [position, data])).toEqual(
      events.map(({ data }, at) => [positions[at], data]),
    );
    last = positions.at(-1) ?? '';
  };
}

/** Every valid request a few times, so that memory is compared after the code is loaded and the caches are there. */
async function warmUp(server: ServerProcess, world: World, random: Random): Promise<void> {
  const seeds = Array.from({ length: 400 }, (_, n) =>
    seedOf(FACES[n % FACES.length] ?? 'publish', world, random, 1_000_000 + n),
  );
  const bytes = seeds.map((seed) => ({ seed, bytes: encode(seed) }));
  await spread(bytes, async ({ seed, bytes: sent }) => {
    const port = seed.face === 'internal' ? Number(new URL(server.internalUrl).port) : server.port;
    await runCase(port, sent, MUTATED_PATIENCE_MS);
  });
}

/** A failure that can be repeated: it names the case and shows its bytes. */
async function held(one: Case, work: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work();
  } catch (cause) {
    const bytes = JSON.stringify(one.bytes.toString('latin1').slice(0, 4_000));
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`seed ${SEED}, ${one.name}: ${reason}\nsent: ${bytes}`, { cause });
  }
}

function count(tally: Map<string, number>, one: Case, { statuses }: Verdict): void {
  const key = `${one.name.split(' ')[0]} ${statuses[0] ?? 'closed'}`;
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

function table(tally: ReadonlyMap<string, number>): string {
  const lines = [...tally].map(([key, times]) => `${key}: ${times}`);
  return lines.sort((a, b) => (a < b ? -1 : 1)).join('\n');
}

async function nothingLeftOpen({ internalUrl }: ServerProcess): Promise<void> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text();
  const open = [...text.matchAll(/^carillon_connections(?:\{[^}]*\})? (\d+)$/gm)].map(([, value]) => Number(value));
  expect(open.length).toBeGreaterThan(0);
  expect(
    open.every((value) => value === 0),
    text.match(/^carillon_connections.*$/gm)?.join('\n'),
  ).toBe(true);
}
