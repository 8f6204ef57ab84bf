import { nestsTooDeep } from '@carillon/core';
import type * as z from 'zod';
import { Refusal } from './failure.ts';
import type { Fields } from './fields.ts';
import type { Parameter, Parameters, Values } from './parameter.ts';

/** The values of a call's parameters; throws in the words of the protocol for the first that is wrong or missing. */
export function readParameters<All extends Parameters>(parameters: All, fields: Fields): Values<All> {
  const read = Object.entries(parameters).map(([name, parameter]) => [name, readOne(name, parameter, fields)]);
  // Each was read by the schema of its own name.
  return Object.fromEntries(read) as Values<All>;
}

/** Names of fields that no parameter has. */
export function ignoredFields(parameters: Parameters, fields: Fields): readonly string[] {
  const known = new Set(Object.entries(parameters).flatMap(([name, { aliases }]) => [name, ...aliases]));
  return [...fields.keys()].filter((name) => !known.has(name));
}

function readOne(name: string, { form, schema, aliases, absent }: Parameter<unknown>, fields: Fields): unknown {
  const [sent, other] = [name, ...aliases].filter((each) => fields.has(each));
  if (sent !== undefined && other !== undefined) {
    throw new Refusal(`Can't decide between '${sent}' and '${other}' arguments`, {
      code: 'REQUEST_CONFUSING_VAR',
      extra: { var_name1: sent, var_name2: other },
    });
  }
  const written = sent === undefined ? undefined : fields.get(sent);
  if (written !== undefined) return checked(name, form === 'text' ? written : parse(name, written), schema);
  if (absent) return absent.value;
  throw new Refusal(`Missing '${name}' argument`, { code: 'REQUEST_VARIABLE_MISSING', extra: { var_name: name } });
}

function parse(name: string, written: string): unknown {
  try {
    if (nestsTooDeep(written)) throw new Error('nested too deep');
    return JSON.parse(written);
  } catch {
    throw new Refusal(`${name} is not valid JSON`);
  }
}

function checked(name: string, value: unknown, schema: z.ZodType): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal(issue ? say(issue, name) : `Invalid ${name}`);
}

type Issue = z.core.$ZodIssue;

/** What is wrong, where: `subscriptions[0]["name"] is not a string`. */
function say(issue: Issue, name: string): string {
  const where = name + issue.path.map((part) => `[${JSON.stringify(part)}]`).join('');
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith(MISSING)) return `${where} field is missing`;
      return `${where} ${NOT_A[issue.expected] ?? 'is invalid'}`;
    case 'too_small':
      if (issue.origin === 'string') return issue.minimum === 1 ? `${where} cannot be blank` : `${where} is too short.`;
      return `${where} is too small`;
    case 'too_big':
      return issue.origin === 'string'
        ? `${where} is too long (limit: ${issue.maximum} characters)`
        : `${where} is too large`;
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      return `Argument "${key}" at ${where}[${JSON.stringify(key)}] is unexpected`;
    }
    case 'invalid_union': {
      const [first] = issue.errors[0] ?? [];
      return first ? say({ ...first, path: [...issue.path, ...first.path] }, name) : `Invalid ${where}`;
    }
    case 'custom':
      return issue.message.replaceAll('{var}', where);
    default:
      return `Invalid ${where}`;
  }
}

/** How zod says that a key is not there at all; JSON has no such value. */
const MISSING = 'received undefined';

const NOT_A: Readonly<Record<string, string>> = {
  boolean: 'is not a boolean',
  int: 'is not an integer',
  number: 'is not an integer',
  string: 'is not a string',
  array: 'is not a list',
  tuple: 'is not a list',
  object: 'is not a dict',
  record: 'is not a dict',
};
