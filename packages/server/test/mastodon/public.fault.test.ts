import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../resume/storm.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { ask, makePerson, type Person, randomFrom, sideBySide } from './people.ts';
import { type Heard, openStreams } from './raw-streams.ts';
import { readTastes, type Said, wanted } from './tastes.ts';

const FULL = process.env['FAULTS'] === 'full';
const READERS = FULL ? 5_000 : 500;
const ACTS = FULL ? 200 : 100;
const AUTHORS = 20;
const WORDS = ['lark', 'nightingale', 'balcony', 'poison', 'friar', 'sword', 'moon', 'rose'];
const LANGUAGES = ['en', 'de', 'it'];
const FLAGS = ['--limits-calls-per-token', '1000000', '--limits-calls-per-user', '1000000'];

test('each of many readers of the public stream hears what its blocks, mutes, languages and filters leave, in order', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-public-'));
  try {
    const server = await startServerProcess(data, FLAGS);
    let said: readonly Said[];
    let heard: readonly Heard[][];
    let readers: readonly Person[];
    await using _server = server;
    {
      const authors = await sideBySide(
        Array.from({ length: AUTHORS }, (_, n) => () => makePerson(server, `author${n}`)),
      );
      readers = await sideBySide(Array.from({ length: READERS }, (_, n) => () => makePerson(server, `reader${n}`)));
      await sideBySide(readers.map((reader, n) => () => giveTastes(server, reader, authors, randomFrom(n))));
      await using streams = await openStreams(server, '/api/v1/streaming/public', readers);
      const before = await queries(server);

      said = await talk(server, authors, randomFrom(7));
      const last = said.at(-1);
      await eventually('everybody heard the last word', () =>
        streams.heard.every((one) => one.at(-1)?.id === last?.id),
      );

      // The authors' own calls ask the database; so many readers more do not.
      expect((await queries(server)) - before).toBeLessThan(12 * ACTS);
      heard = streams.heard;
    }
    await server.stop();

    const tastes = readTastes(join(data, 'carillon.db'));
    // Of a post that was deleted before a reader came to it, only the deletion is told (kernel K7).
    const deleted = new Set(said.filter(({ event }) => event === 'delete').map(({ id }) => id));
    const lasting = (told: readonly Heard[]) => told.filter(({ event, id }) => event === 'delete' || !deleted.has(id));
    for (const [index, reader] of readers.entries()) {
      const all = wanted(said, tastes, Number(reader.id));
      const told = heard[index] ?? [];
      expect(lasting(told), reader.name).toEqual(lasting(all));
      expect(isWithin(told, all), `${reader.name} heard what is not said, or twice, or in another order`).toBe(true);
    }
    // The tastes are told apart at all.
    for (const kind of [tastes.blocks, tastes.mutes, tastes.languages, tastes.filters])
      expect(kind.size).toBeGreaterThan(0);
    expect(new Set(heard.map((one) => JSON.stringify(one))).size).toBeGreaterThan(READERS / 10);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}, 900_000);

async function giveTastes(
  server: ServerProcess,
  { id, token }: Person,
  authors: readonly Person[],
  random: (below: number) => number,
): Promise<void> {
  const some = () => authors[random(authors.length)] ?? authors[0];
  // The last author speaks to everybody, so that everybody hears the end.
  const others = () => {
    const author = some();
    return author === authors.at(-1) ? undefined : author;
  };
  for (let count = random(3); count > 0; count--) {
    const author = others();
    if (author) await ask(server, token, ['POST', `/api/v1/accounts/${author.id}/block`, {}]);
  }
  for (let count = random(3); count > 0; count--) {
    const author = others();
    const duration = random(2) * 3_600;
    if (author) await ask(server, token, ['POST', `/api/v1/accounts/${author.id}/mute`, { duration }]);
  }
  if (random(4) === 0) {
    const author = others();
    if (author) await ask(server, author.token, ['POST', `/api/v1/accounts/${id}/block`, {}]);
  }
  if (random(3) === 0) {
    const chosen_languages = [LANGUAGES[0], LANGUAGES[random(LANGUAGES.length)]];
    await ask(server, token, ['PATCH', '/api/v1/accounts/update_credentials', { chosen_languages }]);
  }
  for (let count = random(3); count > 0; count--) {
    const keyword = WORDS[random(WORDS.length)] ?? '';
    const whole_word = random(2) === 0;
    await ask(server, token, [
      'POST',
      '/api/v2/filters',
      {
        title: keyword,
        context: ['public'],
        filter_action: 'warn',
        keywords_attributes: [{ keyword: whole_word ? keyword : keyword.slice(1), whole_word }],
      },
    ]);
  }
}

/** Posts, edits and deletes, one after the other; answers with what was said on the public stream, in order. */
async function talk(
  server: ServerProcess,
  authors: readonly Person[],
  random: (below: number) => number,
): Promise<readonly Said[]> {
  const said: Said[] = [];
  const standing: { author: Person; id: string }[] = [];
  const speak = async (
    author: Person,
    post: (body: object) => readonly [string, string, object],
    event: Said['event'],
  ) => {
    const named = random(4) === 0 ? authors[random(authors.length)] : undefined;
    const words = Array.from({ length: 4 }, () => WORDS[random(WORDS.length)] ?? '');
    const text = [...(named ? [`@${named.name}`] : []), ...words].join(' ');
    const language = LANGUAGES[random(LANGUAGES.length)] ?? null;
    const { id } = (await ask(server, author.token, post({ status: text, language }))) as { id: string };
    const mentions = named ? [Number(named.id)] : [];
    said.push({ event, id, author: Number(author.id), mentions, language, text });
    return id;
  };
  for (let act = 0; act < ACTS; act++) {
    const old = standing[random(standing.length + 1)];
    const kind = random(6);
    if (old && kind === 0) {
      await speak(old.author, (body) => ['PUT', `/api/v1/statuses/${old.id}`, body], 'status.update');
    } else if (old && kind === 1) {
      standing.splice(standing.indexOf(old), 1);
      await ask(server, old.author.token, ['DELETE', `/api/v1/statuses/${old.id}`]);
      said.push({ event: 'delete', id: old.id, author: Number(old.author.id), mentions: [], language: null, text: '' });
    } else {
      const author = authors[random(authors.length)];
      if (author)
        standing.push({ author, id: await speak(author, (body) => ['POST', '/api/v1/statuses', body], 'update') });
    }
  }
  const herald = authors.at(-1);
  if (!herald) throw new Error('nobody speaks');
  const status = { status: 'the end', language: 'en' };
  const { id } = (await ask(server, herald.token, ['POST', '/api/v1/statuses', status])) as { id: string };
  said.push({ event: 'update', id, author: Number(herald.id), mentions: [], language: 'en', text: 'the end' });
  return said;
}

async function queries(server: ServerProcess): Promise<number> {
  const text = await (await fetch(`${server.internalUrl}/metrics`)).text();
  const count = /^carillon_queries_total (\d+)$/m.exec(text)?.[1];
  if (count === undefined) throw new Error('the server does not count its queries');
  return Number(count);
}

/** Whether one list is the other with some of it left out. */
function isWithin(part: readonly Heard[], whole: readonly Heard[]): boolean {
  const names = part.map((one) => JSON.stringify(one));
  let at = 0;
  for (const one of whole) if (JSON.stringify(one) === names[at]) at++;
  return at === names.length;
}
