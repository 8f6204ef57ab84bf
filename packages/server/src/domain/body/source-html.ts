import { createRequire } from 'node:module';
import { CarillonError } from '@carillon/core';
import type { MarkdownIt, default as makeMarkdownIt } from 'markdown-it';
import type sanitizeHtml from 'sanitize-html';
import { type Source } from '../../state/index.ts';

const require = createRequire(import.meta.url);

/** Elements and attributes that Mastodon documents for bodies; headings become strong paragraphs later. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...[
      'p',
      'br',
      'span',
      'a',
      'del',
      's',
      'pre',
      'blockquote',
      'code',
      'b',
      'strong',
      'u',
      'i',
      'em',
      'ul',
      'ol',
      'li',
    ],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ruby', 'rt', 'rp'],
  ],
  allowedAttributes: {
    a: ['href', 'class', 'translate'],
    span: ['class', 'translate'],
    ol: ['start', 'reversed'],
    li: ['value'],
    blockquote: ['cite'],
  },
  allowedClasses: Object.fromEntries(
    ['a', 'span'].map((tag) => [
      tag,
      ['h-*', 'p-*', 'u-*', 'dt-*', 'e-*', 'mention', 'hashtag', 'ellipsis', 'invisible'],
    ]),
  ),
  allowedSchemes: ['http', 'https', 'mailto', 'xmpp'],
  allowedSchemesAppliedToAttributes: ['href', 'cite'],
  allowProtocolRelative: false,
  nestingLimit: 50,
  enforceHtmlBoundary: false,
};

/** A link of Markdown that is written once and used a thousand times stands in the HTML a thousand times. */
const MAX_HTML_CHARACTERS = 1_048_576;

let renderer: Pick<MarkdownIt, 'render'> | undefined;
let sanitizer: typeof sanitizeHtml | undefined;

/** The source as HTML of allowed elements only, before mentions, tags and addresses in its text become links. */
export function sourceHtml({ format, text }: Source): string {
  switch (format) {
    case 'plain':
      return paragraphs(text);
    case 'markdown':
      return sanitized(checkLength(markdown().render(text))).trim();
    case 'xhtml':
      return sanitized(text).trim();
  }
}

/** Throws `unprocessable` for HTML that is longer than anything to be read. */
export function checkLength(html: string): string {
  if (html.length <= MAX_HTML_CHARACTERS) return html;
  throw new CarillonError('unprocessable', 'the text becomes too long when it is rendered');
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function paragraphs(text: string): string {
  const trimmed = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim();
  return trimmed
    .split(/\n\n/)
    .map((part) => part.replace(/^\n/, ''))
    .filter((part) => part !== '')
    .map((part) => `<p>${escapeHtml(part).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

// Both libraries are loaded when they are first needed: the storage threads load this file too and render nothing.
function markdown(): Pick<MarkdownIt, 'render'> {
  if (renderer) return renderer;
  const make: typeof makeMarkdownIt = require('markdown-it');
  renderer = make({ html: false, linkify: false, breaks: true, maxNesting: 30 }).disable(['image', 'table']);
  return renderer;
}

function sanitized(html: string): string {
  const sanitize: typeof sanitizeHtml = sanitizer ?? require('sanitize-html');
  sanitizer = sanitize;
  return sanitize(html, ALLOWED);
}
