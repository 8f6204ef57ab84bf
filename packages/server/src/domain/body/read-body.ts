import { type Source } from '../../state/index.ts';
import { sourceHtml } from './source-html.ts';
import { normalizeTag } from './tags.ts';
import { weave } from './weave.ts';

/** What a body names, each once, in the order of its first place. */
export interface BodyReferences {
  /** `juliet` for accounts and group channels of this community, `romeo@verona.example` for others. */
  readonly accts: readonly string[];
  /** As written, without `#`. */
  readonly tags: readonly string[];
  readonly links: readonly string[];
}

/** Reads what a source text names, as `renderBody` will link it. `domain` is this community's own. */
export function readBody(source: Source, own: { readonly domain: string }): BodyReferences {
  return readHtml(sourceHtml(source), own);
}

/** The same of what `sourceHtml` made. */
export function readHtml(html: string, { domain }: { readonly domain: string }): BodyReferences {
  const accts = new Set<string>();
  const tags = new Map<string, string>();
  const links = new Set<string>();
  weave(html, (segment) => {
    if (segment.kind === 'mention') accts.add(ownAcct(segment.acct, domain));
    if (segment.kind === 'link') links.add(segment.url);
    if (segment.kind === 'tag') {
      const key = normalizeTag(segment.tag);
      if (!tags.has(key)) tags.set(key, segment.tag);
    }
    return '';
  });
  return { accts: [...accts], tags: [...tags.values()], links: [...links] };
}

/** `juliet@example.org` is `juliet` at example.org. */
export function ownAcct(acct: string, domain: string): string {
  return acct.endsWith(`@${domain}`) ? acct.slice(0, -domain.length - 1) : acct;
}
