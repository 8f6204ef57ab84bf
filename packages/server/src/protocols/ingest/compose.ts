import { CarillonError } from '@carillon/core';
import { ingestedPosts, normalizeTag, ownAcct, type PostBody } from '../../domain/index.ts';
import type { BroughtContent } from './brought.ts';
import type { IngestDependencies } from './dependencies.ts';

/** Renders what was brought, for whoever brings it; what its text links already is told by `mentions` and `tags`. */
export async function compose(
  { bodies, domain }: Pick<IngestDependencies, 'bodies' | 'domain'>,
  brought: BroughtContent,
  owner: string,
): Promise<PostBody> {
  const source = { format: brought.format, text: brought.text };
  const named = brought.mentions.map((acct) => ownAcct(acct.replace(/^@/, '').toLowerCase(), domain));
  const { html, text, tags, mentions } = await bodies.render(source, { owner, named });
  return {
    source,
    html,
    text,
    mentions,
    tags: distinct([...tags, ...brought.tags.map((tag) => tag.replace(/^#/, ''))]),
    language: brought.language,
    sensitive: brought.sensitive || brought.warning !== '',
    warning: brought.warning,
    media: brought.media.map(Number),
  };
}

/** The id of a post that is answered: an address of another server's post, or an id of our own. */
export async function parentId({ commands }: Pick<IngestDependencies, 'commands'>, replyTo: string): Promise<number> {
  if (/^\d{1,16}$/.test(replyTo)) return Number(replyTo);
  const { rows } = await commands.query(ingestedPosts, { origins: [replyTo] });
  const [found] = rows;
  if (found) return found.id;
  throw new CarillonError('not-found', 'replyTo: the post that is answered is not here');
}

function distinct(tags: readonly string[]): string[] {
  const known = new Map<string, string>();
  for (const tag of tags) {
    const key = normalizeTag(tag);
    if (key !== '' && !known.has(key)) known.set(key, tag);
  }
  return [...known.values()];
}
