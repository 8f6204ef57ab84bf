/** A shell block of a page that a test runs, with the output that the page promises right below it. */
export interface DocBlock {
  readonly script: string;
  /** The line of the page, for messages. */
  readonly line: number;
  /** Written as `sh stream`: it stays open, and what it promises comes while later blocks run. */
  readonly stream: boolean;
  /** Lines in which `…` stands for anything. */
  readonly promised: readonly string[];
}

const FENCE = /^```(.*)$/;

/** Shell blocks of a Markdown page in order. A `text` block belongs to the shell block before it. */
export function docBlocks(page: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  const lines = page.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const language = FENCE.exec(lines[index] ?? '')?.[1];
    if (language === undefined) continue;
    const end = lines.findIndex((line, at) => at > index && FENCE.test(line));
    const body = lines.slice(index + 1, end);
    const last = blocks.at(-1);
    if (language === 'sh' || language === 'sh stream') {
      blocks.push({ script: body.join('\n'), line: index + 1, stream: language === 'sh stream', promised: [] });
    } else if (language === 'text' && last) {
      blocks[blocks.length - 1] = { ...last, promised: body };
    }
    index = end;
  }
  return blocks;
}

/** The promised lines that the output does not have in this order; other lines may stand between. */
export function missingLines(promised: readonly string[], output: string): readonly string[] {
  const lines = output.split(/(?<=})(?={)|\n/);
  let from = 0;
  for (const [index, wanted] of promised.entries()) {
    const found = lines.findIndex((line, at) => at >= from && patternOf(wanted).test(line));
    if (found < 0) return promised.slice(index);
    from = found + 1;
  }
  return [];
}

function patternOf(promised: string): RegExp {
  const parts = promised.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
