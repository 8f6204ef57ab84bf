import type { ErrorValue } from '@carillon/core';
import type { RenderedBody, RenderOptions, Source } from '../domain/index.ts';

/** What the thread is asked; one at a time. */
export type RenderJob =
  | { readonly kind: 'read'; readonly source: Source; readonly domain: string }
  | { readonly kind: 'write'; readonly html: string; readonly options: RenderOptions };

/** Safe HTML, and the accounts that it names. */
export interface ReadText {
  readonly html: string;
  readonly accts: readonly string[];
}

export type RenderAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly read: ReadText }
  | { readonly kind: 'written'; readonly body: RenderedBody }
  | { readonly kind: 'failed'; readonly error: ErrorValue };
