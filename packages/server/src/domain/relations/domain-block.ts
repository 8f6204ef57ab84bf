import { CarillonError } from '@carillon/core';
import { accountTopic, announce, type CommandContext, domainBlocks, follows, statement } from '../../state/index.ts';
import { requireActor, requireChannel } from '../community/parties.ts';
import { REMOTE_DOMAIN } from '../host-name.ts';
import { requireRoom } from './bounds.ts';
import { endMembership } from './follow.ts';
import { hiddenByDomain } from './hidden-posts.ts';

const followersOfDomain = statement<{ channel: number; domain: string }>((db, { channel, domain }) =>
  db
    .selectFrom('follows')
    .innerJoin('accounts', 'accounts.id', 'follows.account')
    .selectAll('follows')
    .where('follows.channel', '=', channel)
    .where('accounts.domain', '=', domain),
);
/** Own channels alone: that one has a direct channel with others is not ended by who began it. */
const followedOfDomain = statement<{ actor: number; domain: string }>((db, { actor, domain }) =>
  db
    .selectFrom('follows')
    .innerJoin('channels', 'channels.id', 'follows.channel')
    .innerJoin('accounts', 'accounts.id', 'channels.owner')
    .selectAll('follows')
    .where('follows.account', '=', actor)
    .where('channels.kind', '=', 'personal')
    .where('accounts.domain', '=', domain),
);

export async function blockWholeDomain(
  context: CommandContext,
  { actor, domain: text, on }: { readonly actor: number; readonly domain: string; readonly on: boolean },
): Promise<undefined> {
  const { db } = context;
  const own = await requireActor(db, actor);
  const domain = text.toLowerCase();
  if (!REMOTE_DOMAIN.test(domain)) throw new CarillonError('unprocessable', `"${text.slice(0, 100)}" is not a domain`);
  const before = await domainBlocks.get(db, { account: actor, domain });
  if (on === (before !== undefined)) return;
  if (on) await requireRoom(db, 'domainBlocks', actor);
  const hidden = on ? await hiddenByDomain(db, actor, domain) : undefined;
  if (on) await domainBlocks.insert(db, { account: actor, domain, id: context.nextId() });
  else await domainBlocks.remove(db, { account: actor, domain });
  announce(context, {
    type: 'relationship.changed',
    topics: [accountTopic(actor), 'system'],
    actor: String(actor),
    routing: { author: actor },
    subjects: [`account:${actor}`],
    data: { account: actor, target: domain, kind: 'domain-block', on, ...(hidden ? { hidden } : {}) },
  });
  if (!on) return;
  const ended = [
    ...(await follows.find(db, followedOfDomain, { actor, domain })),
    ...(await follows.find(db, followersOfDomain, { channel: own.channel, domain })),
  ];
  for (const row of ended) {
    await endMembership(context, { actor, account: row.account, channel: await requireChannel(db, row.channel) });
  }
}
