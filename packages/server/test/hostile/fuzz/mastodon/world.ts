import { ask as call, type Person, sideBySide } from '../../../mastodon/people.ts';
import type { ServerProcess } from '../../../server-process.ts';

/** Who and what calls are about: ids of things that are there, of several owners. */
export interface MastodonWorld {
  readonly host: string;
  readonly people: readonly Person[];
  /** Tokens that may less, or that belong to no account, and none. */
  readonly otherTokens: readonly string[];
  readonly client: Client;
  readonly ids: Readonly<Record<Kind, readonly string[]>>;
  /** A position that was given out. */
  readonly since: string;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

export type Kind =
  | 'account'
  | 'status'
  | 'list'
  | 'filter'
  | 'keyword'
  | 'filteredStatus'
  | 'notification'
  | 'conversation'
  | 'announcement'
  | 'media'
  | 'file';

const REDIRECT = 'https://app.example/callback?a=b';

/** An application with a token of its own, and one that may only read statuses. */
export async function registerClient(server: ServerProcess, person: Person) {
  const registered = await post(server, person.token, '/api/v1/apps', {
    client_name: 'Fuzz',
    redirect_uris: `${REDIRECT}\nurn:ietf:wg:oauth:2.0:oob`,
    scopes: 'read write follow push profile',
  });
  const client = { id: String(registered.client_id), secret: String(registered.client_secret), redirectUri: REDIRECT };
  const credentials = { client_id: client.id, client_secret: client.secret };
  const grant = { grant_type: 'client_credentials', scope: 'read write', ...credentials };
  const app = await post(server, person.token, '/oauth/token', grant);
  const { adminToken } = server.credentials;
  const narrow = await post(server, adminToken, `/admin/accounts/${person.name}/tokens`, { scopes: ['read:statuses'] });
  return { client, otherTokens: [String(app.access_token), String(narrow.token), ''] };
}

/** Makes things of every kind, for calls to be about and to remove. */
export async function makeThings(server: ServerProcess, people: readonly Person[]): Promise<MastodonWorld['ids']> {
  const { adminToken } = server.credentials;
  const announced = await post(server, adminToken, '/admin/announcements', { text: '*Hear*, hear' });
  const made = await sideBySide(people.map((person, n) => () => things(server, person, people[n - 1] ?? person)));
  const all = (kind: Exclude<Kind, 'account' | 'announcement'>) => made.flatMap((of) => of[kind]);
  return {
    account: people.map(({ id }) => id),
    announcement: [String(announced.id)],
    status: all('status'),
    list: all('list'),
    filter: all('filter'),
    keyword: all('keyword'),
    filteredStatus: all('filteredStatus'),
    notification: all('notification'),
    conversation: all('conversation'),
    media: all('media'),
    file: all('file'),
  };
}

async function things(server: ServerProcess, { token, id }: Person, other: Person) {
  const write = (visibility: string) =>
    post(server, token, '/api/v1/statuses', { status: `Hear, @${other.name}, #fuzz and http://a.example`, visibility });
  const statuses = [await write('public'), await write('private'), await write('direct')];
  const status = idOf(statuses[0] ?? {});
  await call(server, other.token, ['POST', `/api/v1/statuses/${status}/favourite`]).catch(gone);
  const list = await post(server, token, '/api/v1/lists', { title: 'Fuzz' });
  const keywords_attributes = [{ keyword: 'loud' }];
  const filter = await post(server, token, '/api/v2/filters', { title: 'f', context: ['home'], keywords_attributes });
  const named = await post(server, token, `/api/v2/filters/${idOf(filter)}/statuses`, { status_id: status });
  const [notification] = await get(server, token, '/api/v1/notifications?limit=1');
  const [conversation] = await get(server, token, '/api/v1/conversations?limit=1');
  const media = await upload(server, token);
  return {
    id,
    status: statuses.map(idOf),
    list: [idOf(list)],
    filter: [idOf(filter)],
    keyword: (filter.keywords as readonly Facts[]).map(idOf),
    filteredStatus: [idOf(named)],
    notification: notification ? [idOf(notification)] : [],
    conversation: conversation ? [idOf(conversation)] : [],
    media: media ? [idOf(media)] : [],
    file: media ? [String(media.url).replace(/^.*\//, '')] : [],
  };
}

type Facts = Readonly<Record<string, unknown>>;

const idOf = ({ id }: Facts): string => String(id);

/** Blocks between people are part of the fuzz: what cannot be seen cannot be liked. */
function gone(): void {}

async function post(server: ServerProcess, token: string, path: string, body: object): Promise<Facts> {
  // Every answer to these is one entity.
  return (await call(server, token, ['POST', path, body])) as Facts;
}

async function get(server: ServerProcess, token: string, path: string): Promise<readonly Facts[]> {
  // Lists, both.
  return (await call(server, token, ['GET', path])) as readonly Facts[];
}

/** Nothing once the uploads of the half hour are used up. */
async function upload({ url }: ServerProcess, token: string): Promise<Facts | undefined> {
  const body = new FormData();
  body.set('file', new Blob([GIF]), 'a.gif');
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v2/media`, { method: 'POST', headers, body });
  // An entity, too.
  return response.ok ? ((await response.json()) as Facts) : undefined;
}

/** A picture of one pixel. */
export const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
