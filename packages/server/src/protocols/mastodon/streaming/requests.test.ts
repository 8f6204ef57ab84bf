import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MastodonSocket } from '../../../../test/mastodon/streaming-clients.ts';
import { type Company, type Person, startCompany } from '../../../../test/mastodon/streaming-company.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let company: Company;

beforeAll(async () => {
  company = await startCompany();
});

afterAll(() => company[Symbol.asyncDispose]());

async function person(name: string): Promise<Person> {
  return (await company.people(name))[0];
}

async function connect({ token }: Pick<Person, 'token'>, query = ''): Promise<MastodonSocket> {
  return new MastodonSocket(company.server.url, token, query).until(({ open }) => open, 'an open socket');
}

describe('what a client says', () => {
  const REFUSED: readonly (readonly [message: object, answer: object])[] = [
    [{ type: 'subscribe' }, { error: 'Unknown stream type', status: 400 }],
    [
      { type: 'subscribe', stream: 'local' },
      { error: 'Unknown stream type', status: 400 },
    ],
    [
      { type: 'subscribe', stream: [] },
      { error: 'Unknown stream type', status: 400 },
    ],
    [
      { type: 'subscribe', stream: 'hashtag' },
      { error: 'Missing tag name parameter', status: 400 },
    ],
    [
      { type: 'subscribe', stream: 'hashtag:local', tag: '' },
      { error: 'Missing tag name parameter', status: 400 },
    ],
    [
      { type: 'subscribe', stream: 'hashtag', tag: 5 },
      { error: 'An unexpected error occurred', status: 500 },
    ],
    [
      { type: 'subscribe', stream: 'list' },
      { error: 'Missing list name parameter', status: 400 },
    ],
    [
      { type: 'subscribe', stream: 'list', list: 999 },
      { error: 'Not authorized to stream this list', status: 401 },
    ],
    [
      { type: 'subscribe', stream: 'list', list: 'x' },
      { error: 'Not authorized to stream this list', status: 401 },
    ],
    [{ type: 'unsubscribe', stream: 'local' }, { error: 'Error unsubscribing from channel' }],
    [{ type: 'unsubscribe', stream: 'hashtag' }, { error: 'Error unsubscribing from channel' }],
  ];

  it.each(REFUSED)('is refused: %j', async (message, answer) => {
    using socket = await connect(await person('juliet'));
    socket.say(message);
    await socket.until(({ texts }) => texts.length === 1, 'a refusal');

    expect(socket.texts).toEqual([JSON.stringify(answer)]);
  });

  it('needs the scope of its stream, connection or not', async () => {
    const { id } = await person('juliet');
    const error = JSON.stringify({ error: 'Access token does not have the required scopes', status: 401 });
    for (const [scope, stream] of [
      ['read:statuses', 'user:notification'],
      ['read:notifications', 'user'],
      ['write', 'public'],
      ['profile', 'nonsense'],
    ] as const) {
      using socket = await connect({ token: await company.server.token(id, [scope]) });
      socket.say({ type: 'subscribe', stream });
      await socket.until(({ texts }) => texts.length === 1, 'a refusal');
      expect(socket.texts).toEqual([error]);
    }
  });

  it('is ignored when it is no request, and when it leaves what it is not in', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet);
    for (const message of ['{', '1', '"subscribe"', 'null', '[]', '{}', '{"type":"ping"}']) socket.say(message);
    socket.say({ type: 'unsubscribe', stream: 'public' });
    await socket.subscribe({ stream: ['public', 'user'] });
    await company.post(juliet.id, 'one');
    await socket.until((heard) => heard.wordsOn('public').length === 1, 'the post');

    expect(socket.texts).toHaveLength(2);
    expect(socket.wordsOn('public')).toEqual(['update one']);
  });

  it('is not heard twice for a stream that it has, and only_media is nothing here', async () => {
    const juliet = await person('juliet');
    using socket = await connect(juliet, 'stream=public');
    socket.say({ type: 'subscribe', stream: 'public', only_media: true });
    await socket.subscribe({ stream: 'public' });
    await company.post(juliet.id, 'one');
    await company.post(juliet.id, 'two');
    await socket.until((heard) => heard.wordsOn('public').length === 2, 'both');

    expect(socket.wordsOn('public')).toEqual(['update one', 'update two']);
  });
});
