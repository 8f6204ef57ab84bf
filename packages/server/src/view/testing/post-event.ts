import type { Event, Routing } from '@carillon/core';

let position = 0;

export interface PostOptions extends Routing {
  readonly type?: string;
  readonly topics?: readonly string[];
  readonly text?: string;
  readonly warning?: string;
  readonly media?: boolean;
  readonly shared?: { readonly id: number; readonly text: string };
}

/** An event about a post as the domain announces it, with what views look at. */
export function postEvent({ type = 'post.created', topics = ['public'], text = '', ...more }: PostOptions): Event {
  const { warning = '', shared, ...routing } = more;
  const media = more.media ? [{ description: 'a balcony at night' }] : [];
  const post = {
    id: routing.object ?? 0,
    warning,
    text,
    media,
    shared: shared ? { ...shared, warning: '', media: [] } : null,
  };
  position++;
  return {
    type,
    topics,
    routing,
    data: Buffer.from(JSON.stringify({ post })),
    position,
    id: position,
    time: position,
    erased: false,
  };
}
