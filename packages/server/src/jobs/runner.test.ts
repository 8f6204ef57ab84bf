import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Commands, continueJob, createPost, follow, openJobs, readEvent } from '../domain/index.ts';
import { type OpenDomain, openDomain, plainBody } from '../domain/testing/open-domain.ts';
import { createLocalLeases } from '../hub/index.ts';
import { start } from './testing/start.ts';

const CROWD = 350;
const SOON = { timeout: 60_000 };
const LONG = { timeout: 120_000 };

let domain: OpenDomain;
let juliet: number;
beforeAll(async () => {
  domain = await openDomain();
  juliet = (await domain.account('juliet')).id;
  const names = Array.from({ length: CROWD }, (_, at) => `person${at}`);
  const crowd = await Promise.all(names.map((name) => domain.account(name)));
  await Promise.all(crowd.map(({ id }) => domain.run(follow, { actor: id, target: juliet, notify: true })));
}, 120_000);
afterAll(() => domain[Symbol.asyncDispose]());

const open = async () => (await domain.ask(openJobs, { now: Date.now(), limit: 10 })).open;

function toldSince(count: number): number {
  return domain.heard.slice(count).filter((event) => readEvent(event, 'notification.created')).length;
}

/** The log, with something done around each batch of a job. */
function around(batch: (run: () => Promise<unknown>, job: number) => Promise<unknown>): Commands {
  return {
    query: (query, input) => domain.log.query(query, input),
    async run(command, input, key) {
      const run = () => domain.log.run(command, input, key);
      if (command.name !== continueJob.name) return run();
      let answer: Awaited<ReturnType<typeof run>> | undefined;
      await batch(async () => (answer = await run()), Number(Object(input).id));
      if (!answer) throw new Error('the batch was not run');
      return answer;
    },
  };
}

test('a job begins when its command is committed, and others get their turn between its batches', LONG, async () => {
  const order: string[] = [];
  const others: Promise<unknown>[] = [];
  const commands = around(async (run) => {
    await run();
    order.push('batch');
    const other = domain.post(juliet, 'other', { visibility: 'direct' });
    others.push(other.then(() => order.push('other')));
  });
  const { close, failed, counts } = start(domain, { commands });
  await expect.poll(() => counts.length, SOON).toBe(1);
  const before = domain.heard.length;

  await domain.post(juliet, 'hear me');

  await expect.poll(() => toldSince(before), SOON).toBe(CROWD);
  await expect.poll(() => counts.at(-1), SOON).toEqual({ open: 0, failing: 0 });
  await close();
  await Promise.all(others);
  expect(order).toEqual(['batch', 'other', 'batch', 'other', 'batch', 'other']);
  expect(counts).toContainEqual({ open: 1, failing: 0 });
  expect(failed).not.toHaveBeenCalled();
});

test('a job that fails is put off and told, holds up no other, and goes on where it was', LONG, async () => {
  const before = domain.heard.length;
  await domain.post(juliet, 'first');
  await domain.post(juliet, 'second');
  const { due } = await domain.ask(openJobs, { now: Date.now(), limit: 10 });
  const [stuck, free] = due;
  const order: number[] = [];
  const faults = [new Error('a fault'), new Error('another')];
  const commands = around(async (run, job) => {
    const fault = job === stuck?.id ? faults.shift() : undefined;
    order.push(job);
    if (fault) throw fault;
    return run();
  });

  const { close, failed, failures, counts } = start(domain, { commands });

  await expect.poll(() => toldSince(before), SOON).toBe(2 * CROWD);
  await expect.poll(open, SOON).toBe(0);
  await close();
  expect(failures).toMatchObject([
    { job: stuck?.id, kind: 'followers-news', error: { message: 'a fault' }, attempts: 1 },
    { job: stuck?.id, error: { message: 'another' }, attempts: 2 },
  ]);
  const [one, two] = failures.map(({ dueAt }) => dueAt);
  expect((two ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(2_000);
  expect(order.slice(0, 2)).toEqual([stuck?.id, free?.id]);
  expect(counts.map(({ failing }) => failing)).toContain(1);
  expect(failed).not.toHaveBeenCalled();
});

test('one of two nodes runs a job, and the other when the first has gone', LONG, async () => {
  const leases = createLocalLeases();
  await leases.claim('jobs/recipients', 'gone', 600_000);
  const before = domain.heard.length;
  await domain.post(juliet, 'wait');
  const nodes = ['one', 'two'].map((node) => start(domain, { leases, node }));
  await Promise.all(nodes.map(({ counts }) => expect.poll(() => counts, SOON).toEqual([{ open: 1, failing: 0 }])));
  expect(toldSince(before)).toBe(100);

  await leases.release('jobs/recipients', 'gone');
  await domain.run(createPost, { actor: juliet, visibility: 'public', body: plainBody('now') });

  await expect.poll(() => toldSince(before), SOON).toBe(2 * CROWD);
  await expect.poll(open, SOON).toBe(0);
  for (const { close, failed, failures } of nodes) {
    await close();
    expect(failures).toEqual([]);
    expect(failed).not.toHaveBeenCalled();
  }
  expect(await leases.list('jobs/')).toEqual([]);
});
