import * as z from 'zod';
import { aboutSetting, type SettingAbout } from './setting.ts';
import { settingsSchema } from './settings.ts';

export type SettingKind = 'text' | 'number' | 'boolean' | 'list' | 'map';

/** One setting with every name it goes by. */
export interface SettingDescription extends SettingAbout {
  /** Its place in the file, `storage.tailBytes`. */
  readonly path: string;
  readonly kind: SettingKind;
  readonly schema: z.ZodType;
  /** Environment names, the long form first. */
  readonly env: readonly string[];
  /** Flags, the shortest last. */
  readonly flags: readonly string[];
  /** `undefined` when there is none. */
  readonly fallback: unknown;
}

/** All settings in the order of the schema. */
export const SETTINGS: readonly SettingDescription[] = describe(settingsSchema, []);

function describe(schema: z.ZodType, path: readonly string[]): readonly SettingDescription[] {
  const about = aboutSetting(schema);
  if (about) return [describeOne(schema, about, path)];
  const section = unwrap(schema);
  if (!(section instanceof z.ZodObject)) throw new Error(`${path.join('.')} is neither a section nor a setting`);
  return Object.entries(section.shape).flatMap(([name, child]) => describe(requireSchema(child), [...path, name]));
}

function describeOne(schema: z.ZodType, about: SettingAbout, path: readonly string[]): SettingDescription {
  const words = path.map((part) => part.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  const names = [words.join('-'), ...(about.short && about.short !== words.join('-') ? [about.short] : [])];
  return {
    ...about,
    path: path.join('.'),
    kind: kindOf(unwrap(schema)),
    schema,
    env: names.map((name) => `CARILLON_${name.replaceAll('-', '_').toUpperCase()}`),
    flags: names.map((name) => `--${name}`),
    fallback: schema.safeParse(undefined).data,
  };
}

/** The schema below defaults and optionality. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(requireSchema(schema.unwrap()));
  }
  return schema;
}

function kindOf(schema: z.ZodType): SettingKind {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodRecord) return 'map';
  return 'text';
}

function requireSchema(value: unknown): z.ZodType {
  if (value instanceof z.ZodType) return value;
  throw new Error('a part of the settings is no schema');
}
