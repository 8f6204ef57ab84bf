import * as z from 'zod';

/** What forms and queries say for no (docs.joinmastodon.org/client/intro, “Booleans”). */
const NO: ReadonlySet<unknown> = new Set([false, 0, '', '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF']);
const DIGITS = /^\d{1,20}$/;

/** Yes or no, as a form, a query or JSON says it; null is not said at all. */
export const flag = z.preprocess(
  (value) => (value === undefined || value === null ? undefined : !NO.has(value)),
  z.boolean().optional(),
);

/** An id, a string of decimal digits or a number; larger ones than any of ours stand for the largest. */
export const idField = z
  .union([z.string().regex(DIGITS, 'is not an id'), z.number().int().min(0).transform(String)])
  .transform(readId);

/** A list; one value alone is a list of one. Forms say with an empty value that a list is empty: `media_ids[]=`. */
export function many<Schema extends z.ZodType>(schema: Schema, most = 1_000) {
  return z.preprocess(listOf, z.array(schema).max(most).optional());
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => one !== '');
}

/** A whole number, as a form, a query or JSON says it; empty is not said at all. */
export function wholeNumber(least: number, most: number) {
  return z.preprocess(
    (value) => (value === undefined || value === null || value === '' ? undefined : numberOf(value)),
    z.number().int().min(least).max(most).optional(),
  );
}

/** What is neither text nor a number is none: a part of a form may be a tree, which cannot even be asked. */
export function numberOf(value: unknown): number {
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
}

/** Text of a form or JSON; null is not said at all. */
export function textField(most: number) {
  return z.preprocess(
    (value) => (typeof value === 'number' ? String(value) : (value ?? undefined)),
    z.string().max(most).optional(),
  );
}

export function readId(text: string): number {
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
