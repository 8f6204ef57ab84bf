import { CarillonError } from '@carillon/core';
import {
  accountsByAccts,
  ingestedPosts,
  normalizeTag,
  type PostBody,
  readBody,
  renderBody,
} from '../../domain/index.ts';
import type { BroughtContent } from './brought.ts';
import type { IngestDependencies } from './dependencies.ts';

/** Renders what was brought; what its text links already is told by `mentions` and `tags`. */
export async function compose(
  { commands, domain, baseUrl }: Pick<IngestDependencies, 'commands' | 'domain' | 'baseUrl'>,
  brought: BroughtContent,
): Promise<PostBody> {
  const source = { format: brought.format, text: brought.text };
  const told = brought.mentions.map((acct) => acct.replace(/^@/, '').toLowerCase());
  const own = told.map((acct) => (acct.endsWith(`@${domain}`) ? acct.slice(0, -domain.length - 1) : acct));
  const accts = [...new Set([...readBody(source, { domain }).accts, ...own])];
  const known = accts.length > 0 ? (await commands.query(accountsByAccts, { accts })).rows : [];
  const mentions = new Map(known.map(({ acct, id, name, url }) => [acct, { id, name, url }]));
  const { html, text, tags } = renderBody(source, { mentions, baseUrl: baseUrl(), domain });
  return {
    source,
    html,
    text,
    mentions: [...mentions.values()].map(({ id }) => id),
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
