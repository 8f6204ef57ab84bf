import { readFileSync } from 'node:fs';

/** One line that a client (`>`) or the server (`<`) says. */
export interface Line {
  readonly from: 'client' | 'server';
  readonly text: string;
}

/** The recorded exchanges of a README, in order: blocks fenced as `exchange`. */
export function readExchanges(file: string): readonly (readonly Line[])[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```exchange\n(.*?)^```$/gms)].map(([, block = '']) =>
    block
      .trimEnd()
      .split('\n')
      .map((line) => {
        const match = /^([<>])(?: (.*))?$/.exec(line);
        if (!match) throw new Error(`an exchange has the line ${JSON.stringify(line)}`);
        return { from: match[1] === '>' ? 'client' : 'server', text: match[2] ?? '' } as const;
      }),
  );
}

export function said(lines: readonly Line[], from: Line['from']): readonly string[] {
  return lines.filter((line) => line.from === from).map(({ text }) => text);
}

/** Writes what differs from run to run as the README does. */
export function blur(text: string): string {
  return text
    .replace(/\b\d{16}_[0-9a-z]{8}\b/g, 'POSITION')
    .replace(/"id":"\d+"/g, '"id":"ID"')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME');
}
