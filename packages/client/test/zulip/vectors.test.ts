import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PythonBinding } from './python-binding.ts';
import { openScriptedServer } from './scripted-server.ts';
import { playTypeScript } from './typescript-binding.ts';
import { type Played, type Run, readVectors, type Vector } from './vector.ts';

const VECTORS = readVectors();
let python: PythonBinding;

beforeAll(() => {
  python = new PythonBinding();
});

afterAll(() => python[Symbol.asyncDispose]());

const BINDINGS: Readonly<Record<string, (run: Run) => Promise<Played>>> = {
  Python: (run) => python.play(run),
  TypeScript: playTypeScript,
};

for (const [binding, play] of Object.entries(BINDINGS)) {
  describe.each(VECTORS)(`${binding}: %s`, (_file, vectors) => {
    test.each(vectors)('$name', async (vector) => {
      await playsAs(vector, play, 0);
      await playsAs(vector, play, 1);
    });
  });
}

async function playsAs(vector: Vector, play: (run: Run) => Promise<Played>, random: 0 | 1): Promise<void> {
  await using server = await openScriptedServer(vector.steps);

  const played = await play({ vector, site: server.site, random, waited: () => server.waited() });

  expect(server.problems).toEqual([]);
  expect(server.left).toEqual([]);
  expect(played).toEqual({
    heard: vector.heard,
    waitsMs: vector.waits.map(({ leastMs, mostMs }) => (random === 0 ? leastMs : mostMs)),
    gaps: vector.gaps,
    ends: vector.ends,
  });
}

test('there are scenarios of every kind', () => {
  expect(VECTORS.map(([file]) => file)).toEqual(['calls', 'events', 'faults', 'queues']);
});
