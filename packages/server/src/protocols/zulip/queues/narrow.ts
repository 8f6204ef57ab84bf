import type { WireEvent } from '../events/wire-event.ts';
import { Refusal } from '../http/failure.ts';
import type { QueueOptions } from './queue-options.ts';

type Term = NonNullable<QueueOptions['narrow']>[number];
type Test = (message: Readonly<Record<string, unknown>>, flags: readonly unknown[]) => boolean;

const RESOLVED = '✔ ';

/** Throws for terms that mean nothing here, where upstream would let everything through (reference §8). */
export function checkNarrow(narrow: readonly Term[]): void {
  for (const term of narrow) testOf(term);
}

/** Whether a wire event may be told: messages that fit every term, and everything else. */
export function fitsNarrow(event: WireEvent, narrow: readonly Term[] = []): boolean {
  if (event.type !== 'message') return true;
  const message: Readonly<Record<string, unknown>> = Object(event['message']);
  const flags: unknown = event['flags'];
  return narrow.every((term) => testOf(term)(message, Array.isArray(flags) ? flags : []));
}

function testOf([operator, operand]: Term): Test {
  const wanted = operand.toLowerCase();
  const is = (value: unknown) => String(value).toLowerCase() === wanted;
  switch (operator) {
    case 'channel':
    case 'stream':
      return (message) =>
        message['type'] === 'stream' && (is(message['display_recipient']) || is(message['stream_id']));
    case 'topic':
      return (message) => message['type'] === 'stream' && is(message['subject']);
    case 'sender':
      return (message) => is(message['sender_email']) || is(message['sender_id']);
    case 'is':
      return testOfState(wanted, operand);
    default:
      throw new Refusal(`Operator ${operator} not supported.`);
  }
}

function testOfState(wanted: string, operand: string): Test {
  switch (wanted) {
    case 'dm':
    case 'private':
      return (message) => message['type'] === 'private';
    case 'mentioned':
      return (_, flags) => flags.includes('mentioned');
    case 'unread':
      return (_, flags) => !flags.includes('read');
    case 'resolved':
      return (message) => message['type'] === 'stream' && String(message['subject']).startsWith(RESOLVED);
    default:
      throw new Refusal(`Operand ${operand} not supported.`);
  }
}
