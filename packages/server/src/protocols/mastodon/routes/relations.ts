import * as z from 'zod';
import {
  answerFollow,
  block,
  follow,
  mute,
  type Relationship,
  removeFollower,
  setNote,
  unfollow,
} from '../../../domain/index.ts';
import { toRelationship } from '../entities/index.ts';
import { type Call, flag, many, type Rest, textField, user, wholeNumber } from '../http/index.ts';

const FOLLOWS = user('write:follows');
const BLOCKS = user('write:blocks');
const MUTES = user('write:mutes');
const LONGEST_MUTE_S = 100 * 366 * 86_400;

const followOptions = z.object({ reblogs: flag, notify: flag, languages: many(z.string().max(35), 100) });
const muteOptions = z.object({ notifications: flag, duration: wholeNumber(0, LONGEST_MUTE_S) });
const note = z.object({ comment: textField(2_000) });

/** How somebody stands to others: each answers with the relationship as it is then. */
export function relationRoutes(rest: Rest): void {
  rest.post('/api/v1/accounts/:id/follow', FOLLOWS, followAccount);
  rest.post(
    '/api/v1/accounts/:id/unfollow',
    FOLLOWS,
    changed((call) => call.run(unfollow, towards(call))),
  );
  rest.post(
    '/api/v1/accounts/:id/remove_from_followers',
    FOLLOWS,
    changed((call) => call.run(removeFollower, towards(call))),
  );
  rest.post(
    '/api/v1/accounts/:id/block',
    BLOCKS,
    changed((call) => call.run(block, { ...towards(call), on: true })),
  );
  rest.post(
    '/api/v1/accounts/:id/unblock',
    BLOCKS,
    changed((call) => call.run(block, { ...towards(call), on: false })),
  );
  rest.post('/api/v1/accounts/:id/mute', MUTES, muteAccount);
  rest.post(
    '/api/v1/accounts/:id/unmute',
    MUTES,
    changed((call) => call.run(mute, { ...towards(call), on: false })),
  );
  rest.post('/api/v1/accounts/:id/note', user('write:accounts'), async (call) => {
    const { comment = '' } = await call.input(note);
    return toRelationship(await call.run(setNote, { ...towards(call), text: comment }));
  });
  rest.post(
    '/api/v1/follow_requests/:id/authorize',
    FOLLOWS,
    changed((call) => answer(call, true)),
  );
  rest.post(
    '/api/v1/follow_requests/:id/reject',
    FOLLOWS,
    changed((call) => answer(call, false)),
  );
}

async function followAccount(call: Call<number>) {
  const { reblogs, notify, languages } = await call.input(followOptions);
  return toRelationship(
    await call.run(follow, {
      ...towards(call),
      ...(reblogs === undefined ? {} : { shares: reblogs }),
      ...(notify === undefined ? {} : { notify }),
      ...(languages === undefined ? {} : { languages: languages.length === 0 ? null : languages }),
    }),
  );
}

/** A duration in seconds; 0 and none mean until it is taken back. */
async function muteAccount(call: Call<number>) {
  const { notifications = true, duration = 0 } = await call.input(muteOptions);
  const expiresAt = duration === 0 ? null : call.deps.now() + duration * 1000;
  return toRelationship(await call.run(mute, { ...towards(call), on: true, notifications, expiresAt }));
}

function answer(call: Call<number>, accept: boolean): Promise<Relationship> {
  return call.run(answerFollow, { ...towards(call), accept });
}

function changed(change: (call: Call<number>) => Promise<Relationship>) {
  return async (call: Call<number>) => toRelationship(await change(call));
}

function towards(call: Call<number>): { readonly actor: number; readonly target: number } {
  return { actor: call.viewer, target: call.id() };
}
