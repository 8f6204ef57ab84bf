import * as z from 'zod';

/** One parameter of a call: what it means, and how its field is read. */
export interface Parameter<Value> {
  /** For the reference page. */
  readonly about: string;
  /** `text` is the field as it stands; `json` is JSON inside the field. */
  readonly form: 'text' | 'json';
  readonly schema: z.ZodType<Value>;
  /** Other names for it. */
  readonly aliases: readonly string[];
  /** What an absent field stands for; without it the parameter is required. */
  readonly absent?: { readonly value: Value };
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** What a call with these parameters is given. */
export type Values<All extends Parameters> = {
  readonly [Name in keyof All]: All[Name] extends Parameter<infer Value> ? Value : never;
};

/** A field that is the text itself. */
export function text(about: string, schema: z.ZodType<string> = z.string()): Parameter<string> {
  return { about, form: 'text', schema, aliases: [] };
}

/** A field with JSON in it. */
export function json<Value>(about: string, schema: z.ZodType<Value>): Parameter<Value> {
  return { about, form: 'json', schema, aliases: [] };
}

/** May be left out, or be `null` where it is JSON. */
export function optional<Value>({ absent: _, ...parameter }: Parameter<Value>): Parameter<Value | undefined> {
  const { form, schema } = parameter;
  const wider: z.ZodType<Value | undefined> =
    form === 'text' ? schema.optional() : schema.nullable().transform((value) => value ?? undefined);
  return { ...parameter, schema: wider, absent: { value: undefined } };
}

/** May be left out. */
export function otherwise<Value>(value: Value, parameter: Parameter<Value>): Parameter<Value> {
  return { ...parameter, absent: { value } };
}

export function alias<Value>(name: string, parameter: Parameter<Value>): Parameter<Value> {
  return { ...parameter, aliases: [...parameter.aliases, name] };
}
