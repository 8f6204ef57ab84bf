import * as z from 'zod';
import type { FilterChange } from '../../../domain/index.ts';
import { flag, idField, many, numberOf, textField } from '../http/index.ts';

const contexts = many(z.enum(['home', 'notifications', 'public', 'thread', 'account'], 'is invalid'), 20);

/** Seconds from now; empty or null is for ever, absent says nothing. */
const expiresIn = z.preprocess(
  (value) => (value === undefined ? undefined : value === null || value === '' ? null : numberOf(value)),
  z.number('is not a number').int().min(0).max(10_000_000_000).nullable().optional(),
);

const keyword = z.object({
  id: idField.optional(),
  keyword: textField(1_000),
  whole_word: flag,
  _destroy: flag,
});

export const filterFields = z.object({
  title: textField(1_000),
  context: contexts,
  filter_action: z.enum(['warn', 'hide', 'blur'], 'is not included in the list').optional(),
  expires_in: expiresIn,
  keywords_attributes: many(keyword),
});
export const keywordFields = z.object({ keyword: textField(1_000), whole_word: flag });
export const filteredStatusFields = z.object({ status_id: idField });

export const filterFieldsV1 = z.object({
  phrase: textField(1_000),
  context: contexts,
  irreversible: flag,
  whole_word: flag,
  expires_in: expiresIn,
});

/** A change as the domain knows it, of what was said alone. */
export function toFilterChange(asked: z.infer<typeof filterFields>, now: number): FilterChange {
  return {
    ...(asked.title === undefined ? {} : { title: asked.title }),
    ...(asked.context === undefined ? {} : { contexts: asked.context }),
    ...(asked.filter_action === undefined ? {} : { action: asked.filter_action }),
    ...toExpiry(asked.expires_in, now),
    ...(asked.keywords_attributes === undefined ? {} : { keywords: asked.keywords_attributes.map(toKeywordChange) }),
  };
}

export function toExpiry(expiresInS: number | null | undefined, now: number): Pick<FilterChange, 'expiresAt'> {
  if (expiresInS === undefined) return {};
  return { expiresAt: expiresInS === null ? null : now + expiresInS * 1_000 };
}

type KeywordChange = NonNullable<FilterChange['keywords']>[number];

function toKeywordChange(asked: z.infer<typeof keyword>): KeywordChange {
  return {
    ...(asked.id === undefined ? {} : { id: asked.id }),
    ...(asked.keyword === undefined ? {} : { keyword: asked.keyword }),
    ...(asked.whole_word === undefined ? {} : { wholeWord: asked.whole_word }),
    ...(asked._destroy ? { remove: true } : {}),
  };
}
