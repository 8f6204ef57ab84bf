import { RawClient } from '../../../src/transport/testing/raw-client.ts';
import { parseAnswers } from '../strict-answer.ts';
import { LAST_ID } from './conversation.ts';
import { CLOSE, encodeFrame } from './frames.ts';

const CLOSED_WITHIN_MS = 30_000;
const GOODBYE = encodeFrame({ opcode: CLOSE, payload: Buffer.from([0x03, 0xe8]) });

/**
 * Sends bytes, waits for a whole answer or for as long as a broken request deserves, says goodbye and waits for the
 * server to close. Rejects when it never does: a client that has left must cost nothing.
 */
export async function runCase(port: number, sent: Buffer, patienceMs: number): Promise<Buffer> {
  await using client = new RawClient(port);
  client.send(sent);
  const answered = (text: string, closed: boolean) => closed || isWhole(text);
  await client.until(answered, patienceMs).catch(() => {});
  if (!client.closed) {
    if (client.text.startsWith('HTTP/1.1 101 ')) client.send(GOODBYE);
    client.socket.end();
    await client.untilClosed(CLOSED_WITHIN_MS);
  }
  return Buffer.from(client.text, 'latin1');
}

/** What is broken is whole enough: it is judged later, where the case can be named. */
function isWhole(text: string): boolean {
  if (text.startsWith('HTTP/1.1 101 ')) return text.includes(LAST_ID);
  try {
    const [first] = parseAnswers(Buffer.from(text, 'latin1'), []).answers;
    if (!first) return false;
    const isStream = first.headers.get('content-type') === 'text/event-stream';
    return isStream ? first.body.includes('\n\n') : first.complete || first.headers.get('connection') !== 'close';
  } catch {
    return true;
  }
}
