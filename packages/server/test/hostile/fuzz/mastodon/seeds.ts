import type { MastodonDependencies } from '../../../../src/protocols/mastodon/index.ts';
import { createRest } from '../../../../src/protocols/mastodon/rest.ts';
import { NASTY_BYTES, NASTY_TEXTS } from '../nasty.ts';
import { changeOne, encode, type Mutated, mutateOneField } from '../one-field.ts';
import type { Random } from '../random.ts';
import type { Pair, Seed } from '../seeds.ts';
import { type Body, bodyOf, queryOf } from './bodies.ts';
import { GIF, type Kind, type MastodonWorld } from './world.ts';

/** Every call that is routed, `GET /api/v1/accounts/:id`, each once without the slash at its end. */
export function mastodonRoutes(): readonly string[] {
  // Only its routes are looked at: nothing of what a call needs is touched.
  const rest = createRest({ now: Date.now } as MastodonDependencies);
  const all = rest.routes.filter(({ path, method }) => !path.endsWith('/') && method !== 'ALL');
  return [...new Set(all.map(({ method, path }) => `${method} ${path}`))];
}

/** A valid call; a form has its fields in pieces, so that one of them can be changed. */
export interface MastodonSeed extends Seed {
  readonly form?: { readonly fields: readonly Pair[]; readonly boundary: string | undefined; readonly file: boolean };
}

export function seedOfRoute(route: string, world: MastodonWorld, random: Random): MastodonSeed {
  const [method = '', path = ''] = route.split(' ');
  const token = random.chance(0.1) ? random.of(world.otherTokens) : random.of(world.people).token;
  const headers: Pair[] = [['Host', world.host]];
  if (token !== '' && !path.startsWith('/oauth/a')) headers.push(['Authorization', `Bearer ${token}`]);
  const base = {
    face: 'pages' as const,
    method,
    path: pathOf(path, world, random),
    query: queryOf(route, world, random),
  };
  if (method === 'GET' || method === 'HEAD') return { ...base, headers };
  const body = bodyOf(route, world, random);
  const isUpload = route.startsWith('POST') && path.endsWith('/media');
  const kind = isUpload ? 'multipart' : random.of(['json', 'json', 'urlencoded', 'multipart'] as const);
  if (kind === 'json') return { ...base, headers: [...headers, ['Content-Type', 'application/json']], json: body };
  const boundary = kind === 'multipart' ? 'b0undary' : undefined;
  const type =
    boundary === undefined ? 'application/x-www-form-urlencoded' : `multipart/form-data; boundary=${boundary}`;
  const form = { fields: flatten(body), boundary, file: isUpload || path.endsWith('update_credentials') };
  return { ...base, headers: [...headers, ['Content-Type', type]], form, text: formText(form, random) };
}

/** Names of fields that begin a tree where a value is wanted, or break it off. */
const BRACKETS = [
  '[]',
  '[x]',
  '[x]',
  '[0]',
  '[][x]',
  '[__proto__][x]',
  '[constructor]',
  '[',
  ']',
  `${'[a]'.repeat(20)}`,
];

export function mutateCall(seed: MastodonSeed, random: Random): Mutated {
  const { form } = seed;
  if (random.chance(0.25) && seed.query.length > 0) {
    const at = random.below(seed.query.length);
    const query = seed.query.map((pair, n): Pair => (n === at ? [pair[0] + random.of(BRACKETS), pair[1]] : pair));
    return { field: 'brackets', bytes: encode({ ...seed, query }) };
  }
  if (!form || random.chance(0.4)) return mutateOneField(seed, random);
  const fields = random.chance(0.3) ? bracketed(form.fields, random) : changeOne(form.fields, random);
  return { field: 'form', bytes: encode({ ...seed, text: formText({ ...form, fields }, random) }) };
}

function bracketed(fields: readonly Pair[], random: Random): readonly Pair[] {
  const at = random.below(Math.max(1, fields.length));
  return fields.map((pair, n): Pair => (n === at ? [pair[0] + random.of(BRACKETS), pair[1]] : pair));
}

function formText({ fields, boundary, file }: NonNullable<MastodonSeed['form']>, random: Random): string {
  if (boundary === undefined) {
    const plain = random.chance(0.3);
    return fields.map((pair) => pair.map((part) => (plain ? part : encodeURIComponent(part))).join('=')).join('&');
  }
  const parts = fields.map(([name, value]) => `form-data; name="${name}"\r\n\r\n${value}`);
  // The body goes as UTF-8, of which these bytes are none: a broken file now and then is the very thing.
  const names = file ? [random.of(['file', 'avatar', 'header'])] : [];
  const type = random.of(['image/gif', 'text/html', 'image/svg+xml']);
  const files = names.map(
    (name) =>
      `form-data; name="${name}"; filename="../${random.of([...NASTY_TEXTS, ...NASTY_BYTES])}"\r\nContent-Type: ${type}\r\n\r\n${GIF.toString('latin1')}`,
  );
  return `${[...parts, ...files].map((part) => `--${boundary}\r\nContent-Disposition: ${part}\r\n`).join('')}--${boundary}--\r\n`;
}

/** As forms name the parts of a tree. */
function flatten(body: Body): readonly Pair[] {
  const walk = (name: string, value: unknown): readonly Pair[] => {
    if (Array.isArray(value)) return value.flatMap((each) => walk(`${name}[]`, each));
    if (typeof value !== 'object' || value === null) return [[name, String(value)]];
    return Object.entries(value).flatMap(([part, each]) => walk(`${name}[${part}]`, each));
  };
  return Object.entries(body).flatMap(([name, value]) => walk(name, value));
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/\/filters\/keywords\/:id|^\/api\/v1\/filters\/:id/, 'keyword'],
  [/\/filters\/statuses\/:id/, 'filteredStatus'],
  [/\/filters\/:id/, 'filter'],
  [/\/(?:notifications\/requests|accounts|follow_requests)\/:id/, 'account'],
  [/\/notifications\/:id/, 'notification'],
  [/\/lists?\/:id/, 'list'],
  [/\/conversations\/:id/, 'conversation'],
  [/\/announcements\/:id/, 'announcement'],
  [/\/media\/:id/, 'media'],
  [/:id/, 'status'],
];

function pathOf(path: string, world: MastodonWorld, random: Random): string {
  const of = (kind: Kind) => random.of(world.ids[kind].length > 0 ? world.ids[kind] : ['1']);
  const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'status';
  return path
    .replace(':acct{@[^/]+}', `@${random.of(world.people).name}`)
    .replace(':acct', random.of(world.people).name)
    .replace('/media/:name', `/media/${of('file')}`)
    .replace('reactions/:name', `reactions/${encodeURIComponent('🎉')}`)
    .replace(/:(?:name|tag)/, 'fuzz')
    .replace(':key', random.of([`ungrouped-${of('notification')}`, `favourite-${of('status')}-41000`, 'follow-41000']))
    .replace(':id', of(kind));
}
