import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, makePerson, type Person, sideBySide } from '../packages/server/test/mastodon/people.ts';
import { deliveriesPerCpuSecond, measure, median, type Phase } from './measure.ts';
import { type CarillonTarget, startCarillon, type Target } from './servers.ts';

const PHASES = 'open:20:2,closed:1:4,outstanding:64:4';
const STATUS = `$${'x'.repeat(188)}`;
/** The server's limits of calls are for people, not for a load generator. */
const FLAGS = ['--limits-calls-per-user', '10000000', '--limits-calls-per-token', '10000000'];
const PUBLIC_READERS = 5_000;
const HOME_READERS = 200;
const FOLLOWS = 200;

interface Figures {
  readonly single: number;
  readonly batched: number;
}

/** Deliveries of Mastodon's streams per CPU-second, and as ratios to the plain fan-out of as many bytes. */
export async function mastodonStreams(scratch: string, rounds: number): Promise<Readonly<Record<string, number>>> {
  const seen: Record<'plain' | 'public' | 'plainHome' | 'home', Figures[]> = {
    plain: [],
    public: [],
    plainHome: [],
    home: [],
  };
  for (let round = 0; round < rounds; round++) {
    const bytes = await publicStreams(scratch, seen.public);
    await plain(scratch, bytes, PUBLIC_READERS, seen.plain);
    const homeBytes = await homeStreams(scratch, seen.home);
    await plain(scratch, homeBytes, HOME_READERS, seen.plainHome);
  }
  const results: Record<string, number> = {};
  const tell = (name: string, own: readonly Figures[], base: readonly Figures[], wanted: string) => {
    for (const [field, words] of [
      ['single', 'one by one'],
      ['batched', 'batched'],
    ] as const) {
      results[`${name}: ${words}, deliveries per CPU-second`] = median(own.map((one) => one[field]));
      const ratios = own.map((one, index) => one[field] / (base[index]?.[field] ?? Number.NaN));
      results[`${name}: ${words} / plain fan-out of the same bytes${wanted}`] = median(ratios);
    }
  };
  tell(`${PUBLIC_READERS} readers, Mastodon public with filters`, seen.public, seen.plain, ' (at least 0.5)');
  tell(`${HOME_READERS} readers, Mastodon user, ${FOLLOWS} follows each`, seen.home, seen.plainHome, '');
  return results;
}

function people(server: CarillonTarget, prefix: string, count: number): Promise<readonly Person[]> {
  return sideBySide(Array.from({ length: count }, (_, n) => () => makePerson(server, `${prefix}${n}`)));
}

/** The target with one reader for each person, each with a token of its own. */
function withTokens(target: Target, scratch: string, readers: readonly Person[]): Target {
  const file = join(mkdtempSync(join(scratch, 'tokens-')), 'tokens');
  writeFileSync(file, readers.map(({ token }) => `${token}\n`).join(''));
  return { ...target, load: (transport) => [...target.load(transport), `tokens=${file}`] };
}

/** Every reader blocks, mutes or filters something; one in ten has a filter that matches, and gets bytes of its own. */
async function publicStreams(scratch: string, seen: Figures[]): Promise<number> {
  await using server = await startCarillon(scratch, FLAGS);
  const author = await makePerson(server, 'author');
  const strangers = await people(server, 'stranger', 50);
  const readers = await people(server, 'reader', PUBLIC_READERS);
  await sideBySide(readers.map((reader, n) => () => makeParticular(server, reader, n, strangers)));
  return await figures(server, scratch, { author, readers, path: '/api/v1/streaming/public' }, seen);
}

async function makeParticular(
  server: CarillonTarget,
  reader: Person,
  number: number,
  strangers: readonly Person[],
): Promise<void> {
  const stranger = strangers[number % strangers.length];
  const verb = number % 2 === 0 ? 'block' : 'mute';
  if (stranger) await ask(server, reader.token, ['POST', `/api/v1/accounts/${stranger.id}/${verb}`, {}]);
  const keyword = number % 10 === 0 ? STATUS.slice(1) : `word${number % 100}`;
  await ask(server, reader.token, [
    'POST',
    '/api/v2/filters',
    {
      title: 'bench',
      context: ['public', 'home'],
      filter_action: 'warn',
      keywords_attributes: [{ keyword, whole_word: true }],
    },
  ]);
}

async function homeStreams(scratch: string, seen: Figures[]): Promise<number> {
  await using server = await startCarillon(scratch, FLAGS);
  const author = await makePerson(server, 'author');
  const authors = await people(server, 'author', FOLLOWS - 1);
  const readers = await people(server, 'reader', HOME_READERS);
  const follows = readers.flatMap((reader) =>
    [author, ...authors].map(
      ({ id }) =>
        () =>
          ask(server, reader.token, ['POST', `/api/v1/accounts/${id}/follow`, {}]),
    ),
  );
  await sideBySide(follows);
  return await figures(server, scratch, { author, readers, path: '/api/v1/streaming/user' }, seen);
}

interface Wanted {
  readonly author: Person;
  readonly readers: readonly Person[];
  readonly path: string;
}

/** Measures, and tells how many bytes one event is on the wire. */
async function figures(server: CarillonTarget, scratch: string, wanted: Wanted, seen: Figures[]): Promise<number> {
  const { author, readers, path } = wanted;
  const body = JSON.stringify({ status: STATUS });
  const [first] = readers;
  if (!first) throw new Error('a bench without readers');
  const bytes = await frameBytes(`${server.url}${path}`, first.token, () =>
    post(`${server.url}/api/v1/statuses`, author.token, body),
  );
  const load = [`port=${server.port}`, `token=${author.token}`, 'publishPath=/api/v1/statuses', `body=${body}`];
  const target: Target = { ...server, load: () => ['transport=sse', ...load, `subscribePath=${path}`] };
  seen.push(await run(withTokens(target, scratch, readers), readers.length));
  return bytes;
}

async function plain(scratch: string, bytes: number, readers: number, seen: Figures[]): Promise<void> {
  await using server = await startCarillon(scratch, FLAGS);
  const { token } = server.credentials;
  const bodyOf = (pad: number) =>
    JSON.stringify({ type: 'bench', topic: 'bench', data: { text: `$${'x'.repeat(pad)}` } });
  const url = `${server.url}/v1/events`;
  const short = await frameBytes(`${url}?topic=bench`, token, () => post(url, token, bodyOf(1)));
  const body = bodyOf(Math.max(1, bytes - short + 1));
  const load = [`port=${server.port}`, `token=${token}`, 'publishPath=/v1/events', `body=${body}`];
  const target: Target = { ...server, load: () => ['transport=sse', ...load, 'subscribePath=/v1/events?topic=bench'] };
  seen.push(await run(target, readers));
}

async function run(target: Target, readers: number): Promise<Figures> {
  const phases = await measure(target, { transport: 'sse', readers, publishers: 64, phases: PHASES });
  const [, , single, batched]: readonly (Phase | undefined)[] = phases;
  if (!single || !batched) throw new Error('the load program skipped a phase');
  return { single: deliveriesPerCpuSecond(single), batched: deliveriesPerCpuSecond(batched) };
}

/** Bytes of the first event block on a stream, once `happen` caused it. */
async function frameBytes(url: string, token: string, happen: () => Promise<void>): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  await happen();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const block = text.split('\n\n').find((part) => part.includes('$'));
    if (block && text.includes(`${block}\n\n`)) {
      return Buffer.byteLength(block.slice(block.search(/^(?:event|id):/m))) + 2;
    }
  }
  throw new Error(`${url} ended before an event`);
}

async function post(url: string, token: string, body: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
}
