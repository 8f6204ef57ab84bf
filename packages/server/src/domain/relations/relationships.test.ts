import type { CarillonError } from '@carillon/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  answerFollow,
  block,
  follow,
  mute,
  type Relationship,
  relationshipsWith,
  removeFollower,
  setNote,
  unfollow,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

function person(): Promise<AccountView> {
  return domain.account(`person${++count}`);
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

/** What a pair of accounts knows of each other, kept by hand. */
interface Model {
  follows: Set<string>;
  requests: Set<string>;
  blocks: Set<string>;
  mutes: Set<string>;
  notes: Map<string, string>;
}

type Step =
  | {
      readonly do: 'follow' | 'unfollow' | 'accept' | 'deny' | 'remove' | 'unblock' | 'block' | 'mute' | 'unmute';
      readonly a: number;
      readonly b: number;
    }
  | { readonly do: 'note'; readonly a: number; readonly b: number; readonly text: string };

describe('relationships', () => {
  it('are what a model says after any series of steps', { timeout: 60_000 }, async () => {
    const who = fc.integer({ min: 0, max: 2 });
    const verbs = [
      'follow',
      'follow',
      'unfollow',
      'accept',
      'deny',
      'remove',
      'block',
      'unblock',
      'mute',
      'unmute',
    ] as const;
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 10, arbitrary: fc.record({ do: fc.constantFrom(...verbs), a: who, b: who }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('note' as const), a: who, b: who, text: fc.constantFrom('', 'x') }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const people = [await person(), await person(), await person()];
        // The third is locked.
        await domain.run(updateProfile, { actor: people[2]?.id ?? 0, profile: { locked: true } });
        const model: Model = {
          follows: new Set(),
          requests: new Set(),
          blocks: new Set(),
          mutes: new Set(),
          notes: new Map(),
        };
        for (const one of steps) {
          if (one.a === one.b) continue;
          const expected = applyTo(model, one);
          expect(await refusal(run(one, people)), JSON.stringify(one)).toBe(expected);
        }
        for (const a of [0, 1, 2]) {
          const targets = people.map(({ id }) => id);
          const found = await domain.ask(relationshipsWith, { viewer: targets[a] ?? 0, targets: [...targets, 1] });
          expect(found).toEqual(targets.map((id, b) => expectedOf(model, a, b, id)));
        }
      }),
      { numRuns: 25 },
    );
  });
});

function run(step: Step, people: readonly AccountView[]): Promise<unknown> {
  const [actor, target] = [people[step.a]?.id ?? 0, people[step.b]?.id ?? 0];
  switch (step.do) {
    case 'follow':
      return domain.run(follow, { actor, target });
    case 'unfollow':
      return domain.run(unfollow, { actor, target });
    case 'accept':
    case 'deny':
      return domain.run(answerFollow, { actor, target, accept: step.do === 'accept' });
    case 'remove':
      return domain.run(removeFollower, { actor, target });
    case 'block':
    case 'unblock':
      return domain.run(block, { actor, target, on: step.do === 'block' });
    case 'mute':
    case 'unmute':
      return domain.run(mute, { actor, target, on: step.do === 'mute' });
    case 'note':
      return domain.run(setNote, { actor, target, text: step.text });
  }
}

/** `a>b` is what a does to b. Tells how the command ends. */
function applyTo(model: Model, step: Step): string {
  const [there, back] = [`${step.a}>${step.b}`, `${step.b}>${step.a}`];
  switch (step.do) {
    case 'follow':
      if (model.blocks.has(there) || model.blocks.has(back)) return 'forbidden';
      if (!model.follows.has(there)) (step.b === 2 ? model.requests : model.follows).add(there);
      return 'done';
    case 'unfollow':
      model.follows.delete(there);
      model.requests.delete(there);
      return 'done';
    case 'accept':
    case 'deny': {
      const accepts = step.do === 'accept';
      if (!model.requests.delete(back)) return accepts && model.follows.has(back) ? 'done' : 'not-found';
      if (accepts) model.follows.add(back);
      return 'done';
    }
    case 'remove':
      model.follows.delete(back);
      model.requests.delete(back);
      return 'done';
    case 'block':
      model.blocks.add(there);
      for (const key of [there, back]) {
        model.follows.delete(key);
        model.requests.delete(key);
      }
      return 'done';
    case 'unblock':
      model.blocks.delete(there);
      return 'done';
    case 'mute':
      model.mutes.add(there);
      return 'done';
    case 'unmute':
      model.mutes.delete(there);
      return 'done';
    case 'note':
      model.notes.set(there, step.text);
      return 'done';
  }
}

function expectedOf(model: Model, a: number, b: number, id: number): Relationship {
  const [there, back] = [`${a}>${b}`, `${b}>${a}`];
  const following = model.follows.has(there);
  return {
    id,
    following,
    showingShares: following,
    notifying: false,
    languages: null,
    followedBy: model.follows.has(back),
    blocking: model.blocks.has(there),
    blockedBy: model.blocks.has(back),
    muting: model.mutes.has(there),
    mutingNotifications: model.mutes.has(there),
    mutingExpiresAt: null,
    requested: model.requests.has(there),
    requestedBy: model.requests.has(back),
    domainBlocking: false,
    note: model.notes.get(there) ?? '',
  };
}
