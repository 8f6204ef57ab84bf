import { CarillonError, type Event, type Position, type Principal, type TopicFloor } from '@carillon/core';
import type { Gate } from '../../../auth/index.ts';
import type { Reader, ReaderOptions } from '../../../hub/index.ts';
import type { OpenView, View, ViewChange } from '../../../view/index.ts';
import type { EventsDependencies } from './dependencies.ts';

/** The connection whose reader follows what its account may see. */
export interface Viewing {
  /** What the client has asked for. */
  readonly topics: readonly string[];
  readonly reader: Reader | undefined;
  /** Nothing may be read any more. */
  failed(error: CarillonError): void;
}

/** What one connection may read: by its grants, and for an account by its view, which it holds open. */
export class Viewer {
  readonly principal: Principal;
  readonly #gate: Gate;
  readonly #open: OpenView | undefined;

  constructor(principal: Principal, gate: Gate, open?: OpenView) {
    this.principal = principal;
    this.#gate = gate;
    this.#open = open;
  }

  require(topics: readonly string[]): void {
    this.#gate.require(this.principal, 'subscribe', topics);
  }

  mayRead(topic: string): boolean {
    return this.#gate.isAllowed(this.principal, 'subscribe', topic);
  }

  /** Topics with the positions where the right to them began, at `since` or above. */
  floorsOf(topics: readonly string[], since: Position): TopicFloor[] {
    const view = this.#open?.view;
    return topics.map((topic) => ({ topic, since: Math.max(since, view?.sinceOf(topic) ?? 0) }));
  }

  /** Which events the account sees of the topics that it has asked for; all of them for credentials of an app. */
  choice(isAsked: (topic: string) => boolean): Pick<ReaderOptions, 'accepts'> {
    const view = this.#open?.view;
    return view ? { accepts: (event) => acceptsOf(view, isAsked, event) } : {};
  }

  /** How the hub is to choose for a reader of these topics and no others. */
  choiceOf(topics: readonly string[]): Pick<ReaderOptions, 'accepts' | 'look' | 'viewer'> {
    const view = this.#open?.view;
    if (!view) return {};
    // Readers of public topics alone share frames: the encoding names those who do not see one.
    if (!topics.some(isOwn)) {
      return { viewer: view, look: (event, frame) => (view.acceptsPublic(event) ? frame : 'nothing') };
    }
    const asked = new Set(topics);
    return this.choice((topic) => asked.has(topic));
  }

  /** Lets the connection's reader lose and regain topics as memberships end and begin. */
  follow(viewing: Viewing): void {
    const open = this.#open;
    open?.onChange((change) => this.#apply(open.view, change, viewing));
  }

  #apply(view: View, { added, removed, list }: ViewChange, viewing: Viewing): void {
    if (view.ended) return viewing.failed(new CarillonError('unauthorized', 'the account is suspended'));
    const { reader, topics } = viewing;
    if (!reader || list !== undefined) return;
    const lost = topics.filter((topic) => removed.includes(membershipOf(topic)));
    if (lost.length > 0) reader.removeTopics(lost);
    for (const { topic: membership, since } of added) {
      const regained = topics.filter((topic) => membershipOf(topic) === membership);
      reader.addTopics(
        regained.map((topic) => ({ topic, since })),
        since,
      );
    }
    const isAnyLeft = topics.length === lost.length ? topics.some((topic) => this.mayRead(topic)) : true;
    if (!isAnyLeft) viewing.failed(new CarillonError('forbidden', `no longer allowed to read ${lost[0]}`));
  }

  close(): void {
    this.#open?.[Symbol.dispose]();
  }
}

/** Throws `unauthorized` for an account that is gone or suspended. */
export async function openViewer(
  principal: Principal,
  { gate, views }: Pick<EventsDependencies, 'gate' | 'views'>,
): Promise<Viewer> {
  const { account } = principal;
  return new Viewer(principal, gate, account === undefined ? undefined : await views.open(account));
}

/** The topic by whose membership a topic is read: a channel's own changes go with the channel. */
function membershipOf(topic: string): string {
  return topic.replace(/^channel-meta:/, 'channel:');
}

/** Channels and the account's own topic: what comes on them is only kept away by blocks and mutes. */
function isOwn(topic: string): boolean {
  return topic.startsWith('channel:') || topic.startsWith('account:');
}

/** By the asked topics that the account may read now, and only what came after it might (kernel K4). */
function acceptsOf(view: View, isAsked: (topic: string) => boolean, event: Event): boolean {
  const ways = event.topics.filter((topic) => isAsked(topic) && (view.sinceOf(topic) ?? Infinity) < event.position);
  if (ways.length === 0) return false;
  return ways.some(isOwn) ? view.acceptsChannel(event) : view.acceptsPublic(event);
}
