import type { Random } from '../random.ts';
import type { Pair } from '../seeds.ts';
import type { Kind, MastodonWorld } from './world.ts';

/** What the body of a call says when it is right. */
export type Body = Readonly<Record<string, unknown>>;

const FILTER = {
  title: 'Loud',
  context: ['home', 'public'],
  filter_action: 'warn',
  expires_in: 3600,
  keywords_attributes: [{ keyword: 'loud', whole_word: true }],
};
const FILTER_V1 = { phrase: 'loud', context: ['home'], irreversible: false, whole_word: true, expires_in: 60 };
const LIST = { title: 'Friends', replies_policy: 'list', exclusive: false };

/** By method and path as they are routed; a call that is not here has no body that matters. */
export function bodyOf(route: string, world: MastodonWorld, random: Random): Body {
  const id = (kind: Kind) => random.of(world.ids[kind].length > 0 ? world.ids[kind] : ['1']);
  const { client } = world;
  const credentials = { client_id: client.id, client_secret: client.secret };
  const status = {
    status: 'Hear, @romeo@verona.example @juliet #fuzz https://a.example/x?y=z',
    spoiler_text: 'loud',
    sensitive: true,
    language: 'en',
    visibility: random.of(['public', 'unlisted', 'private', 'direct']),
  };
  const bodies: Readonly<Record<string, () => Body>> = {
    'POST /api/v1/apps': () => ({
      client_name: 'App',
      redirect_uris: ['https://app.example/', 'app.example:/back'],
      scopes: 'read write:statuses',
      website: 'https://app.example/',
    }),
    'POST /oauth/authorize': () => ({
      ...authorization(world),
      form_token: '1.x',
      name: 'juliet',
      password: 'wrong',
      decision: random.of(['allow', 'deny']),
    }),
    'POST /oauth/token': () =>
      random.of<Body>([
        { ...credentials, grant_type: 'client_credentials', scope: 'read' },
        {
          ...credentials,
          grant_type: 'authorization_code',
          code: 'x'.repeat(43),
          redirect_uri: client.redirectUri,
          code_verifier: 'v'.repeat(43),
        },
      ]),
    'POST /oauth/revoke': () => ({ ...credentials, token: 'x'.repeat(43), token_type_hint: 'access_token' }),
    'PATCH /api/v1/accounts/update_credentials': () => ({
      display_name: 'Juliet <b>',
      note: 'Of *Capulet*, @romeo',
      locked: false,
      bot: false,
      discoverable: true,
      indexable: true,
      fields_attributes: [{ name: 'House', value: 'https://capulet.example' }],
      source: { privacy: 'public', sensitive: false, language: 'it' },
    }),
    'POST /api/v1/accounts/:id/follow': () => ({ reblogs: true, notify: true, languages: ['en', 'it'] }),
    'POST /api/v1/accounts/:id/mute': () => ({ notifications: true, duration: 60 }),
    'POST /api/v1/accounts/:id/note': () => ({ comment: 'Beware' }),
    'POST /api/v1/domain_blocks': () => ({ domain: 'evil.example' }),
    'DELETE /api/v1/domain_blocks': () => ({ domain: 'evil.example' }),
    'POST /api/v1/accounts': () => ({
      username: 'tybalt',
      email: 'tybalt@example.org',
      password: 'prince of cats',
      agreement: true,
      locale: 'en',
    }),
    'POST /api/v1/statuses': () => ({ ...status, in_reply_to_id: id('status'), media_ids: [id('media')] }),
    'PUT /api/v1/statuses/:id': () => ({
      ...status,
      media_ids: [id('media')],
      media_attributes: [{ id: id('media'), description: 'A dot', focus: '0.1,-0.2' }],
    }),
    'POST /api/v1/statuses/:id/reblog': () => ({ visibility: 'unlisted' }),
    'PATCH /api/v2/notifications/policy': () => ({
      for_not_following: 'filter',
      for_not_followers: 'accept',
      for_new_accounts: 'drop',
      for_private_mentions: 'filter',
      for_limited_accounts: 'accept',
    }),
    'PUT /api/v1/notifications/policy': () => ({ filter_not_following: true, filter_new_accounts: false }),
    'POST /api/v1/notifications/requests/accept': () => ({ id: [id('account'), id('account')] }),
    'POST /api/v1/notifications/requests/dismiss': () => ({ id: [id('account')] }),
    'POST /api/v1/lists': () => LIST,
    'PUT /api/v1/lists/:id': () => LIST,
    'POST /api/v1/lists/:id/accounts': () => ({ account_ids: [id('account')] }),
    'DELETE /api/v1/lists/:id/accounts': () => ({ account_ids: [id('account')] }),
    'POST /api/v2/filters': () => FILTER,
    'PUT /api/v2/filters/:id': () => ({
      ...FILTER,
      keywords_attributes: [{ id: id('keyword'), keyword: 'louder', whole_word: false, _destroy: false }],
    }),
    'POST /api/v2/filters/:id/keywords': () => ({ keyword: '(a+)+$', whole_word: true }),
    'PUT /api/v2/filters/keywords/:id': () => ({ keyword: '[', whole_word: false }),
    'POST /api/v2/filters/:id/statuses': () => ({ status_id: id('status') }),
    'POST /api/v1/filters': () => FILTER_V1,
    'PUT /api/v1/filters/:id': () => FILTER_V1,
    'POST /api/v1/markers': () => ({ home: { last_read_id: id('status') }, notifications: { last_read_id: '7' } }),
    'PUT /api/v1/media/:id': () => ({ description: 'A dot', focus: '0,1' }),
    'POST /api/v1/media': () => ({ description: 'A dot', focus: '0,1' }),
    'POST /api/v2/media': () => ({ description: 'A dot', focus: '0,1' }),
  };
  return bodies[route]?.() ?? {};
}

/** The query of a call when it is right: everything that some call reads. */
export function queryOf(route: string, world: MastodonWorld, random: Random): readonly Pair[] {
  if (route === 'GET /oauth/authorize') return pairs(authorization(world));
  if (!route.startsWith('GET ')) return [];
  const id = (kind: Kind) => random.of(world.ids[kind].length > 0 ? world.ids[kind] : ['1']);
  const page: readonly Pair[] = [
    ['limit', '3'],
    [random.of(['max_id', 'since_id', 'min_id']), id('status')],
  ];
  const path = route.slice(4);
  const own: Readonly<Record<string, readonly Pair[]>> = {
    '/api/v1/accounts': several(id('account')),
    '/api/v1/accounts/relationships': several(id('account')),
    '/api/v1/accounts/familiar_followers': several(id('account')),
    '/api/v1/statuses': several(id('status')),
    '/api/v1/accounts/lookup': [['acct', '@juliet@localhost']],
    '/api/v1/accounts/search': pairs({ q: 'ju', limit: '2', following: 'false', offset: '1' }),
    '/api/v2/search': pairs({ q: 'hear', type: 'statuses', account_id: id('account'), offset: '1', limit: '2' }),
    '/api/v1/search': pairs({ q: '#fuzz', resolve: 'true', offset: '0' }),
    '/api/v1/accounts/:id/statuses': [...page, ['tagged', 'fuzz'], ['only_media', 'true'], ['exclude_replies', '1']],
    '/api/v1/timelines/public': [...page, ['local', 'true'], ['only_media', 'false']],
    '/api/v1/timelines/tag/:tag': [...page, ['any[]', 'hear'], ['all[]', 'fuzz'], ['none[]', 'x']],
    '/api/v1/notifications': [...page, ['types[]', 'mention'], ['exclude_types[]', 'follow'], ['account_id', '7']],
    '/api/v2/notifications': [...page, ['grouped_types[]', 'favourite'], ['include_filtered', 'true']],
    '/api/v1/markers': [
      ['timeline[]', 'home'],
      ['timeline[]', 'notifications'],
    ],
    '/api/v1/announcements': [['with_dismissed', 'true']],
  };
  return own[path] ?? page;
}

function authorization({ client }: MastodonWorld) {
  return {
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'read write',
    state: 'a state',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  };
}

function several(id: string): readonly Pair[] {
  return [
    ['id[]', id],
    ['id[]', '7'],
  ];
}

function pairs(values: Readonly<Record<string, string>>): readonly Pair[] {
  return Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)] as const);
}
