import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PythonBinding } from './python-binding.ts';
import { openScriptedServer } from './scripted-server.ts';
import { playTypeScript } from './typescript-binding.ts';
import type { Answer, Played, Run, Step, Vector } from './vector.ts';

const RUNS = 60;
const START = 1000;

type Fault = 'closed' | 'cut' | 'page' | 'busy' | 'gone' | 'empty' | 'repeated';

/** What happens before a batch arrives: nobody listens for some tries, then each fault in turn. */
interface Stretch {
  readonly refused: number;
  readonly faults: readonly Fault[];
  readonly ids: readonly number[];
}

const faults: readonly Fault[] = ['closed', 'cut', 'page', 'busy', 'gone', 'empty', 'repeated'];
const stretches = fc.array(
  fc.record({
    refused: fc.nat({ max: 2 }),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 4 }),
    // Steps from one event to the next: several of one id, and gaps between ids.
    ids: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 5 },
);

let python: PythonBinding;

beforeAll(() => {
  python = new PythonBinding();
});

afterAll(() => python[Symbol.asyncDispose]());

test.each<[string, (run: Run) => Promise<Played>]>([
  ['Python', (run) => python.play(run)],
  ['TypeScript', playTypeScript],
])('%s hears every event once and in order, whatever goes wrong between', async (_binding, play) => {
  await fc.assert(
    fc.asyncProperty(stretches, async (chosen) => {
      const vector = scenarioOf(chosen);
      await using server = await openScriptedServer(vector.steps);

      const played = await play({ vector, site: server.site, random: 1, waited: () => server.waited() });

      expect(server.problems).toEqual([]);
      expect(server.left).toEqual([]);
      expect({ ...played, waitsMs: [] }).toEqual({ heard: vector.heard, waitsMs: [], gaps: [], ends: vector.ends });
    }),
    { numRuns: RUNS },
  );
});

function scenarioOf(chosen: readonly Stretch[]): Vector {
  const steps: Step[] = [registration('q-0')];
  const heard: { readonly id: number; readonly type: string; readonly number: number }[] = [];
  let queue = 0;
  let last = START;
  const poll = (answer: Answer): void => {
    const fields = { queue_id: `q-${queue}`, last_event_id: last };
    steps.push({ expect: { method: 'GET', path: '/api/v1/events', fields }, answer });
  };
  for (const stretch of chosen) {
    if (stretch.refused > 0) steps.push({ refused: stretch.refused });
    for (const fault of stretch.faults) {
      poll(answerOf(fault, heard));
      if (fault === 'gone') steps.push(registration(`q-${++queue}`, last));
    }
    let id = last + 1;
    const batch = stretch.ids.map((step, index) => {
      id += index === 0 ? 0 : step;
      return { id, type: 'reaction', number: heard.length + index };
    });
    poll({ json: { result: 'success', events: batch } });
    heard.push(...batch);
    last = id;
  }
  poll({ status: 401, json: { result: 'error', code: 'UNAUTHORIZED', msg: 'Invalid API key' } });
  const ends = { error: { status: 401, code: 'UNAUTHORIZED' } };
  return { name: 'random', call: { method: 'callOnEachEvent' }, steps, heard, waits: [], gaps: [], ends };
}

function registration(queue: string, last?: number): Step {
  return {
    expect: { method: 'POST', path: '/api/v1/register', fields: last === undefined ? {} : { last_event_id: last } },
    answer: { json: { result: 'success', queue_id: queue, last_event_id: last ?? START } },
  };
}

function answerOf(fault: Fault, heard: readonly unknown[]): Answer {
  switch (fault) {
    case 'closed':
      return { closed: true };
    case 'cut':
      return { cut: { result: 'success', events: [{ id: 999_999, type: 'reaction' }] } };
    case 'page':
      return { status: 502, text: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } };
    case 'busy':
      return {
        status: 429,
        json: { result: 'error', code: 'RATE_LIMIT_HIT', msg: '' },
        headers: { 'retry-after': '9' },
      };
    case 'gone':
      return { status: 400, json: { result: 'error', code: 'BAD_EVENT_QUEUE_ID', msg: '' } };
    case 'empty':
      return { json: { result: 'success', events: [] } };
    case 'repeated':
      return { json: { result: 'success', events: [...heard] } };
  }
}
