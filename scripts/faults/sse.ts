/** One block of an event stream that ended with its empty line (HTML, "Interpreting an event stream"). */
export interface Block {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Whole blocks in the order of the stream; what is unfinished at the end was never dispatched. */
export function blocksOf(text: string): { readonly blocks: readonly Block[]; readonly rest: string } {
  const parts = text.split(/\r?\n\r?\n/);
  const rest = parts.pop() ?? '';
  return { blocks: parts.map(blockOf), rest };
}

function blockOf(part: string): Block {
  const fields: { id?: string; event?: string; data?: string } = {};
  for (const line of part.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
    if (name === 'id' || name === 'event') fields[name] = value;
  }
  return fields;
}
