import { normalizeTag } from './tags.ts';

/** A stretch of plain text: words, or something in them that stands for more. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  /** `acct` is `juliet` or `romeo@verona.example`, lower case; `text` as written, with `@`. */
  | { readonly kind: 'mention'; readonly text: string; readonly acct: string }
  /** `tag` as written, without `#`. */
  | { readonly kind: 'tag'; readonly text: string; readonly tag: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

const TRIGGER = /[@#＃]|https?:\/\//giu;
// Each piece is bounded and no two neighbouring pieces take the same character: one way to match, or none.
const MENTION =
  /@([a-z0-9_]{1,64}(?:[.-]{1,4}[a-z0-9_]{1,64}){0,8})(?:@([\p{L}\p{N}_]{1,63}(?:[.-]{1,4}[\p{L}\p{N}_]{1,63}){0,16}(?::\d{1,5})?))?/iuy;
const TAG = /[#＃]([\p{L}\p{M}\p{Nd}\p{Pc}·・\u200c]{1,100})/uy;
const LINK = /https?:\/\/[^\s<>"\\^`{|}\u0000-\u001f]{1,2048}/iuy;
const IN_WORD = /[\p{L}\p{M}\p{Nd}\p{Pc}]/u;
const SEPARATORS_AROUND = /^[·・\u200c]{1,100}|[·・\u200c]{1,100}$/gu;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** Finds mentions, tags and links; the texts of all segments joined are the text again. Takes linear time. */
export function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let told = 0;
  TRIGGER.lastIndex = 0;
  for (let trigger = TRIGGER.exec(text); trigger; trigger = TRIGGER.exec(text)) {
    const at = trigger.index;
    const found = segmentAt(text, at, trigger[0]);
    if (!found) continue;
    if (at > told) segments.push({ kind: 'text', text: text.slice(told, at) });
    segments.push(found);
    told = at + found.text.length;
    TRIGGER.lastIndex = told;
  }
  if (told < text.length) segments.push({ kind: 'text', text: text.slice(told) });
  return segments;
}

function segmentAt(text: string, at: number, trigger: string): Segment | undefined {
  const before = text[at - 1] ?? ' ';
  // A letter outside the basic plane ends in a low surrogate, which counts as one here.
  if (IN_WORD.test(before) || /[\udc00-\udfff]/.test(before)) return undefined;
  if (trigger === '@') return before === '/' || before === '=' ? undefined : mentionAt(text, at);
  if (trigger.length > 1) return linkAt(text, at);
  return before === '/' || before === ')' || before === '&' ? undefined : tagAt(text, at);
}

function mentionAt(text: string, at: number): Segment | undefined {
  const [whole, name = '', domain] = matchAt(MENTION, text, at) ?? [];
  if (whole === undefined) return undefined;
  const acct = domain === undefined ? name : `${name}@${domain}`;
  return { kind: 'mention', text: whole, acct: acct.toLowerCase() };
}

function tagAt(text: string, at: number): Segment | undefined {
  const [whole = '', written = ''] = matchAt(TAG, text, at) ?? [];
  const follower = text.slice(at + whole.length, at + whole.length + 2);
  if (written === '' || IN_WORD.test(String.fromCodePoint(follower.codePointAt(0) ?? 32))) return undefined;
  const tag = written.replace(SEPARATORS_AROUND, '');
  if (!written.startsWith(tag) || !/\p{L}/u.test(tag) || normalizeTag(tag) === '') return undefined;
  return { kind: 'tag', text: `${whole[0]}${tag}`, tag };
}

function linkAt(text: string, at: number): Segment | undefined {
  const [whole] = matchAt(LINK, text, at) ?? [];
  if (whole === undefined) return undefined;
  const url = withoutPunctuation(whole);
  return URL.canParse(url) ? { kind: 'link', text: url, url } : undefined;
}

/** An address ends before the sentence's punctuation, and before brackets that were opened before it. */
function withoutPunctuation(url: string): string {
  const open: Record<string, number> = {};
  for (const character of url) open[character] = (open[character] ?? 0) + 1;
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1] ?? '';
    const opener = CLOSERS[last];
    const isLoose = opener !== undefined && (open[last] ?? 0) > (open[opener] ?? 0);
    if (!isLoose && !/[.,:;!?'*~_…]/u.test(last)) break;
    open[last] = (open[last] ?? 0) - 1;
  }
  return url.slice(0, end);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
