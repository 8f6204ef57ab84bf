/** Rights within each of the three great ones (docs.joinmastodon.org/api/oauth-scopes). */
const READ = [
  'accounts',
  'blocks',
  'bookmarks',
  'collections',
  'favourites',
  'filters',
  'follows',
  'lists',
  'mutes',
  'notifications',
  'search',
  'statuses',
] as const;
const WRITE = [
  'accounts',
  'blocks',
  'bookmarks',
  'collections',
  'conversations',
  'favourites',
  'filters',
  'follows',
  'lists',
  'media',
  'mutes',
  'notifications',
  'reports',
  'statuses',
] as const;

export const SCOPES: readonly string[] = [
  'profile',
  'read',
  ...READ.map((name) => `read:${name}`),
  'write',
  ...WRITE.map((name) => `write:${name}`),
  'follow',
  'push',
];

/** What the old scope `follow` stands for. */
const FOLLOW: ReadonlySet<string> = new Set(
  ['blocks', 'follows', 'mutes'].flatMap((name) => [`read:${name}`, `write:${name}`]),
);

const KNOWN: ReadonlySet<string> = new Set(SCOPES);

export function isScope(scope: string): boolean {
  return KNOWN.has(scope);
}

/** Whether a token with these scopes has one of the wanted ones: `write` contains `write:statuses`. */
export function hasScope(given: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((scope) => given.some((each) => contains(each, scope)));
}

/** Whether every wanted scope lies within what is given. */
export function coversScopes(given: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((scope) => given.some((each) => contains(each, scope)));
}

/** Scopes as clients write them, separated by spaces (or plus signs, by some). */
export function readScopes(text: string): readonly string[] {
  return [...new Set(text.split(/[\s+]+/).filter((scope) => scope !== ''))];
}

function contains(given: string, wanted: string): boolean {
  return given === wanted || wanted.startsWith(`${given}:`) || (given === 'follow' && FOLLOW.has(wanted));
}
