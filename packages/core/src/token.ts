import { CarillonError } from './errors.ts';
import { type Epoch, isPosition, type Position } from './position.ts';

/** What a client presents to resume. `frame` names the last frame seen of an event that became several. */
export interface Token {
  readonly position: Position;
  readonly epoch: Epoch;
  readonly frame?: number;
}

const DIGITS = 16;
const FORM = /^(\d{16})_([0-9a-z]{8})(?:_(\d{1,6}))?$/;

/**
 * Writes the one opaque form of a position: sixteen digits, the epoch, and the frame number if there is one,
 * joined by `_`. Tokens of one history sort as text like their positions, and contain nothing that a URL, a header
 * or an event-stream line would need to escape.
 */
export function formatToken(token: Token): string {
  const base = `${String(token.position).padStart(DIGITS, '0')}_${token.epoch}`;
  return token.frame === undefined ? base : `${base}_${token.frame}`;
}

/** Reads a token; `undefined` when the text never came from `formatToken`. */
export function parseToken(text: string): Token | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, digits = '', epoch = '', frame] = match;
  const position = Number(digits);
  if (!isPosition(position)) return undefined;
  return frame === undefined ? { position, epoch } : { position, epoch, frame: Number(frame) };
}

/** Reads a token or throws `bad-request` naming where it came from. */
export function requireToken(text: string, source: string): Token {
  const token = parseToken(text);
  if (token) return token;
  throw new CarillonError('bad-request', `${source} is not a position that this server gave out`);
}
