import type { Event } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteAccount, restoreAccount, suspendAccount } from '../domain/index.ts';
import { type OpenDomain, openDomain } from '../domain/testing/open-domain.ts';
import { openSuspensions } from './suspensions.ts';
import { postEvent } from './testing/post-event.ts';

let domain: OpenDomain;
let count = 0;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = async () => (await domain.account(`person_${++count}`)).id;
const entry = { actor: 'test', action: 'test', target: 'test' };
const suspend = (account: number) => domain.run(suspendAccount, { input: { account }, entry });
const restore = (account: number) => domain.run(restoreAccount, { input: { account }, entry });

/** Over the real log, whose hints and answers a test can lose or refuse. */
async function start() {
  const { log } = domain;
  const reins = { tell: (events: readonly Event[]) => events, failure: undefined as Error | undefined };
  const failures: unknown[] = [];
  const suspensions = await openSuspensions({
    log: {
      get head() {
        return log.head;
      },
      onAdvance: (listener) => log.onAdvance((events) => listener(reins.tell(events))),
    },
    commands: {
      query: (query, input) => (reins.failure ? Promise.reject(reins.failure) : log.query(query, input)),
    },
    failed: (error) => failures.push(error),
  });
  return { suspensions, reins, failures };
}

describe('suspensions', () => {
  it('hide what an account says, from its suspension or end on and until it is back', async () => {
    const [before, during, gone] = [await person(), await person(), await person()];
    await suspend(before);
    const { suspensions } = await start();
    const hides = (author: number) => suspensions.hides(postEvent({ author }));

    expect([before, during, gone].map(hides)).toEqual([true, false, false]);
    await suspend(during);
    await domain.run(deleteAccount, { input: { account: gone }, entry });
    expect([before, during, gone].map(hides)).toEqual([true, true, true]);
    await restore(before);
    await restore(during);
    expect([before, during, gone].map(hides)).toEqual([false, false, true]);
    suspensions.close();
  });

  it.each([
    ['post.created', true],
    ['post.edited', true],
    ['share.created', true],
    ['notification.created', true],
    ['conversation.updated', true],
    ['post.deleted', false],
    ['share.deleted', false],
    ['follow.ended', false],
  ])('of the author of %s: hidden is %s', async (type, hidden) => {
    const account = await person();
    await suspend(account);
    const { suspensions } = await start();

    expect(suspensions.hides(postEvent({ type, author: account }))).toBe(hidden);
    expect(suspensions.hides(postEvent({ type, author: await person() }))).toBe(false);
    suspensions.close();
  });

  it('hide what others pass on of it', async () => {
    const account = await person();
    await suspend(account);
    const { suspensions } = await start();
    const share = postEvent({ type: 'share.created', author: await person(), sharedAuthor: account });

    expect(suspensions.hides(share)).toBe(true);
    suspensions.close();
  });

  it('say nothing while events were missed, and are read again', async () => {
    const [first, second] = [await person(), await person()];
    await suspend(first);
    const { suspensions, reins, failures } = await start();
    const hides = (author: number) => suspensions.hides(postEvent({ author }));
    reins.tell = () => [];
    await restore(first);
    await suspend(second);
    reins.tell = (events) => events;
    reins.failure = new Error('the state cannot be read');
    await person();
    await expect.poll(() => failures).toEqual([reins.failure]);

    expect(() => hides(first)).toThrow('who is suspended is being read');
    expect(suspensions.hides(postEvent({ type: 'post.deleted', author: second }))).toBe(false);
    reins.failure = undefined;
    await person();
    await expect.poll(() => [hides(first), hides(second)]).toEqual([false, true]);
    suspensions.close();
  });
});
