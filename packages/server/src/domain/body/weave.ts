import { Parser } from 'htmlparser2';
import { type Segment, segmentsOf } from './segments.ts';
import { escapeHtml } from './source-html.ts';

/** What a segment of the text is written as. */
export type SegmentHtml = (segment: Segment) => string;

/** What the text of links and of code says, it says as written. */
const VERBATIM = new Set(['a', 'code', 'pre']);
const HEADING = /^h[1-6]$/;
const VOID = new Set(['br']);
const ENDS_PARAGRAPH = new Set(['p', 'blockquote', 'pre', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/**
 * Rewrites allowed HTML: mentions, tags and addresses in its text as `write` says, links of its own without a hold on
 * this page. Also gives the text without its elements: a line for `<br>` and items, an empty line between paragraphs.
 */
export function weave(html: string, write: SegmentHtml): { readonly html: string; readonly text: string } {
  const out: string[] = [];
  const plain: string[] = [];
  let held = '';
  let verbatim = 0;
  const flush = (): void => {
    if (held === '') return;
    plain.push(held);
    for (const segment of verbatim > 0 ? [textOnly(held)] : segmentsOf(held)) out.push(write(segment));
    held = '';
  };
  const parser = new Parser(
    {
      // An entity comes as a text of its own, in the middle of an address too.
      ontext: (text) => {
        held += text;
      },
      onopentag: (name, attributes) => {
        flush();
        if (VERBATIM.has(name)) verbatim++;
        if (name === 'br') plain.push('\n');
        out.push(HEADING.test(name) ? '<p><strong>' : openTag(name, attributes));
      },
      onclosetag: (name) => {
        flush();
        if (VERBATIM.has(name)) verbatim--;
        if (ENDS_PARAGRAPH.has(name)) plain.push('\n\n');
        else if (name === 'li') plain.push('\n');
        if (!VOID.has(name)) out.push(HEADING.test(name) ? '</strong></p>' : `</${name}>`);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(html);
  parser.end();
  flush();
  return { html: out.join(''), text: tidy(plain.join('')) };
}

function textOnly(text: string): Segment {
  return { kind: 'text', text };
}

function openTag(name: string, attributes: Readonly<Record<string, string>>): string {
  const all = name === 'a' ? { ...attributes, target: '_blank', rel: 'nofollow noopener' } : attributes;
  const written = Object.entries(all).map(([key, value]) => ` ${key}="${escapeHtml(value)}"`);
  return `<${name}${written.join('')}>`;
}

function tidy(text: string): string {
  return text.replace(/\n{3,}/g, '\n\n').trim();
}
