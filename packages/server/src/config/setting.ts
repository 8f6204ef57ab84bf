import * as z from 'zod';

/** What a setting tells about itself beyond its type; the one source of help texts and reference pages. */
export interface SettingAbout {
  /** One or two sentences: what it does, and what follows from changing it. */
  readonly text: string;
  readonly unit?: 'bytes' | 'ms' | 'events' | 'count' | 'per second';
  /** Masked wherever settings are shown; its value may come from a file named by `CARILLON_…_FILE`. */
  readonly secret?: boolean;
  /** A second, short name: `port` gives `--port` and `CARILLON_PORT` beside the long forms. */
  readonly short?: string;
}

const abouts = new WeakMap<z.ZodType, SettingAbout>();

/** Marks a schema as one setting. */
export function setting<Schema extends z.ZodType>(schema: Schema, about: SettingAbout): Schema {
  const described = schema.describe(about.text);
  abouts.set(described, about);
  return described;
}

export function aboutSetting(schema: z.ZodType): SettingAbout | undefined {
  return abouts.get(schema);
}

/** A whole number of bytes. */
export function bytes(fallback: number, least = 1): z.ZodDefault<z.ZodNumber> {
  return z.number().int().min(least).max(Number.MAX_SAFE_INTEGER).default(fallback);
}

/** A whole number of milliseconds; timers of Node hold 31 bits. */
export function milliseconds(fallback: number, least = 0, most = 2 ** 31 - 1): z.ZodDefault<z.ZodNumber> {
  return z.number().int().min(least).max(most).default(fallback);
}

export function count(fallback: number, least = 1, most = 10_000_000): z.ZodDefault<z.ZodNumber> {
  return z.number().int().min(least).max(most).default(fallback);
}
