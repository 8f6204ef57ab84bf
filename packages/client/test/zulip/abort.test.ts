import { expect, test } from 'vitest';
import { createZulipClient, type ZulipClient } from '../../src/zulip/index.ts';
import { openScriptedServer } from './scripted-server.ts';
import { API_KEY, EMAIL, type Step } from './vector.ts';

const REGISTER: Step = {
  expect: { method: 'POST', path: '/api/v1/register', fields: {} },
  answer: { json: { result: 'success', queue_id: 'q-1', last_event_id: 100 } },
};
const ASKED = { method: 'GET', path: '/api/v1/events', fields: { queue_id: 'q-1', last_event_id: 100 } };

function clientOf(site: string): ZulipClient {
  return createZulipClient({ email: EMAIL, apiKey: API_KEY, site });
}

test('ends quietly in the middle of a poll', async () => {
  const stop = new AbortController();
  const hung = { hung: true, onAsked: () => stop.abort() } as const;
  await using server = await openScriptedServer([REGISTER, { expect: ASKED, answer: hung }]);

  await clientOf(server.site).callOnEachEvent(() => {}, { signal: stop.signal });

  expect([server.problems, server.left]).toEqual([[], []]);
});

test('ends quietly while it waits for its next try', async () => {
  const stop = new AbortController();
  const later = { status: 503, text: 'busy', headers: { 'retry-after': '3600' } };
  await using server = await openScriptedServer([REGISTER, { expect: ASKED, answer: later }]);
  const options = { signal: stop.signal, onRetry: () => stop.abort() };

  await clientOf(server.site).callOnEachEvent(() => {}, options);

  expect([server.problems, server.left]).toEqual([[], []]);
});

test('calls back no more once the signal fired, and waits for a callback that takes its time', async () => {
  const stop = new AbortController();
  const events = [101, 102, 103].map((id) => ({ id, type: 'reaction' }));
  await using server = await openScriptedServer([
    REGISTER,
    { expect: ASKED, answer: { json: { result: 'success', events } } },
  ]);
  const heard: string[] = [];

  await clientOf(server.site).callOnEachEvent(
    async ({ id }) => {
      heard.push(`begin ${id}`);
      await new Promise(setImmediate);
      heard.push(`end ${id}`);
      if (id === 102) stop.abort();
    },
    { signal: stop.signal },
  );

  expect(heard).toEqual(['begin 101', 'end 101', 'begin 102', 'end 102']);
  expect([server.problems, server.left]).toEqual([[], []]);
});

test('rejects an ordinary call whose signal fires', async () => {
  const stop = new AbortController();
  const expected = { method: 'GET', path: '/api/v1/users/me', fields: {} };
  const hung = { hung: true, onAsked: () => stop.abort() } as const;
  await using server = await openScriptedServer([{ expect: expected, answer: hung }]);

  const answer = clientOf(server.site).call('GET', 'users/me', {}, { signal: stop.signal });

  await expect(answer).rejects.toThrow('abort');
  expect([server.problems, server.left]).toEqual([[], []]);
});
