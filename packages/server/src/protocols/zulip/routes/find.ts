import {
  type AccountSnapshot,
  accountByAcct,
  accountSnapshots,
  type ChannelView,
  channelViews,
} from '../../../domain/index.ts';
import { type Call, Refusal } from '../http/index.ts';

/** Channels and people as clients name them. What may not be read is as good as absent. */

/** Throws for a channel that is not there for whoever asks. */
export async function channelWithId(call: Call, id: number | undefined): Promise<ChannelView> {
  const found = id === undefined ? [] : await call.query(channelViews, { viewer: call.viewer, select: { ids: [id] } });
  const channel = found.find(({ readable }) => readable);
  if (channel) return channel;
  throw new Refusal('Invalid channel ID');
}

export async function channelNamed(call: Call, name: string): Promise<ChannelView> {
  const channel = (await channelsNamed(call, [name])).get(key(name));
  if (channel?.readable) return channel;
  throw new Refusal(`Channel '${name}' does not exist`, { code: 'STREAM_DOES_NOT_EXIST', extra: { stream: name } });
}

/** By `key` of their names, closed ones of others too; of several of one name the oldest that may be read. */
export async function channelsNamed(call: Call, names: readonly string[]): Promise<ReadonlyMap<string, ChannelView>> {
  const found = await call.query(channelViews, { viewer: call.viewer, select: { names } });
  const best = found.toSorted((a, b) => Number(b.readable) - Number(a.readable) || a.id - b.id);
  const named = new Map<string, ChannelView>();
  for (const channel of best) {
    const slug = channel.kind === 'personal' ? `@${channel.slug}` : channel.slug;
    for (const name of [channel.title, slug]) {
      if (channel.kind === 'personal' && name !== slug) continue;
      if (!named.has(key(name))) named.set(key(name), channel);
    }
  }
  return named;
}

/** Names of channels are the same whatever their case. */
export function key(name: string): string {
  return name.trim().toLowerCase();
}

/** Accounts of this community by ids and addresses; throws for the first that is none. */
export async function people(call: Call, wanted: readonly (number | string)[]): Promise<readonly AccountSnapshot[]> {
  const ids = wanted.filter((each) => typeof each === 'number');
  const byId = new Map(
    (ids.length === 0 ? [] : await call.query(accountSnapshots, { ids })).map((account) => [account.id, account]),
  );
  const found = new Map<number, AccountSnapshot>();
  for (const each of wanted) {
    const account = typeof each === 'number' ? byId.get(each) : await personAt(call, each);
    if (!account || account.kind === 'group' || account.domain !== null) {
      throw new Refusal(typeof each === 'number' ? `Invalid user ID ${each}` : `Invalid email '${each}'`);
    }
    if (account.suspended) throw new Refusal(`'${account.name}' is no longer here`);
    found.set(account.id, account);
  }
  return [...found.values()];
}

/** By name and domain, or by the address with which whoever asks signs in. */
export function personAt(call: Call, email: string): Promise<AccountSnapshot | undefined> {
  return call.query(accountByAcct, { acct: acctOf(email, call.site.domain) });
}

/** `juliet@example.org` is `juliet` at example.org. */
function acctOf(email: string, domain: string): string {
  const text = email.trim().toLowerCase();
  return text.endsWith(`@${domain}`) ? text.slice(0, -domain.length - 1) : text;
}
