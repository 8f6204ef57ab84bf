import { type Event, formatToken, type Head } from '@carillon/core';
import { channelTopic } from '../../../domain/index.ts';
import type { Encoding, Instead, Look } from '../../../hub/index.ts';
import type { FilterMatch, View, Views } from '../../../view/index.ts';
import type { Site } from '../entities/index.ts';
import { isPersonal, isPost, isTold, type Kind, type Said, say, sayPersonal } from './encode.ts';
import { openFiltered } from './filtered.ts';
import { type OpenStatus, type PostNews, readPostNews } from './post-news.ts';
import { Recent } from './recent.ts';
import { closeStatus, NOBODYS_SLOTS, PLAIN_SLOTS, type Slots, viewerSlots } from './slots.ts';
import { SSE, socketWire, type Wire } from './wire.ts';

/** An encoding with the way one viewer sees it. */
export interface StreamEncoding extends Encoding {
  /** `list` is the one that a list's stream shows. */
  lookOf(view: View, list?: number): Look;
}

export interface EncodingDependencies {
  readonly views: Pick<Views, 'excluding' | 'matching'>;
  readonly site: () => Site;
  /** For frames that only some viewers get. */
  readonly epoch: () => string;
}

export interface Encodings {
  /** One for all streams of a kind. */
  sse(kind: Kind): StreamEncoding;
  /** One for each name of a stream, `streamKey`; `release` it when its reader is gone. */
  socket(kind: Kind, stream: string): StreamEncoding;
  release(encoding: StreamEncoding): void;
}

const NEWS_BYTES = 4_194_304;
const VARIANT_BYTES = 8_388_608;

export function createEncodings(dependencies: EncodingDependencies): Encodings {
  const shared = { ...dependencies, news: new Recent<Quoted>(NEWS_BYTES), variants: new Recent<Buffer>(VARIANT_BYTES) };
  const known = new Map<string, { readonly encoding: StreamEncoding; uses: number }>();
  return {
    sse: (kind) => held(`mastodon sse ${kind}`, kind, () => SSE),
    socket: (kind, stream) => held(`mastodon socket ${kind} ${stream}`, kind, () => socketWire(stream)),
    release({ name }) {
      const entry = known.get(name);
      if (entry && --entry.uses === 0) known.delete(name);
    },
  };

  function held(name: string, kind: Kind, wire: () => Wire): StreamEncoding {
    let entry = known.get(name);
    if (!entry) known.set(name, (entry = { encoding: encodingOf(name, kind, wire(), shared), uses: 0 }));
    entry.uses++;
    return entry.encoding;
  }
}

/** A post's news with its status quoted for one kind of wire. */
interface Quoted {
  readonly news: PostNews | undefined;
  readonly status: OpenStatus;
}

interface Shared extends EncodingDependencies {
  readonly news: Recent<Quoted>;
  readonly variants: Recent<Buffer>;
}

const NO_STATUS: OpenStatus = { outer: '', shared: undefined };

function encodingOf(name: string, kind: Kind, wire: Wire, shared: Shared): StreamEncoding {
  const isPublic = kind === 'public';
  const usual = isPublic ? NOBODYS_SLOTS : PLAIN_SLOTS;

  function newsOf(event: Event): Quoted {
    const key = wire === SSE ? 'sse' : 'socket';
    return shared.news.get(event, key, () => quoted(readPostNews(event, shared.site()), wire), sizeOf);
  }

  function postFrame(event: Event, epoch: string, slots: Slots): Buffer | undefined {
    const { news, status } = newsOf(event);
    if (!news) return undefined;
    return wire.frame(news.event, closeStatus(status, slots, wire.quote), tokenOf(event, epoch));
  }

  /** The frame with a viewer's own slots; equal ones are asked for again. */
  function variant(event: Event, frame: Buffer, slots: Slots): Buffer {
    if (slots === usual) return frame;
    const key = `${name} ${slots.own} ${slots.shared}`;
    const make = () => postFrame(event, shared.epoch(), slots) ?? frame;
    return shared.variants.get(event, key, make, ({ length }) => length);
  }

  function personal(event: Event, frame: Buffer, matches: readonly FilterMatch[]): Buffer {
    if (matches.length === 0) return frame;
    return framesOf(sayPersonal(event, shared.site(), matches), event, shared.epoch(), wire) ?? frame;
  }

  function exceptions(event: Event, frame: Buffer): ReadonlyMap<object, Instead> | undefined {
    if (!isPost(event)) return undefined;
    const excluded = shared.views.excluding(event);
    const matching = shared.views.matching(event);
    if (excluded.size + matching.size === 0) return undefined;
    const found = new Map<object, Instead>();
    const filtered = openFiltered(frame, wire);
    for (const [view, matches] of matching) found.set(view, filtered(matches));
    for (const view of excluded) found.set(view, 'nothing');
    return found;
  }

  return {
    name,
    ignoresShown: true,
    encode(event, _shown, { epoch }: Head) {
      if (!isTold(kind, event)) return undefined;
      return isPost(event) ? postFrame(event, epoch, usual) : framesOf(say(event, shared.site()), event, epoch, wire);
    },
    ...(isPublic ? { exceptions } : {}),
    lookOf(view, list) {
      if (isPublic) {
        return (event, frame) => {
          if (!isPost(event)) return frame;
          if (!view.acceptsPublic(event)) return 'nothing';
          const matches = view.filterMatches(event);
          return matches.length === 0 ? frame : Buffer.concat(openFiltered(frame, wire)(matches));
        };
      }
      return (event, frame) => {
        if (!isPost(event) && !view.acceptsChannel(event)) return 'nothing';
        if (isPersonal(event)) return personal(event, frame, view.filterMatches(event));
        if (kind === 'list' && !isOfList(event, view, list)) return 'nothing';
        if (!isPost(event)) return frame;
        const { news } = newsOf(event);
        if (!news || !isShown(kind, event, view, list)) return 'nothing';
        return variant(event, frame, viewerSlots(news, view, view.filterMatches(event)));
      };
    },
  };
}

/** Whether a post belongs on one of the viewer's own streams. */
function isShown(kind: Kind, event: Event, view: View, list: number | undefined): boolean {
  switch (kind) {
    case 'list':
      return list !== undefined && view.acceptsList(list, event);
    case 'home':
    case 'home-only':
      return view.acceptsHome(event);
    case 'notifications':
      return isEditForMentioned(event, view);
    case 'direct':
    case 'public':
      return false;
  }
}

/**
 * A list also reads its owner's topic, for what blocks and mutes take away: direct posts and posts of others that name
 * the owner, with all that becomes of them, are heard there too and are not the list's.
 */
function isOfList({ type, topics }: Event, view: View, list: number | undefined): boolean {
  if (type === 'relationship.changed') return true;
  const members = list === undefined ? undefined : view.lists.get(list)?.members;
  for (const { channel } of members?.values() ?? []) if (topics.includes(channelTopic(channel))) return true;
  return false;
}

/** Whoever a post names is told of its edits, whether they follow its author or not. */
function isEditForMentioned({ type, routing = {} }: Event, view: View): boolean {
  const { author, mentions = [], domain } = routing;
  if (type !== 'post.edited' || author === undefined || !mentions.includes(view.account)) return false;
  return !view.excludes(author, mentions, domain);
}

function quoted(news: PostNews | undefined, { quote }: Wire): Quoted {
  if (!news) return { news, status: NO_STATUS };
  const { outer, shared } = news.status;
  return { news, status: { outer: quote(outer), shared: shared === undefined ? undefined : quote(shared) } };
}

function sizeOf({ news, status }: Quoted): number {
  const texts = [status, news?.status ?? NO_STATUS];
  return texts.reduce((size, { outer, shared = '' }) => size + outer.length + shared.length, 256);
}

/** All of an event in one piece; only the last message moves the client's position. */
function framesOf(said: readonly Said[], event: Event, epoch: string, wire: Wire): Buffer | undefined {
  if (said.length === 0) return undefined;
  const id = tokenOf(event, epoch);
  const last = said.length - 1;
  return Buffer.concat(
    said.map(({ event: name, payload }, index) =>
      wire.frame(name, wire.quote(payload), index === last ? id : undefined),
    ),
  );
}

function tokenOf({ position }: Event, epoch: string): string {
  return formatToken({ position, epoch });
}
