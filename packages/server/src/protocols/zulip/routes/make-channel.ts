import { toErrorValue } from '@carillon/core';
import { type ChannelView, channelViews, createChannel } from '../../../domain/index.ts';
import { type Call, Refusal } from '../http/index.ts';

const MOST_SLUGS = 100;
const LONGEST_SLUG = 30;

/** Makes a channel of a new name; everybody in it may post. */
export async function makeChannel(
  call: Call,
  { name, description = '' }: { readonly name: string; readonly description?: string | undefined },
  isClosed: boolean,
): Promise<ChannelView> {
  if (name.startsWith('@'))
    throw new Refusal(`Channel '${name}' does not exist`, { code: 'STREAM_DOES_NOT_EXIST', extra: { stream: name } });
  const wanted = {
    actor: call.viewer,
    title: name,
    description: description.replaceAll('\n', ' '),
    access: isClosed ? ('whitelist' as const) : ('open' as const),
    defaultAffiliation: 'publisher' as const,
  };
  for (const slug of slugsFor(name)) {
    try {
      const { id } = await call.run(createChannel, { ...wanted, slug });
      const [made] = await call.query(channelViews, { viewer: call.viewer, select: { ids: [id] } });
      if (made) return made;
      throw new Error(`channel ${id} is missing after it was made`);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Refusal(`There is no short name left for a channel named '${name}'`);
}

/** Taken by somebody, or kept for addresses. */
function isTaken(error: unknown): boolean {
  return ['conflict', 'bad-request'].includes(toErrorValue(error).code);
}

/** Every channel has a short name in ASCII as well, by which other protocols know it: the name as far as it goes. */
function* slugsFor(name: string): Generator<string> {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const base = plain === '' ? 'channel' : plain;
  yield base.slice(0, LONGEST_SLUG);
  for (let number = 2; number <= MOST_SLUGS; number += 1) {
    const end = `_${number}`;
    yield base.slice(0, LONGEST_SLUG - end.length) + end;
  }
}
