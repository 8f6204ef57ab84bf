import * as z from 'zod';
import { type ChannelView, channelMembers, channelViews, updateChannel } from '../../../domain/index.ts';
import { toChannel } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint, json, optional, otherwise, Refusal, text } from '../http/index.ts';
import { channelNamed, channelsNamed, channelWithId, key } from './find.ts';

const yes = (about: string, value: boolean) => otherwise(value, json(about, z.boolean()));

/** Channels that may be read (zulip.com/api/get-streams). */
export const channelEndpoints: readonly Endpoint[] = [
  endpoint('GET /streams', {
    access: 'read',
    about: 'Channels that the account may read.',
    parameters: {
      include_public: yes('Those that are open to everybody.', true),
      include_subscribed: yes('Those that the account is subscribed to.', true),
      include_all_active: yes('All that the account may read.', false),
      include_web_public: yes('None here is.', false),
      include_owner_subscribed: yes('Means nothing for accounts without an owner.', false),
    },
    run: async (call, wanted) => {
      const all = await call.query(channelViews, { viewer: call.viewer, select: { all: true } });
      const isWanted = ({ access, subscribed }: ChannelView) =>
        wanted.include_all_active ||
        (wanted.include_public && access === 'open') ||
        (wanted.include_subscribed && subscribed);
      return { streams: all.filter(isWanted).map(toChannel) };
    },
  }),
  endpoint('GET /get_stream_id', {
    access: 'read',
    about: 'The id of a channel by its name.',
    parameters: { stream: text('Its name.') },
    run: async (call, { stream }) => ({ stream_id: (await named(call, stream)).id }),
  }),
  endpoint('GET /streams/:id', {
    access: 'read',
    about: 'One channel.',
    parameters: {},
    run: async (call) => ({ stream: toChannel(await channelWithId(call, call.id())) }),
  }),
  endpoint('PATCH /streams/:id', {
    access: 'write',
    about: 'Changes a channel; for its owners and moderators.',
    parameters: {
      new_name: optional(text('Its new name.', z.string().trim().min(1).max(60))),
      description: optional(text('Its new description.', z.string().max(1_024))),
      is_private: optional(json('Whether one must be let in.', z.boolean())),
    },
    run: change,
  }),
  endpoint('GET /streams/:id/members', {
    access: 'read',
    about: 'Ids of who is subscribed to a channel.',
    parameters: {},
    run: async (call) => {
      const { id } = await channelWithId(call, call.id());
      const [members] = await call.query(channelMembers, { channels: [id] });
      return { subscribers: members?.accounts ?? [] };
    },
  }),
];

async function named(call: Call, name: string): Promise<ChannelView> {
  return channelNamed(call, name).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`Invalid channel name '${name}'`);
  });
}

async function change(
  call: Call,
  {
    new_name: title,
    description,
    is_private: isPrivate,
  }: { new_name: string | undefined; description: string | undefined; is_private: boolean | undefined },
) {
  const { id, access } = await channelWithId(call, call.id());
  if (title !== undefined) {
    const taken = (await channelsNamed(call, [title])).get(key(title));
    if (taken && taken.id !== id)
      throw new Refusal(`Channel '${title}' already exists`, {
        code: 'CHANNEL_ALREADY_EXISTS',
        extra: { channel_name: title },
      });
  }
  const isClosed = access !== 'open';
  await call.run(updateChannel, {
    actor: call.viewer,
    channel: id,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description: description.replaceAll('\n', ' ') }),
    ...(isPrivate === undefined || isPrivate === isClosed ? {} : { access: isPrivate ? 'whitelist' : 'open' }),
  });
  return {};
}
