import { readHtml, type Source, sourceHtml } from '../domain/index.ts';
import type { ReadText } from './jobs.ts';

/** The first step of rendering, in whichever thread. */
export function readText(source: Source, domain: string): ReadText {
  const html = sourceHtml(source);
  return { html, accts: readHtml(html, { domain }).accts };
}
