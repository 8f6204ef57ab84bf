import * as z from 'zod';
import { bytes, count, milliseconds, setting } from '../setting.ts';

/** How much one request, connection, address or credential may take. */
export const limitsSection = z.strictObject({
  bodyBytes: setting(bytes(1_048_576), { text: 'Largest request body.', unit: 'bytes' }),
  streamBodyBytes: setting(bytes(16_777_216), {
    text: 'Largest body of an append to a stream under `/v1/stream/`.',
    unit: 'bytes',
  }),
  eventBytes: setting(bytes(1_048_576), { text: 'Largest data of one event.', unit: 'bytes' }),
  batchEvents: setting(count(1_000, 1, 100_000), { text: 'Most events in one publish.', unit: 'events' }),
  topicsPerRequest: setting(count(1_000, 1, 100_000), {
    text: 'Most topics that one request or connection may subscribe to.',
    unit: 'count',
  }),
  urlBytes: setting(bytes(65_536, 256), {
    text: 'Longest request target; longer ones are answered 414.',
    unit: 'bytes',
  }),
  headerBytes: setting(bytes(81_920, 1_024), {
    text: 'Longest request head, request target included; longer ones are answered 431.',
    unit: 'bytes',
  }),
  headers: setting(count(100, 10, 1_000), { text: 'Most header lines in one request.', unit: 'count' }),
  messageBytes: setting(bytes(1_048_576), { text: 'Largest WebSocket message from a client.', unit: 'bytes' }),
  messagesPerSecond: setting(count(200), {
    text: 'WebSocket messages a connection may send on average; beyond it and the burst the connection is closed with 1008.',
    unit: 'per second',
  }),
  messageBurst: setting(count(1_000), {
    text: 'Messages that may come at once before the average counts.',
    unit: 'count',
  }),
  connections: setting(count(200_000), { text: 'Most open connections of this server.', unit: 'count' }),
  connectionsPerAddress: setting(count(20_000), {
    text: 'Most open streams and sockets of one address.',
    unit: 'count',
  }),
  connectionsPerPrincipal: setting(count(50_000), {
    text: 'Most open streams and sockets of one credential’s owner.',
    unit: 'count',
  }),
  presenceTopics: setting(count(100, 0, 100_000), {
    text: 'Presence lists that one WebSocket may stand on.',
    unit: 'count',
  }),
  pendingPublishes: setting(count(20_000), {
    text: 'Publishes that may wait for the disk at once; beyond it they are answered 429.',
    unit: 'count',
  }),
  callsPerUser: setting(count(1_500), {
    text: 'Calls of one account within five minutes, to the Mastodon and the Zulip API each.',
    unit: 'count',
  }),
  callsPerToken: setting(count(300), {
    text: 'Calls with one access token to the Mastodon API within five minutes.',
    unit: 'count',
  }),
  callsPerAddress: setting(count(300), {
    text: 'Calls of one address without a credential within five minutes, to the Mastodon and the Zulip API each.',
    unit: 'count',
  }),
  pollWaitMs: setting(milliseconds(60_000, 1_000, 600_000), {
    text: 'Longest time a long poll may ask to wait.',
    unit: 'ms',
  }),
});

/** How long a client may take. */
export const timeoutsSection = z.strictObject({
  headMs: setting(milliseconds(10_000, 100), { text: 'Time for a whole request head.', unit: 'ms' }),
  requestMs: setting(milliseconds(15_000, 100), { text: 'Time for a whole request with its body.', unit: 'ms' }),
  keepAliveMs: setting(milliseconds(65_000), {
    text: 'How long an idle kept-alive connection stays open.',
    unit: 'ms',
  }),
  loginMs: setting(milliseconds(10_000, 100), { text: 'Time from an upgrade request to its answer.', unit: 'ms' }),
  lingerMs: setting(milliseconds(2_000), {
    text: 'How long a connection that was closed may take to receive its last bytes.',
    unit: 'ms',
  }),
});
