import { CarillonError } from '@carillon/core';
import type { LinkifierSnapshot } from '../../state/index.ts';
import { checkPattern } from './check-pattern.ts';
import { PatternFault, parsePattern } from './parse-pattern.ts';

const MAX_LENGTH = 1_000;
/** An expression of RFC 6570, levels 1 to 3. */
const EXPRESSION = /\{[+#./;?&]?([A-Za-z_][A-Za-z0-9_]*(?:,[A-Za-z_][A-Za-z0-9_]*)*)\}/g;

/** Throws `unprocessable`, saying what is wrong. Afterwards matching costs time in proportion to the text. */
export function checkLinkifier({ pattern, template }: Pick<LinkifierSnapshot, 'pattern' | 'template'>): void {
  if (pattern.length > MAX_LENGTH || template.length > MAX_LENGTH) {
    throw new CarillonError('unprocessable', `pattern and template have at most ${MAX_LENGTH} characters`);
  }
  const names = checked(pattern);
  const used = namesIn(template);
  const missing = names.find((name) => !used.has(name));
  if (missing !== undefined) throw wrong('template', `it lacks the group ${missing} of the pattern`);
  const unknown = [...used].find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong('template', `the pattern has no group ${unknown}`);
}

/** Of a pattern that was checked, to be sought in a text. */
export function linkifierRegExp({ pattern }: Pick<LinkifierSnapshot, 'pattern'>): RegExp {
  return new RegExp(parsePattern(pattern).source, 'gu');
}

function checked(pattern: string): readonly string[] {
  try {
    const { node, names } = parsePattern(pattern);
    checkPattern(node);
    linkifierRegExp({ pattern });
    return names;
  } catch (error) {
    if (error instanceof PatternFault) throw wrong('pattern', error.message);
    throw error;
  }
}

function namesIn(template: string): ReadonlySet<string> {
  if (!/^https?:\/\/[^{}/\s]/.test(template)) throw wrong('template', 'it is not the address of a web page');
  if (/[{}\s]/.test(template.replaceAll(EXPRESSION, '')))
    throw wrong('template', 'a { or } is out of place (RFC 6570)');
  return new Set([...template.matchAll(EXPRESSION)].flatMap(([, names = '']) => names.split(',')));
}

function wrong(what: string, why: string): CarillonError {
  return new CarillonError('unprocessable', `${what}: ${why}`);
}
