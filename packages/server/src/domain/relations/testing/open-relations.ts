import type { CarillonError, Event } from '@carillon/core';
import {
  type AccountView,
  accountSnapshot,
  block,
  type ChannelSnapshot,
  createChannel,
  follow,
  type Relationship,
  relationshipsWith,
  setAffiliation,
  updateChannel,
} from '../../index.ts';
import { openDomain } from '../../testing/open-domain.ts';

/** How somebody stands to a channel. */
export type State = 'stranger' | 'pending' | 'subscribed' | 'outcast' | 'invited' | 'blocking';
export type Access = ChannelSnapshot['access'];
/** What a command leads to: where one stands, or why not. */
export type Outcome = 'subscribed' | 'pending' | 'none' | 'forbidden' | 'not-found';

/** How a command ends. */
export const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

/** The newest event by which somebody let a follow begin. */
export function startOf(heard: readonly Event[], account: number): Event {
  const found = heard.findLast(({ type, routing }) => type === 'follow.started' && routing?.author === account);
  if (!found) throw new Error(`no follow by ${account} was announced`);
  return found;
}

/** The domain with what tests of memberships need beside. */
export async function openRelations() {
  const domain = await openDomain();
  let count = 0;

  /** Accounts that no other test knows. */
  async function people(many: number): Promise<readonly AccountView[]> {
    const made = [];
    for (let i = 0; i < many; i++) made.push(await domain.account(`person${++count}`));
    return made;
  }

  async function pair(): Promise<{ owner: AccountView; fan: AccountView }> {
    const [owner, fan] = await people(2);
    if (!owner || !fan) throw new Error('two were made');
    return { owner, fan };
  }

  function group(owner: AccountView, access: 'open' | 'authorize' | 'whitelist'): Promise<ChannelSnapshot> {
    return domain.run(createChannel, {
      actor: owner.id,
      slug: `group${++count}`,
      title: 'Group',
      description: '',
      access,
      defaultAffiliation: 'publisher',
    });
  }

  async function relationship(viewer: number, target: number): Promise<Relationship | undefined> {
    return (await domain.ask(relationshipsWith, { viewer, targets: [target] }))[0];
  }

  async function counts(id: number) {
    const account = await domain.ask(accountSnapshot, { id });
    return { followers: account?.followersCount, following: account?.followingCount };
  }

  /** Events of the follow kind since a number of them, as short facts. */
  function told(since: number): readonly [string, readonly string[], unknown][] {
    return domain
      .since(since)
      .filter(({ type }) => /^(?:follow|affiliation)\./.test(type))
      .map(({ type, topics, data }) => [type, topics, data]);
  }

  /** A group that a fan stands to in this way. */
  async function stand(state: State, access: Access) {
    const { owner, fan } = await pair();
    const channel = await group(owner, state === 'pending' ? 'authorize' : 'open');
    const target = channel.id;
    const affiliate = (affiliation: 'outcast' | 'member') =>
      domain.run(setAffiliation, { actor: owner.id, target: fan.id, channel: target, affiliation });
    if (state === 'pending' || state === 'subscribed') await domain.run(follow, { actor: fan.id, target });
    if (state === 'outcast') await affiliate('outcast');
    if (state === 'invited') await affiliate('member');
    if (state === 'blocking') await domain.run(block, { actor: fan.id, target, on: true });
    await domain.run(updateChannel, { actor: owner.id, channel: target, access });
    return { owner, fan, channel };
  }

  async function outcome(fan: AccountView, target: number, run: Promise<unknown>): Promise<string> {
    const code = await refusal(run);
    if (code !== 'done') return code;
    const found = await relationship(fan.id, target);
    return found?.following ? 'subscribed' : found?.requested ? 'pending' : 'none';
  }

  return { domain, people, pair, group, relationship, counts, told, stand, outcome };
}
