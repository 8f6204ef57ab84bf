import { ERRORS, type ErrorValue } from '@carillon/core';
import type { PresenceMember } from '../../../../hub/index.ts';
import type { Goodbye } from '../../../../transport/index.ts';
import type { GapReason } from '../start.ts';
import type { MessageId } from './message.ts';

/** What the server says over a WebSocket, as JSON text. */
export const say = {
  subscribed(
    id: MessageId | undefined,
    topics: readonly string[],
    position: string,
    gap: GapReason | undefined,
  ): string {
    const missing = gap === undefined ? {} : { reason: gap, earliest: position };
    return JSON.stringify({ type: 'subscribed', id, topics, position, recovered: gap === undefined, ...missing });
  },
  unsubscribed(id: MessageId | undefined, topics: readonly string[]): string {
    return JSON.stringify({ type: 'unsubscribed', id, topics });
  },
  /** Every missed event of these topics was sent before this. */
  live(topics: readonly string[], position: string): string {
    return JSON.stringify({ type: 'live', topics, position });
  },
  /** Events were removed while the reader was behind them. */
  gap(earliest: string, reason: GapReason): string {
    return JSON.stringify({ type: 'gap', earliest, reason });
  },
  position(position: string): string {
    return JSON.stringify({ type: 'position', position });
  },
  pong(id: MessageId | undefined, position: string): string {
    return JSON.stringify({ type: 'pong', id, position });
  },
  published(id: MessageId | undefined, positions: readonly string[], duplicate: boolean): string {
    return JSON.stringify({ type: 'published', id, positions, duplicate });
  },
  members(id: MessageId | undefined, topic: string, members: readonly PresenceMember[]): string {
    const head = JSON.stringify({ type: 'presence', id, topic }).slice(0, -1);
    return `${head},"members":[${members.map(memberJson).join(',')}]}`;
  },
  presence(topic: string, action: 'entered' | 'left', member: PresenceMember): string {
    const head = JSON.stringify({ type: 'presence', topic, action }).slice(0, -1);
    return `${head},"member":${memberJson(member)}}`;
  },
  error(id: MessageId | undefined, { code, message, facts }: ErrorValue): string {
    const { retryable } = ERRORS[code];
    return JSON.stringify({ ...facts, type: 'error', id, code, message, retryable });
  },
  goodbye(reason: Goodbye): string {
    return JSON.stringify({ type: 'goodbye', reason });
  },
};

/** `info` is JSON text already, as its member wrote it. */
function memberJson({ id, info }: PresenceMember): string {
  return `{"id":${JSON.stringify(id)},"info":${info}}`;
}
