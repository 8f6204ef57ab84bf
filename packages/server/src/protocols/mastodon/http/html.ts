import { hash } from 'node:crypto';

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | readonly Html[] | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML; every value is escaped unless it was made here. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(texts.map((text, index) => text + shown(values[index])).join(''));
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1d2433;background:#f4f5f8}
main{max-width:28rem;margin:3rem auto;padding:1.5rem;background:#fff;border:1px solid #dde1e8;border-radius:.5rem;overflow-wrap:anywhere}
h1{font-size:1.25rem;margin:0 0 1rem}label{display:block;margin:.75rem 0}
input{display:block;box-sizing:border-box;width:100%;font:inherit;padding:.4rem .5rem;border:1px solid #b8c0cc;border-radius:.3rem}
button{font:inherit;padding:.4rem 1rem;border:1px solid #23407a;border-radius:.3rem;background:#23407a;color:#fff;cursor:pointer}
button.second{background:none;color:inherit}.error{color:#a11}code{font-size:1.1rem}img{max-width:100%}
@media(prefers-color-scheme:dark){body{color:#dde3ee;background:#14171d}main{background:#1c2027;border-color:#323842}
input{background:#14171d;color:inherit;border-color:#454d5a}.error{color:#f88}a{color:#9bf}}`;

export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  /** Where forms of the page may lead, as `form-action` of its Content-Security-Policy names it. */
  readonly formTargets?: readonly string[];
}

/** A whole page without scripts; no other page may frame it (CSP Level 3 `frame-ancestors`). */
export function page(body: Html, { title, status = 200, formTargets = [] }: PageOptions): Response {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
    "img-src 'self'",
    `form-action ${formTargets.length === 0 ? "'none'" : formTargets.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`;
  return new Response(text, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'private, no-store',
    },
  });
}

function shown(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escape(String(value));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
