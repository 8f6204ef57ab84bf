import { ask, type Person, sideBySide } from '../mastodon/people.ts';
import { eventually } from '../resume/storm.ts';
import { eventStream } from './ears.ts';
import { openStreams, readTold, type Told } from './many-streams.ts';
import type { Stage } from './visibility-scene.ts';

/** Which posts somebody met in one place. */
export interface Met {
  readonly who: string;
  readonly place: string;
  /** Of the table. */
  readonly letter: string;
  /** Their ids, or what `edited` makes of them; in what a stream says, those of the marks among them. */
  posts(): readonly string[];
}

/** What somebody hears, until it is closed. */
export interface Heard extends Met {
  close(): Promise<void>;
}

/** Posts that everybody hears who hears anything at all. */
export interface Marks {
  readonly post: string;
  readonly letter: string;
}

const DEADLINE_MS = 60_000;
const POST_EVENTS = ['update', 'status.update', 'conversation', 'notification'];

/** Mastodon's streams with their letters; `LIST` stands for the list's id. */
const STREAMS: readonly (readonly [name: string, letter: string, path: string])[] = [
  ['user', 'H', 'user'],
  ['list LIST', 'L', 'list?list=LIST'],
  ['public', 'P', 'public'],
  ['public:local', 'P', 'public/local'],
  ['hashtag rose', 'T', 'hashtag?tag=rose'],
  ['hashtag:local rose', 'T', 'hashtag/local?tag=rose'],
  ['direct', 'D', 'direct'],
  ['user:notification', 'N', 'user/notification'],
];

/** All streams of one kind of wire, for everybody. */
export async function listen(stage: Stage, wire: 'WebSocket' | 'SSE', since: string): Promise<readonly Heard[]> {
  const strangers = Object.values(stage.strangers);
  const jobs = strangers.flatMap((person) => [
    wire === 'WebSocket' ? () => overSocket(stage, person, since) : () => overStreams(stage, person, since),
    () => natively(stage, person.name, person.token, since, `account:${person.id}`),
  ]);
  const all = await sideBySide([...jobs, () => natively(stage, 'anonymous', stage.app, since, undefined)]);
  return all.flat();
}

async function overSocket({ server, lists }: Stage, person: Person, since: string): Promise<readonly Heard[]> {
  const names = STREAMS.map(([name]) => name.replace('LIST', lists.get(person) ?? ''));
  const open = await openStreams(server, person, names, since);
  return STREAMS.map(([place, letter], index) => ({
    ...{ who: person.name, place, letter },
    posts: () => open.told(names[index] ?? '').flatMap((told) => postOf(told, letter)),
    close: async () => open.close(),
  }));
}

function overStreams({ server, lists }: Stage, person: Person, since: string): Promise<readonly Heard[]> {
  return Promise.all(
    STREAMS.map(async ([place, letter, path]) => {
      const address = `${server.url}/api/v1/streaming/${path.replace('LIST', lists.get(person) ?? '')}`;
      const open = await eventStream(address, person.token, since, ({ event, data }) =>
        POST_EVENTS.includes(event) ? postOf(readTold(event, data), letter) : [],
      );
      if (!open) throw new Error(`${address} was refused`);
      return { who: person.name, place, letter, posts: () => open.texts, close: () => open.close() };
    }),
  );
}

/** The edit of a post. */
export function edited(post: string): string {
  return `edited ${post}`;
}

/** On a home notifications are no posts. */
function postOf({ event, post }: Told, letter: string): readonly string[] {
  if (event === 'status.update') return [edited(post)];
  const isNotice = event === 'notification';
  return POST_EVENTS.includes(event) && (letter === 'N') === isNotice ? [post] : [];
}

interface NativeEvent {
  readonly type: string;
  readonly data?: {
    readonly post?: { readonly id: number };
    readonly notification?: { readonly post: { readonly id: number } | null };
    readonly conversation?: { readonly lastPost: { readonly id: number } | null };
  };
}

async function natively(
  { server, channels }: Stage,
  who: string,
  token: string,
  since: string,
  account: string | undefined,
): Promise<readonly Heard[]> {
  // What the crier says on its own channel marks the end of what comes on others.
  const wishes: readonly (readonly [letter: string, place: string, topics: readonly string[], types: RegExp])[] = [
    ['P', 'native public', ['public'], /^post/],
    ['T', 'native hashtag', ['hashtag:rose'], /^post/],
    ...Object.entries(channels)
      .filter(([name]) => name !== 'crier')
      .map(([name, topic]) => ['C', `native channel of ${name}`, [topic, channels['crier'] ?? ''], /^post/] as const),
    ...(account === undefined
      ? []
      : ([
          ['D', 'native account', [account], /^post/],
          ['D', 'native account, its conversations', [account], /^conversation/],
          ['N', 'native account, its notifications', [account], /^notification/],
        ] as const)),
  ];
  const opened = await Promise.all(
    wishes.map(async ([letter, place, topics, types]) => {
      const query = new URLSearchParams(topics.map((topic): [string, string] => ['topic', topic]));
      const open = await eventStream(`${server.url}/v1/events?${query.toString()}`, token, since, ({ data }) => {
        const event: NativeEvent = JSON.parse(data);
        return types.test(event.type) ? postsOf(event) : [];
      });
      return open && { who, place, letter, posts: () => open.texts, close: () => open.close() };
    }),
  );
  return opened.filter((open) => open !== undefined);
}

function postsOf({ type, data }: NativeEvent): readonly string[] {
  const post = data?.post ?? data?.notification?.post ?? data?.conversation?.lastPost;
  if (!post) return [];
  return [type === 'post.edited' ? edited(String(post.id)) : String(post.id)];
}

/** Waits until all of them have heard the marks. */
export async function until(heard: readonly Heard[], { post, letter }: Marks): Promise<void> {
  const deaf = () => heard.filter((one) => !one.posts().includes('DN'.includes(one.letter) ? letter : post));
  try {
    await eventually('all hear the mark', () => deaf().length === 0, DEADLINE_MS);
  } catch {
    throw new Error(`deaf: ${deaf().map(({ who, place }) => `${who} at ${place}`)}`);
  }
}

/** The same questions asked of REST. */
export async function look(stage: Stage, ids: readonly string[]): Promise<readonly Met[]> {
  const { server, strangers, lists } = stage;
  const everybody = [...Object.values(strangers), undefined];
  const all = await sideBySide(
    everybody.map((person) => async () => {
      const who = person?.name ?? 'anonymous';
      const seen = await Promise.all(ids.map((id) => isShown(stage, person, id)));
      const read: Met = { who, place: 'status', letter: 'R', posts: () => ids.filter((_, index) => seen[index]) };
      const pages = pagesOf(person && lists.get(person));
      const shown = pages.map(async ([letter, path, key]) => {
        const page = (await get(server.url, person, path)) as readonly Page[];
        const posts = page.map((entry) => (key === undefined ? entry.id : (entry[key]?.id ?? '')));
        return { who, place: path, letter, posts: () => posts };
      });
      return [read, ...(await Promise.all(shown))];
    }),
  );
  return all.flat();
}

interface Page {
  readonly id: string;
  readonly status?: { readonly id: string };
  readonly last_status?: { readonly id: string };
}

function pagesOf(list: string | undefined): readonly (readonly [string, string, ('status' | 'last_status')?])[] {
  const open = [
    ['P', '/api/v1/timelines/public?limit=40'],
    ['P', '/api/v1/timelines/public?local=true&limit=40'],
    ['T', '/api/v1/timelines/tag/rose?limit=40'],
    ['T', '/api/v1/timelines/tag/rose?local=true&limit=40'],
  ] as const;
  if (list === undefined) return open;
  return [
    ...open,
    ['H', '/api/v1/timelines/home?limit=40'],
    ['L', `/api/v1/timelines/list/${list}?limit=40`],
    ['D', '/api/v1/conversations?limit=40', 'last_status'],
    ['N', '/api/v1/notifications?limit=80', 'status'],
  ];
}

async function isShown({ server }: Stage, person: Person | undefined, id: string): Promise<boolean> {
  const response = await request(server.url, person, `/api/v1/statuses/${id}`);
  if (response.status !== 200 && response.status !== 404) throw new Error(`${id}: ${response.status}`);
  return response.ok;
}

async function get(url: string, person: Person | undefined, path: string): Promise<unknown> {
  if (person) return ask({ url }, person.token, ['GET', path]);
  return (await request(url, person, path)).json();
}

function request(url: string, person: Person | undefined, path: string): Promise<Response> {
  return fetch(`${url}${path}`, person ? { headers: { Authorization: `Bearer ${person.token}` } } : {});
}
