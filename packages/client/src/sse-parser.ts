export interface SseBlock {
  readonly id: string | undefined;
  readonly event: string;
  /** Undefined for a block without `data:` (it only moves the position on). */
  readonly data: string | undefined;
}

/**
 * An event-stream parser (WHATWG HTML §9.2.6): feed it text in any cut, it returns the blocks that are complete.
 * Unlike a browser's it reports blocks without data, which carry positions.
 */
export function createSseParser(): (text: string) => SseBlock[] {
  let rest = '';
  let first = true;
  let id: string | undefined;
  let event = '';
  let data: string[] = [];

  function line(text: string, out: SseBlock[]): void {
    if (text === '') {
      if (data.length > 0 || id !== undefined) {
        out.push({ id, event, data: data.length > 0 ? data.join('\n') : undefined });
      }
      id = undefined;
      event = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return (text) => {
    const out: SseBlock[] = [];
    rest += text;
    if (first && rest !== '') {
      first = false;
      if (rest.startsWith('\uFEFF')) rest = rest.slice(1);
    }
    let start = 0;
    for (let at = start; at < rest.length; at++) {
      const char = rest[at];
      if (char !== '\n' && char !== '\r') continue;
      // A carriage return at the very end may be half of a CRLF: wait for what follows.
      if (char === '\r' && at === rest.length - 1) break;
      line(rest.slice(start, at), out);
      if (char === '\r' && rest[at + 1] === '\n') at++;
      start = at + 1;
    }
    rest = rest.slice(start);
    return out;
  };
}
