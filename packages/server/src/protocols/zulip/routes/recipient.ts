import { nestsTooDeep } from '@carillon/core';
import * as z from 'zod';
import type { AccountSnapshot, ChannelView } from '../../../domain/index.ts';
import { type Call, Refusal } from '../http/index.ts';
import { channelNamed, channelWithId, people } from './find.ts';

/** To whom a message goes (zulip.com/api/send-message): in JSON or bare, in several ways each. */

/** A JSON number is an id, a JSON string or a list of one a name; what is no JSON is a name as it stands. */
export async function readChannel(call: Call, to: string): Promise<ChannelView> {
  const value = parse(to);
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof one === 'string') return channelNamed(call, one);
  if (typeof one === 'number') return channelWithId(call, Number.isSafeInteger(one) ? one : undefined);
  if (Array.isArray(one)) throw new Refusal('Expected exactly one channel');
  throw new Refusal('Invalid data type for channel');
}

const ids = z.array(z.int()).min(1).max(1_000);
const addresses = z.array(z.string()).min(1).max(1_000);

/** A JSON list of ids or of addresses, an address, or several with commas. Who asks may be among them. */
export async function readPeople(call: Call, to: string): Promise<readonly AccountSnapshot[]> {
  const value = parse(to);
  const wanted: unknown = typeof value === 'string' ? split(value) : typeof value === 'number' ? [value] : value;
  if (Array.isArray(wanted) && wanted.length === 0) throw new Refusal('Message must have recipients');
  const known = z.union([ids, addresses]).safeParse(wanted);
  if (!known.success) throw new Refusal('Recipient list may only contain user IDs or emails, not both');
  return people(call, known.data);
}

function split(text: string): readonly string[] {
  return text
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

/** JSON, or the text itself where it is none. */
function parse(text: string): unknown {
  if (nestsTooDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
