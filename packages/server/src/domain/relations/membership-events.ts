import type { Position } from '@carillon/core';
import { accountTopic, announce, type ChannelRow, type CommandContext, type FollowRow } from '../../state/index.ts';

/** Whose membership of which channel, and who does something about it. */
export interface Membership {
  readonly actor: number;
  readonly account: number;
  readonly channel: ChannelRow;
}

/** A subscription that begins; with `since`, one that goes on with other options. */
export function announceStart(
  context: CommandContext,
  membership: Membership,
  row: FollowRow,
  topics: readonly string[],
  since?: Position,
): Position {
  return announce(context, {
    ...header(membership),
    type: 'follow.started',
    topics,
    data: {
      account: row.account,
      channel: row.channel,
      affiliation: row.affiliation,
      shares: row.shares === 1,
      notify: row.notify === 1,
      languages: row.languages === null ? null : JSON.parse(row.languages),
      ...(since === undefined ? {} : { since }),
      ...(membership.channel.kind === 'personal' ? { followed: membership.channel.owner } : {}),
    },
  });
}

export function announceEnd(
  context: CommandContext,
  membership: Membership,
  type: 'follow.ended' | 'follow.denied',
  others: readonly string[],
): void {
  const { account, channel } = membership;
  announce(context, {
    ...header(membership),
    type,
    topics: [...new Set([accountTopic(account), ...others])],
    data: { account, channel: channel.id },
  });
}

/** What every event about a membership has: who did it, where, and whom it concerns. */
export function header({ actor, account, channel }: Membership) {
  return {
    actor: String(actor),
    routing: {
      author: actor,
      channel: channel.id,
      object: channel.id,
      mentions: [...new Set([account, channel.owner])],
    },
    subjects: [...new Set([`account:${account}`, `account:${channel.owner}`])],
  };
}
