import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The folder's README says what each field means. */
const VECTORS = join(import.meta.dirname, '../../../../clients/vectors');

export type Fields = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly closed?: true;
  readonly cut?: unknown;
  readonly hung?: true;
  /** For tests of one binding. */
  readonly onAsked?: () => void;
}

export interface Expected {
  readonly method: string;
  readonly path: string;
  readonly fields: Fields;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Step = { readonly expect: Expected; readonly answer: Answer } | { readonly refused: number };

export type VectorCall =
  | {
      readonly method: 'callOnEachEvent' | 'callOnEachMessage';
      readonly eventTypes?: readonly string[];
      readonly narrow?: readonly (readonly [string, string])[];
      readonly fields?: Fields;
      readonly throwAt?: number;
    }
  | { readonly method: 'sendMessage'; readonly message: { type: 'stream'; to: string; topic: string; content: string } }
  | { readonly method: 'call'; readonly verb: string; readonly path: string; readonly fields: Fields };

export interface Vector {
  readonly name: string;
  readonly call: VectorCall;
  readonly pollTimeoutMs?: number;
  readonly steps: readonly Step[];
  readonly heard: readonly unknown[];
  readonly waits: readonly { readonly leastMs: number; readonly mostMs: number }[];
  readonly gaps: readonly number[];
  readonly ends: unknown;
}

/** What one run of a binding came to. */
export interface Played {
  readonly heard: unknown[];
  readonly waitsMs: number[];
  readonly gaps: number[];
  ends?: unknown;
}

/** One run: where the server is, and what the binding must use instead of chance and of time. */
export interface Run {
  readonly vector: Vector;
  readonly site: string;
  readonly random: number;
  /** Called for each wait; the binding goes on when it resolves. */
  readonly waited: () => Promise<void>;
}

export const EMAIL = 'jülia@example.org';
export const API_KEY = 'k3y';

export function readVectors(): readonly (readonly [file: string, vectors: readonly Vector[]])[] {
  return globSync('*.json', { cwd: VECTORS })
    .sort()
    .map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(VECTORS, file), 'utf8')) as Vector[]]);
}
