import { type Source } from '../../state/index.ts';
import { ownAcct } from './read-body.ts';
import { checkLength, escapeHtml, sourceHtml } from './source-html.ts';
import { normalizeTag } from './tags.ts';
import { weave } from './weave.ts';

export interface MentionTarget {
  readonly id: number;
  /** Without a domain. */
  readonly name: string;
  /** Of its profile, for accounts of other servers. */
  readonly url: string | null;
}

export interface RenderOptions {
  /** Who is there of those that `readBody` found, by acct; others stay text. */
  readonly mentions: ReadonlyMap<string, MentionTarget>;
  /** Where this community's profiles and tags are found; no slash at its end. */
  readonly baseUrl: string;
  /** This community's own. */
  readonly domain: string;
}

export interface RenderedBody {
  readonly html: string;
  /** The HTML without its elements, and mentions in it as written. */
  readonly text: string;
  /** Accounts and group channels, each once. */
  readonly mentions: readonly number[];
  /** As written, without `#`, each once. */
  readonly tags: readonly string[];
}

/** Characters of an address that are shown; the rest is there for machines. */
const SHOWN = 30;

/**
 * Turns a source into safe HTML as Mastodon's clients expect it, and tells what it names. Throws `unprocessable` where
 * that becomes many times as long.
 */
export function renderBody(source: Source, options: RenderOptions): RenderedBody {
  return renderHtml(sourceHtml(source), options);
}

/** The same of what `sourceHtml` made. */
export function renderHtml(html: string, options: RenderOptions): RenderedBody {
  const mentions = new Set<number>();
  const tags = new Map<string, string>();
  const woven = weave(html, (segment) => {
    if (segment.kind === 'text') return escapeHtml(segment.text);
    if (segment.kind === 'link') return link(segment.url);
    if (segment.kind === 'tag') {
      const key = normalizeTag(segment.tag);
      if (!tags.has(key)) tags.set(key, segment.tag);
      return hashtag(segment.tag, `${options.baseUrl}/tags/${encodeURIComponent(key)}`);
    }
    const target = options.mentions.get(ownAcct(segment.acct, options.domain));
    if (!target) return escapeHtml(segment.text);
    mentions.add(target.id);
    return mention(segment.text, target, options.baseUrl);
  });
  checkLength(woven.html);
  return { ...woven, mentions: [...mentions], tags: [...tags.values()] };
}

function mention(text: string, { name, url }: MentionTarget, baseUrl: string): string {
  const address = escapeHtml(webAddress(url) ?? `${baseUrl}/@${name}`);
  const written = escapeHtml(text.split('@')[1] ?? name);
  return `<span class="h-card" translate="no"><a href="${address}" class="u-url mention">@<span>${written}</span></a></span>`;
}

/** What another server says is its account's address, if it leads to a page and nowhere else. */
function webAddress(url: string | null): string | undefined {
  const address = url === null ? null : URL.parse(url);
  return address?.protocol === 'https:' || address?.protocol === 'http:' ? address.href : undefined;
}

function hashtag(tag: string, url: string): string {
  return `<a href="${escapeHtml(url)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(tag)}</span></a>`;
}

function link(url: string): string {
  const [scheme = ''] = /^https?:\/\/(?:www\.)?/i.exec(url) ?? [];
  const letters = Array.from(url.slice(scheme.length));
  const shown = letters.slice(0, SHOWN).join('');
  const rest = letters.slice(SHOWN).join('');
  const cut = rest === '' ? '' : ' class="ellipsis"';
  return [
    `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener" translate="no">`,
    `<span class="invisible">${escapeHtml(scheme)}</span><span${cut}>${escapeHtml(shown)}</span>`,
    `<span class="invisible">${escapeHtml(rest)}</span></a>`,
  ].join('');
}
