import { CarillonError } from './errors.ts';

export const MAX_TOPIC_BYTES = 200;

/** Topics that the domain writes and nobody else, with what follows the word. */
const DOMAIN_PREFIXES = ['account:', 'channel:', 'channel-meta:', 'hashtag:', 'public:', 'list:'] as const;
const DOMAIN_WORDS = [
  'public',
  'community',
  'presence',
  'system',
  'account',
  'channel',
  'channel-meta',
  'hashtag',
  'list',
] as const;

/** Printable ASCII without space; anything else must be percent-encoded by whoever names the topic. */
const FORM = /^[\x21-\x7e]+$/;
const APP_FORM = /^[a-z0-9][a-z0-9-]{0,62}$/;

export type TopicClass = 'app' | 'stream' | 'community' | 'system';

export interface TopicName {
  readonly class: TopicClass;
  /** The app that owns the topic; absent for what belongs to the community. */
  readonly app?: string;
  /** The name inside its app or class. */
  readonly name: string;
}

/** Says what a full topic name is; throws `bad-request` on anything outside the grammar. */
export function parseTopic(topic: string): TopicName {
  checkForm(topic);
  if (topic === 'system') return { class: 'system', name: topic };
  for (const [prefix, kind] of [
    ['app:', 'app'],
    ['stream:', 'stream'],
  ] as const) {
    if (topic.startsWith(prefix)) return { class: kind, ...splitApp(topic, prefix.length) };
  }
  if (isDomainTopic(topic)) return { class: 'community', name: topic };
  throw new CarillonError('bad-request', `"${topic}" is not a full topic name: it lacks its app`);
}

/** Turns what a client of an app wrote (`news`, `app:default/news`, `stream:default/a`, `public`) into a full name. */
export function resolveTopic(text: string, app: string): string {
  checkForm(text);
  if (text.startsWith('app:') || text.startsWith('stream:') || isDomainTopic(text)) {
    parseTopic(text);
    return text;
  }
  const full = appTopic(app, text);
  checkForm(full);
  return full;
}

/** The shortest form that `resolveTopic` with the same app turns back into this topic. */
export function showTopic(topic: string, app: string): string {
  const prefix = `app:${app}/`;
  if (!topic.startsWith(prefix)) return topic;
  const name = topic.slice(prefix.length);
  return name.startsWith('app:') || name.startsWith('stream:') || isDomainTopic(name) ? topic : name;
}

export function appTopic(app: string, name: string): string {
  return `app:${app}/${name}`;
}

/** Whether only the domain may write this topic. */
export function isDomainTopic(topic: string): boolean {
  return DOMAIN_WORDS.some((word) => topic === word) || DOMAIN_PREFIXES.some((prefix) => topic.startsWith(prefix));
}

export function isAppName(name: string): boolean {
  return APP_FORM.test(name);
}

function checkForm(topic: string): void {
  if (topic.length === 0) throw new CarillonError('bad-request', 'a topic may not be empty');
  if (topic.length > MAX_TOPIC_BYTES) {
    throw new CarillonError(
      'bad-request',
      `a topic has at most ${MAX_TOPIC_BYTES} bytes, this one has ${topic.length}`,
    );
  }
  if (!FORM.test(topic)) {
    throw new CarillonError('bad-request', 'a topic is printable ASCII without spaces; percent-encode everything else');
  }
}

function splitApp(topic: string, from: number): { app: string; name: string } {
  const slash = topic.indexOf('/', from);
  const app = slash < 0 ? '' : topic.slice(from, slash);
  const name = topic.slice(slash + 1);
  if (!isAppName(app) || name === '') {
    throw new CarillonError('bad-request', `"${topic}" must be written ${topic.slice(0, from)}APP/NAME`);
  }
  return { app, name };
}
