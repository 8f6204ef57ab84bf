import { CarillonError } from '@carillon/core';

/** What values a stored setting may have. */
export interface SettingType<Value> {
  /** For people, after "is": `a whole number from 1 to 10`. */
  readonly text: string;
  accepts(value: unknown): value is Value;
}

/** Settings by name: the type and the default of each, and whatever else the room says of them. */
export type SettingSchema<Values> = {
  readonly [Name in keyof Values]: { readonly type: SettingType<Values[Name]>; readonly default: Values[Name] };
};

export function flag(): SettingType<boolean> {
  return { text: 'true or false', accepts: (value) => typeof value === 'boolean' };
}

export function whole(from: number, to: number): SettingType<number> {
  return {
    text: `a whole number from ${from} to ${to}`,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to,
  };
}

export function oneOf<const Value extends string>(values: readonly Value[]): SettingType<Value> {
  const known = new Set<unknown>(values);
  return { text: `one of ${values.join(', ')}`, accepts: (value): value is Value => known.has(value) };
}

/** A text of some characters at most that fits the pattern as a whole. */
export function text(most: number, pattern = /^[^\p{Cc}]*$/u): SettingType<string> {
  return {
    text: `a text of at most ${most} characters that fits ${pattern.source}`,
    accepts: (value): value is string => typeof value === 'string' && value.length <= most && pattern.test(value),
  };
}

export function orNull<Value>(type: SettingType<Value>): SettingType<Value | null> {
  return { text: `${type.text}, or null`, accepts: (value) => value === null || type.accepts(value) };
}

/** What holds: the stored values, and the defaults where nothing is stored, or nothing that the schema still takes. */
export function settingsIn<Values extends object>(schema: SettingSchema<Values>, stored: string): Values {
  const said: Readonly<Record<string, unknown>> = JSON.parse(stored);
  const held = Object.entries<SettingSchema<Values>[keyof Values]>(schema).map(
    ([name, { type, default: otherwise }]) => {
      const value = said[name];
      return [name, value !== undefined && type.accepts(value) ? value : otherwise];
    },
  );
  // One value of its type for each name of the schema.
  return Object.fromEntries(held) as Values;
}

export interface ChangedSettings<Values> {
  readonly values: Values;
  /** Names of those that are not what they were, in the order of the schema. */
  readonly changed: readonly (keyof Values & string)[];
}

/** Throws `unprocessable`, naming the setting, for a name that the schema lacks and a value that its type refuses. */
export function withChanges<Values extends object>(
  schema: SettingSchema<Values>,
  before: Values,
  wanted: Partial<Values>,
): ChangedSettings<Values> {
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(schema, name)) {
      throw new CarillonError('unprocessable', `${name.slice(0, 100)}: there is no such setting`);
    }
    // The schema has this name.
    const { type } = schema[name as keyof Values];
    if (!type.accepts(value)) throw new CarillonError('unprocessable', `${name}: is not ${type.text}`);
  }
  const values = { ...before, ...wanted };
  // The names of an object that has the schema's type.
  const names = Object.keys(schema) as (keyof Values & string)[];
  return { values, changed: names.filter((name) => values[name] !== before[name]) };
}
