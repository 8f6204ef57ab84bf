import type { SettingKind } from './describe.ts';

export type Decoded = { readonly value: unknown } | { readonly problem: string };

const NUMBER = /^-?\d+$/;

/**
 * Reads a setting's value out of the text of a flag, an environment variable or a secret's file. Lists are JSON or
 * items separated by commas; maps are JSON.
 */
export function decodeText(text: string, kind: SettingKind): Decoded {
  switch (kind) {
    case 'text':
      return { value: text };
    case 'number':
      return NUMBER.test(text.trim()) ? { value: Number(text) } : { problem: `"${text}" is not a whole number` };
    case 'boolean':
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return { problem: `"${text}" is neither true nor false` };
    case 'list':
      return text.trimStart().startsWith('[') ? decodeJson(text) : { value: splitItems(text) };
    case 'map':
      return decodeJson(text);
  }
}

function splitItems(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function decodeJson(text: string): Decoded {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { problem: 'is not valid JSON' };
  }
}
