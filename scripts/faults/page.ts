import { cpus, release, totalmem } from 'node:os';
import type { Fault, Figures } from './fault.ts';

const GIB = 1_073_741_824;

export type Result =
  | { readonly kind: 'held'; readonly figures: Figures; readonly seconds: number }
  | { readonly kind: 'lacking'; readonly lacks: readonly string[] }
  | { readonly kind: 'broken'; readonly error: unknown };

/** What `docs/faults.md` says after a run at full length. */
export function pageOf(all: ReadonlyMap<Fault, Result>): string {
  const gibibytes = Math.round(totalmem() / GIB);
  const conditions =
    `Node ${process.version}, Linux ${release()}, ${cpus().length} processors, ${gibibytes} GiB, ` +
    `${new Date().toISOString().slice(0, 10)}`;
  return `# Faults

Written by \`npm run faults\` (as root, so that file systems can be mounted). \`npm test\` runs a tenth of the rounds. Each
run does the named misfortune to the shipped server or log and is judged from outside: by what publishers were
answered, by the raw bytes that readers were sent, and by what the server or log shows afterwards.

Last run: ${conditions}. Default settings of \`carillon serve\` but for the reserve where a disk is filled and the
retention of app topics, which outlasts the run.

${[...all].map(([fault, result]) => sectionOf(fault, result)).join('\n')}`;
}

function sectionOf(fault: Fault, result: Result): string {
  return `## ${fault.name[0]?.toUpperCase()}${fault.name.slice(1)}\n\n${fault.promise}\n\n${outcomeOf(fault, result)}\n`;
}

function outcomeOf(fault: Fault, result: Result): string {
  switch (result.kind) {
    case 'lacking':
      return `**Not run**: this machine lacks ${result.lacks.join('; ')}.`;
    case 'broken':
      return `**Broken**: ${result.error instanceof Error ? result.error.message.split('\n')[0] : 'see the output'}.`;
    case 'held': {
      const rows = Object.entries(result.figures).map(([name, value]) => `| ${name} | ${value} |`);
      const all = [`| rounds | ${fault.fullRounds} |`, ...rows, `| seconds | ${result.seconds} |`];
      return `Held.\n\n| | |\n| --- | --- |\n${all.join('\n')}`;
    }
  }
}
