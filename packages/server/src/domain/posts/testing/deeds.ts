import fc from 'fast-check';
import {
  block,
  blockDomain,
  changeListMembers,
  createChannel,
  createList,
  deletePost,
  follow,
  followTag,
  ingestAccount,
  mute,
  type PostSnapshot,
  sharePost,
  unfollow,
  updateProfile,
} from '../../index.ts';
import type { OpenDomain } from '../../testing/open-domain.ts';
import { Model } from './model.ts';

export const TAGS = ['rose', 'name'] as const;
const LANGUAGES = [null, 'en', 'it'] as const;
const DOMAIN = 'mantua.example';

/** One thing that somebody does; who and what are numbers that the world takes modulo what there is. */
export type Deed = Readonly<Record<'who' | 'whom' | 'what' | 'how', number>> & {
  readonly kind: (typeof KINDS)[number];
};

const KINDS = [
  'post',
  'post',
  'post',
  'reply',
  'reply',
  'share',
  'share',
  'delete',
  'follow',
  'follow',
  'follow',
  'unfollow',
  'block',
  'mute',
  'wall',
  'list',
  'list',
  'tag',
] as const;

const number = fc.nat(10_000);
export const deeds = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), who: number, whom: number, what: number, how: number }),
  { minLength: 60, maxLength: 100 },
);

/** Some accounts, one of another server, and a group channel where every follower may post. */
export class World {
  readonly model = new Model();
  readonly #domain: OpenDomain;
  readonly #accounts: number[] = [];
  #group = 0;

  constructor(domain: OpenDomain) {
    this.#domain = domain;
  }

  /** Below the ids of all that happens here. */
  get start(): number {
    return this.#accounts[0] ?? 0;
  }

  /** Those of this server. */
  get viewers(): readonly number[] {
    return this.#accounts.filter((id) => !this.model.domains.has(id));
  }

  async people(name: string): Promise<void> {
    const { model } = this;
    for (const index of [0, 1, 2, 3]) {
      const { id, channel } = await this.#domain.account(`${name}_${index}`);
      this.#accounts.push(id);
      model.channels.set(channel, id);
      for (const replies of ['followed', 'list', 'none'] as const) {
        const exclusive = replies === 'none';
        const list = await this.#domain.run(createList, { actor: id, title: replies, replies, exclusive });
        model.lists.set(list.id, { owner: id, replies, exclusive, members: new Set() });
      }
    }
    const [first = 0] = this.#accounts;
    await this.#domain.run(updateProfile, { actor: first, profile: {}, settings: { chosenLanguages: ['en'] } });
    model.languages.set(first, ['en']);
    const url = `https://${DOMAIN}/@${name}`;
    const remote = await this.#domain.run(ingestAccount, { name, domain: DOMAIN, displayName: name, url });
    this.#accounts.push(remote.id);
    model.channels.set(remote.channel, remote.id);
    model.domains.set(remote.id, DOMAIN);
    const group = { actor: first, slug: `${name}_g`, title: name, description: '', access: 'open' } as const;
    this.#group = (await this.#domain.run(createChannel, { ...group, defaultAffiliation: 'publisher' })).id;
    model.channels.set(this.#group, this.#group);
    this.#bonds(first).set(this.#group, { shares: true, languages: null });
  }

  /** Does it, and tells the model; what the rules refuse is not done. */
  async do(deed: Deed): Promise<void> {
    try {
      await this.#do(deed);
    } catch (error) {
      const code = Object(error).code;
      if (code !== 'forbidden' && code !== 'not-found') throw error;
    }
  }

  async #do({ kind, who, whom, what, how }: Deed): Promise<void> {
    const { model } = this;
    const actor = pick(this.#accounts, who);
    const target = pick([...this.#accounts.filter((id) => id !== actor), this.#group], whom);
    const on = how % 3 !== 0;
    switch (kind) {
      case 'post':
        return model.add(await this.#post(actor, { whom, what, how }));
      case 'reply': {
        const answered = pick(
          [...model.posts.values()].filter((post) => post.shared === null),
          what,
        );
        return answered && model.add(await this.#post(actor, { whom, what, how, replyTo: answered.id }));
      }
      case 'share': {
        const shared = pick([...model.posts.keys()], what);
        const visibility = pick(['public', 'unlisted', 'followers'] as const, how);
        if (shared) model.add((await this.#domain.run(sharePost, { actor, id: shared, visibility })).post);
        return;
      }
      case 'delete': {
        const own = pick(
          [...model.posts.values()].filter(({ author }) => author === actor),
          what,
        );
        if (!own || how % 2 !== 0) return;
        await this.#domain.run(deletePost, { actor, id: own.id });
        model.delete(own.id);
        return;
      }
      case 'follow': {
        const options = { shares: how % 4 !== 0, languages: how % 5 === 0 ? ['en'] : null };
        await this.#domain.run(follow, { actor, target, ...options });
        return void this.#bonds(actor).set(target, options);
      }
      case 'unfollow':
        // Whose group it is stays in it.
        if (target === this.#group && actor === this.#accounts[0]) return;
        await this.#domain.run(unfollow, { actor, target });
        return model.unfollow(actor, target);
      case 'block':
        if (target === this.#group) return;
        await this.#domain.run(block, { actor, target, on });
        change(model.blocks, actor, target, on);
        if (!on) return;
        model.unfollow(actor, target);
        return model.unfollow(target, actor);
      case 'mute':
        if (target === this.#group) return;
        await this.#domain.run(mute, { actor, target, on, expiresAt: how % 2 === 0 ? Date.now() + 3_600_000 : null });
        return change(model.mutes, actor, target, on);
      case 'wall':
        return this.#wall(actor, on);
      case 'list': {
        const [id, list] =
          pick(
            [...model.lists].filter(([, { owner }]) => owner === actor),
            what,
          ) ?? [];
        if (!id || !list) return;
        await this.#domain.run(changeListMembers, { actor, id, [on ? 'add' : 'remove']: [target] });
        return void (on ? list.members.add(target) : list.members.delete(target));
      }
      case 'tag': {
        const tag = pick(TAGS, what);
        await this.#domain.run(followTag, { actor, tag, on });
        return change(model.tags, actor, tag, on);
      }
    }
  }

  async #post(actor: number, { whom, what, how, replyTo }: Partial<Record<string, number>>): Promise<PostSnapshot> {
    const [a = 0, b = 0, c = 0] = [whom, what, how];
    const visibility = pick(['public', 'public', 'unlisted', 'followers', 'direct'] as const, c);
    const mentions = [this.#accounts[a % 9], this.#accounts[b % 11]].filter((id) => id !== undefined);
    const view = await this.#domain.post(actor, 'text', {
      visibility,
      mentions,
      tags: [TAGS[a % 4]].filter((tag) => tag !== undefined),
      language: pick(LANGUAGES, b),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(c % 7 === 0 && visibility !== 'direct' ? { channel: this.#group } : {}),
    });
    return view.post;
  }

  async #wall(actor: number, on: boolean): Promise<void> {
    const { model } = this;
    if (model.domains.has(actor) || on === (model.walls.get(actor)?.has(DOMAIN) ?? false)) return;
    await this.#domain.run(blockDomain, { actor, domain: DOMAIN, on });
    change(model.walls, actor, DOMAIN, on);
    if (!on) return;
    for (const remote of model.domains.keys()) {
      model.unfollow(actor, remote);
      model.unfollow(remote, actor);
    }
  }

  #bonds(account: number) {
    const known = this.model.follows.get(account) ?? new Map();
    this.model.follows.set(account, known);
    return known;
  }
}

function pick<Item>(items: readonly [Item, ...Item[]], which: number): Item;
function pick<Item>(items: readonly Item[], which: number): Item;
function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)];
}

function change<Item>(of: Map<number, Set<Item>>, account: number, item: Item, on: boolean): void {
  const known = of.get(account) ?? new Set();
  of.set(account, known);
  if (on) known.add(item);
  else known.delete(item);
}
