import type { TopicFloor } from '@carillon/core';
import { accountTopic, hashtagTopic, localHashtagTopic, normalizeTag } from '../../../domain/index.ts';
import type { View } from '../../../view/index.ts';

const STREAM_NAMES = [
  'user',
  'user:notification',
  'direct',
  'public',
  'public:media',
  'public:local',
  'public:local:media',
  'public:remote',
  'public:remote:media',
  'hashtag',
  'hashtag:local',
  'list',
] as const;

export type StreamName = (typeof STREAM_NAMES)[number];

/** A stream as its client asked for it: the tag or list exactly as it was written, because frames repeat it. */
export type WantedStream = { readonly name: StreamName; readonly parameter?: string | number };

const NAMES: ReadonlySet<unknown> = new Set(STREAM_NAMES);
const PREFIX = '/api/v1/streaming/';
const MEDIA_NAMES: ReadonlyMap<StreamName, StreamName> = new Map([
  ['public', 'public:media'],
  ['public:local', 'public:local:media'],
  ['public:remote', 'public:remote:media'],
]);
/** Everything else asks for posts with media only. */
const NO = new Set(['', '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF']);
const NUMBER = /^\d{1,16}$/;

export function isStreamName(name: unknown): name is StreamName {
  return NAMES.has(name);
}

/** The stream of an event stream's path, to the letter: with another slash or case it is none. */
export function streamNameOf(path: string, onlyMedia: string | null): StreamName | undefined {
  if (!path.startsWith(PREFIX) || path.includes(':')) return undefined;
  const name = path.slice(PREFIX.length).replaceAll('/', ':');
  if (!isStreamName(name) || name.endsWith(':media')) return undefined;
  return NO.has(onlyMedia ?? '') ? name : (MEDIA_NAMES.get(name) ?? name);
}

/** What frames of a stream name it by on a WebSocket; equal for equal wishes only. */
export function streamKey({ name, parameter }: WantedStream): string {
  return JSON.stringify(parameter === undefined ? [name] : [name, parameter]);
}

/** `undefined` for what is no list's id. */
export function listOf({ name, parameter }: WantedStream): number | undefined {
  return name === 'list' && NUMBER.test(String(parameter)) ? Number(parameter) : undefined;
}

/** Where a stream's events are, with the positions that memberships began at; `undefined` for a list of others. */
export function topicsOf(stream: WantedStream, view: View): readonly TopicFloor[] | undefined {
  const own = accountTopic(view.account);
  switch (stream.name) {
    case 'user':
      return [...view.homeTopics(), always('community')];
    case 'user:notification':
    case 'direct':
      return [always(own)];
    case 'hashtag':
      return [always(hashtagTopic(normalizeTag(String(stream.parameter))))];
    case 'hashtag:local':
      return [always(localHashtagTopic(normalizeTag(String(stream.parameter))))];
    case 'list': {
      const topics = view.listTopics(listOf(stream) ?? 0);
      // Its own topic tells whom it blocks and mutes.
      return topics && [...topics, always(own)];
    }
    default:
      return [always(stream.name)];
  }
}

function always(topic: string): TopicFloor {
  return { topic, since: 0 };
}
