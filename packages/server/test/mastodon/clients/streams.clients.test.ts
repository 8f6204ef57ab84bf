import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../../server-process.ts';
import { FieldValues, schemaOf } from './entities.ts';
import { type Ears, STREAMS } from './heard.ts';
import { type MastoStreams, mastoStreams } from './masto-client.ts';
import { type Actor, PASSWORD, settle } from './people.ts';
import { follow, play, post } from './play.ts';
import { ALL_READY, type PythonStreams, pythonStreams } from './python-client.ts';
import { World } from './world.ts';

const DEADLINE_MS = 60_000;
const TAG = 'verona';

let data: string;
let server: ServerProcess;
let masto: MastoStreams;
let python: PythonStreams;
let world: World;
const values = new FieldValues();

/** Tells by a last round of posts, one on each stream, that everything before was heard; forgets all of it. */
async function warmUp(ears: readonly Ears[], reader: Actor, actor: Actor): Promise<void> {
  const hasHeard = (each: Ears): boolean => STREAMS.every((name) => each.on(name).length > 0);
  // A client that is not told when a subscription begins must be sent posts until it hears one.
  for (let round = 1; !ears.every(hasHeard); round++) {
    if (round > 30) throw new Error('a stream hears nothing');
    await post(actor, `Is anybody here? ${round}`, { tags: [TAG] });
    await post(actor, `Do you hear me? ${round}`, { visibility: 'direct', mentions: [reader] });
    await Promise.all(
      ears.map((each) => each.until(hasHeard, `something on every stream`, 1_000).catch(() => undefined)),
    );
  }
  const last = await post(actor, 'Silence now', { tags: [TAG] });
  const secret = await post(actor, 'Hush', { visibility: 'direct', mentions: [reader] });
  const isLast = (payload: unknown): boolean => {
    const text = JSON.stringify(payload);
    return text.includes(`"${last.id}"`) || text.includes(`"${secret.id}"`);
  };
  const ends = { user: 3, 'user:notification': 1, public: 1, hashtag: 1, list: 1, direct: 1 } as const;
  for (const each of ears) {
    await each.until(
      () => STREAMS.every((name) => each.on(name).filter(({ payload }) => isLast(payload)).length === ends[name]),
      'the end of the warming up on every stream',
      DEADLINE_MS,
    );
    for (const name of STREAMS) each.on(name).length = 0;
  }
}

/** `update`, or `notification favourite`. */
function nameOf({ event, payload }: { readonly event: string; readonly payload: unknown }): string {
  if (event !== 'notification' || typeof payload !== 'object' || payload === null) return event;
  return 'type' in payload ? `${event} ${String(payload.type)}` : event;
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'carillon-clients-'));
  server = await startServerProcess(data);
  const { url, credentials } = server;
  const { adminToken } = credentials;
  const reader = await settle(url, adminToken, 'rosaline', { displayName: 'Rosaline' });
  const actor = await settle(url, adminToken, 'tybalt');
  const stranger = await settle(url, adminToken, 'paris', { kind: 'bot' });
  const asker = await settle(url, adminToken, 'benvolio', { role: 'moderator' });
  world = new World(reader);
  await follow(reader, actor);
  const { id: list } = await reader.rest.v1.lists.create({ title: 'Fighters' });
  await reader.rest.v1.lists.$select(list).accounts.create({ accountIds: [actor.id] });
  const own = await post(reader, 'I am for the convent');

  python = pythonStreams(url, { name: reader.name, password: PASSWORD }, TAG);
  masto = await mastoStreams(reader.rest, reader.token, { tag: TAG, list });
  await python.ears.until(() => ALL_READY(python.ready), 'Mastodon.py streams', DEADLINE_MS);
  await warmUp([masto.ears, python.ears], reader, actor);

  await play({ url, adminToken, world, reader, actor, stranger, asker, list, tag: TAG }, own);
}, 180_000);

afterAll(async () => {
  masto?.[Symbol.dispose]();
  await python?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

describe.each([
  ['masto over one WebSocket', () => masto.ears],
  ['Mastodon.py over event streams', () => python.ears],
])('%s', (_, earsOf) => {
  test.each(STREAMS)('hears everything on %s, once, in order, as the actions imply', async (stream) => {
    const ears = earsOf();
    const expected = world.expectedOn(stream);
    await ears.until(() => ears.on(stream).length >= expected.length, `all of ${stream}`, DEADLINE_MS);

    const heard = ears.on(stream);

    expect(heard.map(nameOf)).toEqual(expected.map(nameOf));
    for (const [at, { event, payload }] of heard.entries()) {
      const form = schemaOf(stream, event).safeParse(payload);
      expect(form.error?.issues ?? [], `${at}: ${event} on ${stream}`).toEqual([]);
      const wanted = expected[at]?.payload;
      if (typeof wanted === 'object') expect(payload, `${at}: ${event} on ${stream}`).toMatchObject(wanted ?? {});
      else if (wanted !== undefined) expect(payload, `${at}: ${event} on ${stream}`).toBe(wanted);
      values.add({ event, payload });
    }
  });
});

test('what entities can say was said in more than one way; what was not is told', () => {
  console.log(`Fields that never changed in this run:\n  ${values.constant.join('\n  ')}`);

  const account = ['acct', 'display_name', 'locked', 'bot', 'followers_count', 'following_count', 'statuses_count'];
  const said = ['content', 'visibility', 'spoiler_text', 'sensitive', 'language', 'edited_at', 'in_reply_to_id'];
  const counts = ['replies_count', 'reblogs_count', 'favourites_count', 'favourited', 'reblogged', 'bookmarked'];
  const lists = ['mentions.length', 'tags.length', 'media_attachments.length', 'filtered.length'];
  const wanted = [
    ...[...account, 'roles.length'].map((field) => `Account.${field}`),
    ...[...said, ...counts, ...lists].map((field) => `Status.${field}`),
    'Notification.type',
  ];
  expect(wanted.filter((field) => !values.varied.has(field))).toEqual([]);
});
