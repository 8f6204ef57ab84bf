import type { ChannelRow, CommandContext } from '../../state/index.ts';
import { notify } from '../notices/notify.ts';
import { withdrawNotices } from '../notices/withdraw.ts';

/** The staff of a channel hears that somebody asks to follow it. */
export async function noticeRequest(context: CommandContext, staff: readonly number[], origin: number): Promise<void> {
  for (const account of staff) await notify(context, { account, type: 'follow_request', origin });
}

/** The request was answered or taken back. */
export async function withdrawRequest(
  context: CommandContext,
  staff: readonly number[],
  origin: number,
): Promise<void> {
  for (const account of staff) await withdrawNotices(context, { account, type: 'follow_request', origin });
}

/** People hear who follows them; followers of a group channel are no news to a person. */
export async function noticeFollow(context: CommandContext, channel: ChannelRow, origin: number): Promise<void> {
  if (channel.kind === 'personal') await notify(context, { account: channel.owner, type: 'follow', origin });
}

export async function withdrawFollow(context: CommandContext, channel: ChannelRow, origin: number): Promise<void> {
  if (channel.kind === 'personal') await withdrawNotices(context, { account: channel.owner, type: 'follow', origin });
}
