import type { Rest } from '../http/index.ts';
import { addApps } from './apps.ts';
import { addAuthorize } from './authorize.ts';
import { addMetadata } from './metadata.ts';
import { addTokens } from './token.ts';

/** Everything by which applications and people get tokens. */
export function addOauth(rest: Rest): void {
  addApps(rest);
  addAuthorize(rest);
  addTokens(rest);
  addMetadata(rest);
}
